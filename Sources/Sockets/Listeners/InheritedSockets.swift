// Sockets that the service manager has opened and listens on before this process starts: socket activation, as
// sd_listen_fds(3) has it. They outlive the process, so that no attempt to connect is lost while it is stopped.
import CLinux
import Glibc
import Platform

/// A socket that was handed over. It is open as long as this is kept.
package final class InheritedSocket: Sendable {
  /// `FileDescriptorName=` of the socket unit; several may have one name.
  package let name: String
  package let endpoint: Endpoint
  let descriptor: Descriptor

  fileprivate init(_ handed: HandedDescriptor, at endpoint: Endpoint) {
    name = handed.name
    self.endpoint = endpoint
    descriptor = Descriptor(owning: handed.number)
  }
}

/// All that were handed over. Listeners take copies of them, so that a later one can listen on the same socket again.
package struct InheritedSockets: Sendable {
  package private(set) var all: [InheritedSocket] = []
  /// What was handed over and is of no use: a sentence for each.
  package private(set) var faults: [String] = []

  /// None.
  package init() {}

  /// Takes what the environment tells of, and removes it from there. To be called once, at the start of the process: before
  /// there is another thread, and before it opens descriptors of its own. Programs that it starts inherit none of them.
  package static func take() -> InheritedSockets {
    func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    let handed = HandedDescriptor.all(
      process: value("LISTEN_PID"), count: value("LISTEN_FDS"), names: value("LISTEN_FDNAMES"), ownProcess: getpid())
    for name in ["LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
    return InheritedSockets(handed)
  }

  init(_ handed: [HandedDescriptor]) {
    for descriptor in handed where fcntl(descriptor.number, F_SETFD, FD_CLOEXEC) == 0 {
      if let endpoint = descriptor.endpoint {
        all.append(InheritedSocket(descriptor, at: endpoint))
      } else {
        faults.append(
          "the service manager has handed over descriptor \(descriptor.number) (\(descriptor.name)), on which nobody can "
            + "listen: its socket unit needs ListenStream= and Accept=no")
      }
    }
  }

  /// - Parameter address: as ``Listener/opened(at:mode:inheriting:)`` takes it.
  func sockets(for address: String) -> [InheritedSocket] {
    if let name = Self.name(in: address) { return all.filter { $0.name == name } }
    let endpoint = address.hasPrefix("/") ? Endpoint(host: address, port: 0) : Endpoint(parsing: address)
    return all.filter { $0.endpoint == endpoint }
  }

  /// `smtp` of `systemd:smtp`.
  package static func name(in address: String) -> String? {
    address.hasPrefix("systemd:") ? String(address.dropFirst(8)) : nil
  }
}

/// A descriptor that was handed over, by its number and name.
struct HandedDescriptor: Equatable {
  let number: Int32
  let name: String

  /// - Parameters:
  ///   - process: `LISTEN_PID`. What is meant for another process is not taken.
  ///   - count: `LISTEN_FDS`; the first descriptor is 3.
  ///   - names: `LISTEN_FDNAMES`, with colons between them. One without a name is called `unknown`.
  static func all(process: String?, count: String?, names: String?, ownProcess: Int32) -> [HandedDescriptor] {
    guard let process, Int32(process) == ownProcess, let count = count.flatMap(Int32.init), (1...1024).contains(count)
    else { return [] }
    let names = names?.split(separator: ":", omittingEmptySubsequences: false).map(String.init) ?? []
    return (0..<count).map { place in
      let name = Int(place) < names.count ? names[Int(place)] : ""
      return HandedDescriptor(number: 3 + place, name: name.isEmpty ? "unknown" : name)
    }
  }

  /// Where it listens; nil when it is no stream socket that does.
  var endpoint: Endpoint? {
    guard option(SO_ACCEPTCONN) == 1, option(SO_TYPE) == Int32(SOCK_STREAM.rawValue) else { return nil }
    let endpoint = Endpoint(localOf: number)
    return endpoint.host.isEmpty ? nil : endpoint
  }

  private func option(_ name: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(number, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }
}
