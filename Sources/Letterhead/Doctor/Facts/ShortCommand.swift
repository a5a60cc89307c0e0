// Runs a program of the system for a moment, and reads what it prints.

import Foundation
import Glibc
import Platform

enum ShortCommand {
  private static let folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]

  /// Blocks for `limit` at most.
  ///
  /// - Parameters:
  ///   - name: looked for where the system keeps its programs, or where `PATH` says.
  ///   - most: octets of the answer; what is more is left out.
  /// - Returns: standard output, whatever the exit code; `nil` where there is no such program, or it takes too long.
  static func output(
    of name: String, _ arguments: [String], within limit: Duration = .seconds(3), most: Int = 4 << 20
  ) -> [UInt8]? {
    let path = ProcessInfo.processInfo.environment["PATH"].map { $0.split(separator: ":").map(String.init) } ?? []
    guard let folder = (path + folders).first(where: { access("\($0)/\(name)", X_OK) == 0 }),
      let pipe = try? PipeEnds()
    else { return nil }
    var program = ChildProgram(
      "\(folder)/\(name)", [name] + arguments,
      environment: ["PATH": folders.joined(separator: ":"), "LC_ALL": "C", "SYSTEMD_PAGER": ""], separation: .group)
    program.output = .descriptor(pipe.writing.number)
    program.errors = .nothing
    guard let child = try? program.start() else { return nil }
    let reading = pipe.takeReading()
    let answer = read(reading, until: .now + limit, most: most)
    if answer == nil { child.killGroup() }
    _ = child.wait()
    return answer
  }

  private static func read(
    _ descriptor: borrowing Descriptor, until deadline: ContinuousClock.Instant, most: Int
  ) -> [UInt8]? {
    var octets: [UInt8] = []
    while true {
      let left = deadline - .now
      guard left > .zero else { return nil }
      var waiting = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
      let milliseconds = Int32(
        clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000)
      guard poll(&waiting, 1, max(1, milliseconds)) > 0 else { continue }
      guard let piece = try? descriptor.readPiece(), !piece.isEmpty else { return octets }
      if octets.count < most { octets += piece }
    }
  }
}

extension Descriptor {
  /// One call: as much as is there.
  fileprivate borrowing func readPiece() throws(SystemError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = Glibc.read(number, &buffer, buffer.count)
    guard count >= 0 else { throw SystemError() }
    return Array(buffer.prefix(count))
  }
}
