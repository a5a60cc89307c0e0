// What the kernel says of another process.
import Glibc

package enum OtherProcess {
  /// Whether it runs. One that has ended and that its parent has not asked for is still in the kernel's list, and does not
  /// run.
  package static func runs(_ pid: Int32) -> Bool {
    guard pid > 0, kill(pid, 0) == 0 || errno == EPERM else { return false }
    guard let state = state(of: pid) else { return true }
    return state != UInt8(ascii: "Z") && state != UInt8(ascii: "X")
  }

  /// The name of its program, of which the kernel keeps 15 characters. `nil`: it has ended, or there is no /proc.
  package static func program(of pid: Int32) -> String? {
    guard let octets = try? Descriptor.open("/proc/\(pid)/comm", O_RDONLY).read(atMost: 64) else { return nil }
    let name = String(decoding: octets.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self).harmless()
    return name.isEmpty ? nil : name
  }

  /// The letter of `ps`. `nil`: this user may not look, or there is no /proc.
  private static func state(of pid: Int32) -> UInt8? {
    // `4711 (name) S …`, and the name may have parentheses and blanks.
    guard let octets = try? Descriptor.open("/proc/\(pid)/stat", O_RDONLY).read(atMost: 4096),
      let end = octets.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    return octets.dropFirst(end + 2).first
  }
}
