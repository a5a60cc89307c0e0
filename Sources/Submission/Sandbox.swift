// The sandbox mailbox's keeper: every message becomes an .eml file, for trying things out and for staging hosts.
// Served by the same SubmissionServer, on loopback. Names sort by arrival; the envelope stands on top of each file.

import Foundation
import Glibc
package import Message
package import SMTP
import Sockets
import Synchronization
import System

/// Keeps mail as files under one directory and sends none of it on.
package final class Sandbox: Intake {
  package let directory: String
  private let worker = Worker(name: "sandbox")
  private let count = Atomic<Int>(0)

  /// Makes the directory where it is missing, and sweeps what a crash left half-written. What is younger than an hour
  /// may be another process's, which is at work on it.
  package init(directory: String) throws {
    self.directory = directory
    let files = FileManager.default
    try files.createDirectory(
      atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    for name in try files.contentsOfDirectory(atPath: directory) where name.hasSuffix(SandboxFile.arriving) {
      let changed = try? files.attributesOfItem(atPath: "\(directory)/\(name)")[.modificationDate] as? Date
      guard let changed, changed.timeIntervalSinceNow < -3600 else { continue }
      try files.removeItem(atPath: "\(directory)/\(name)")
    }
  }

  package func route(_ sender: Address?, listener: String?) throws(Refusal) -> Route { Route(entity: "sandbox") }

  package func startLargeBody(for envelope: Envelope) async throws(IntakeError) -> SandboxFile {
    let name = nextName()
    return try await onDisk { [directory] in
      let file = try SandboxFile(directory: directory, name: name)
      try file.append(Self.label(envelope))
      return file
    }
  }

  package func append(_ octets: [UInt8], to body: SandboxFile) async throws(IntakeError) {
    try await onDisk { try body.append(octets) }
  }

  package func discard(_ body: SandboxFile) async {
    try? await onDisk { body.remove() }
  }

  package func accept(_ message: Arrival<SandboxFile>) async throws(IntakeError) -> String {
    let file: SandboxFile
    switch message.content {
    case .large(let body): file = body
    case .octets(let octets):
      file = try await startLargeBody(for: message.envelope)
      try await append(octets, to: file)
    }
    try await onDisk { try file.keep() }
    return file.name
  }

  private func onDisk<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws(IntakeError) -> T {
    do { return try await worker.run(work) } catch { throw .unwritable("\(error)") }
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
