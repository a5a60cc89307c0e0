// Where the sandbox keeps mail: one .eml file a message. Names sort by arrival; the envelope stands on top of each file.

import Foundation
import Glibc
import Message
import SMTP
import Synchronization
import Platform

/// One for the process, shared by all mailboxes that are sandboxes.
package final class SandboxDirectory: Sendable {
  package let path: String
  private let worker = Worker(name: "sandbox")
  private let count = Atomic<Int>(0)

  /// - Parameter path: nothing is done with it yet.
  package init(_ path: String) {
    self.path = path
  }

  /// Makes the directory where it is missing, and deletes what a crash left half-written. What is younger than an hour
  /// may be another process's, which is at work on it.
  func prepare() async throws {
    try await worker.run { [path] in
      let files = FileManager.default
      try files.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      for name in try files.contentsOfDirectory(atPath: path) where name.hasSuffix(SandboxFile.arriving) {
        let changed = try? files.attributesOfItem(atPath: "\(path)/\(name)")[.modificationDate] as? Date
        guard let changed, changed.timeIntervalSinceNow < -3600 else { continue }
        try files.removeItem(atPath: "\(path)/\(name)")
      }
    }
  }

  /// A new file with the envelope on top.
  func begin(_ envelope: Envelope) async throws -> SandboxFile {
    let name = nextName()
    return try await worker.run { [path] in
      let file = try SandboxFile(directory: path, name: name)
      try file.append(Self.label(envelope))
      return file
    }
  }

  func append(_ octets: [UInt8], to file: SandboxFile) async throws {
    try await worker.run { try file.append(octets) }
  }

  /// Returns when the file is on disk under its name.
  func keep(_ file: SandboxFile) async throws {
    try await worker.run { try file.keep() }
  }

  /// `20261122T080305.123456Z-000001.eml`: by time, and within one microsecond by arrival.
  private func nextName() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var utc = tm()
    gmtime_r(&now.tv_sec, &utc)
    let day = padded(utc.tm_year + 1900, to: 4) + padded(utc.tm_mon + 1, to: 2) + padded(utc.tm_mday, to: 2)
    let time = padded(utc.tm_hour, to: 2) + padded(utc.tm_min, to: 2) + padded(utc.tm_sec, to: 2)
    let number = count.add(1, ordering: .relaxed).newValue
    return "\(day)T\(time).\(padded(now.tv_nsec / 1000, to: 6))Z-\(padded(number, to: 6)).eml"
  }

  private func padded(_ number: some BinaryInteger, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func label(_ envelope: Envelope) -> [UInt8] {
    var label = "X-Sandbox-Sender: <\(envelope.sender?.text ?? "")>\r\n"
    for recipient in envelope.recipients { label += "X-Sandbox-Recipient: <\(recipient.text)>\r\n" }
    return Array(label.utf8)
  }
}
