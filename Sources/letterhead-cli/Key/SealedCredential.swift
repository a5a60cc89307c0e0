// A credential of systemd's, sealed to this machine by systemd-creds(1), and the lines that name it in the service.

import Foundation
import Mailboxes
import Platform

/// The key, as systemd keeps it.
struct SealedCredential {
  /// The sealed file.
  let path: String
  /// Where units and what is added to them stand.
  let unitFolder: String

  private static let program = "/usr/bin/systemd-creds"
  private static let name = "letterhead.key"
  /// What is read back is as long as a key; more is no key.
  private static let limit = 256

  /// Seals `key`, and opens it again before anybody relies on it.
  func write(_ key: Secret) throws {
    let sealed = try Self.run("encrypt", "--name=\(Self.name)", "-", "-", input: key, limit: 64 * 1024)
    try sealed.withUnsafeBytes {
      try AtomicFile.replace(path, with: $0, mode: 0o600, isDurable: true)
    }
    guard try read() == key else {
      throw CommandFailure("systemd-creds gives back another key than \(path) was made of.")
    }
  }

  func read() throws -> Secret {
    Secret(octets: try Self.run("decrypt", "--name=\(Self.name)", path, "-", input: nil, limit: Self.limit))
  }

  /// Of a unit: names the file.
  var line: String { "LoadCredentialEncrypted=\(Self.name):\(path)" }

  /// Names the file in a service, from its next start on.
  func add(to service: String) throws {
    let folder = "\(unitFolder)/\(service).service.d"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let text = "# Written by letterhead key seal.\n[Service]\n\(line)\n"
    try Array(text.utf8).withUnsafeBytes {
      try AtomicFile.replace("\(folder)/key.conf", with: $0, mode: 0o644, isDurable: true)
    }
  }

  /// - Returns: what it prints. The key passes through pipes alone.
  private static func run(_ words: String..., input: Secret?, limit: Int) throws -> [UInt8] {
    guard access(program, X_OK) == 0 else {
      throw CommandFailure("There is no \(program): sealing a key takes systemd 250 or later.")
    }
    var creds = ChildProgram(
      program, [program] + words, environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], separation: .group)
    let given = try PipeEnds()
    let printed = try PipeEnds()
    // A key is shorter than what a pipe holds.
    try input?.withOctets { try given.writing.write($0) }
    creds.input = .descriptor(given.reading.number)
    creds.output = .descriptor(printed.writing.number)
    let child = try creds.start()
    // With this process's own ends closed, the program sees the end of its input, and this process that of its output.
    let output = try Self.closing(given, printed).read(atMost: limit)
    guard child.wait() == .exited(0) else {
      throw CommandFailure("systemd-creds \(words[0]) did not work; it says why above.")
    }
    return output
  }

  private static func closing(_ given: consuming PipeEnds, _ printed: consuming PipeEnds) -> Descriptor {
    printed.takeReading()
  }
}
