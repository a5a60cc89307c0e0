// The built-in sandbox, for trying things out and for staging hosts: every message becomes a file, and none is sent.

package import Diagnosis
package import Foundation
package import Mailboxes
import Message
package import SMTP
package import Transport

extension TransportStep {
  static let directory = TransportStep("Directory")
  static let file = TransportStep("File")
}

package struct SandboxTransport: Transport {
  package let mailbox: Mailbox
  private let directory: SandboxDirectory

  package init(_ mailbox: Mailbox, in directory: SandboxDirectory) {
    self.mailbox = mailbox
    self.directory = directory
  }

  package func open(observing observe: StepObserver) async throws(TransportError) -> any TransportSession {
    do {
      try await directory.prepare()
    } catch {
      throw .answered(Reply(421, EnhancedCode(4, 3, 0), "\(directory.path): \(error)"), .greeting)
    }
    observe(.passed(.directory, directory.path))
    return SandboxSession(for: mailbox, in: directory)
  }

  package var keepsSignInAlive: Bool { false }
  package func keepSignInAlive(now: Date) async throws(TransportError) {}

  package var alternatives: [any Transport] { [] }
  package func answers() async -> Bool { true }

  package func step(of error: TransportError, after done: [TransportStep]) -> TransportStep {
    done.contains(.directory) ? .file : .directory
  }
}

/// Keeps one message at a time.
package final class SandboxSession: TransportSession {
  package let capabilities = Capabilities()
  package let mechanism: String? = nil
  package private(set) var isUsable = true
  package private(set) var messageCount = 0
  private let mailbox: Mailbox
  private let directory: SandboxDirectory
  private var underWay = 0

  init(for mailbox: Mailbox, in directory: SandboxDirectory) {
    self.mailbox = mailbox
    self.directory = directory
  }

  package var capacity: Int { isUsable && underWay == 0 ? 1 : 0 }

  package func send(_ message: PreparedMessage, now: Date) async -> Transmission {
    messageCount += 1
    underWay += 1
    defer { underWay -= 1 }
    let reply = await keep(message)
    let outcome = Outcome(of: reply, in: .body, for: mailbox, now: now)
    var transmission = Transmission(outcomes: message.envelope.recipients.map { _ in outcome })
    transmission.wasAnswered = true
    return transmission
  }

  private func keep(_ message: PreparedMessage) async -> Reply {
    do {
      let file = try await directory.begin(message.envelope)
      try await write(message, to: file)
      try await directory.keep(file)
      return Reply(250, EnhancedCode(2, 0, 0), "Kept as \(file.name)")
    } catch {
      return refusal(error)
    }
  }

  private func write(_ message: PreparedMessage, to file: SandboxFile) async throws {
    try await directory.append(message.header, to: file)
    let pieces = message.body.pieces
    while let piece = try await pieces.next() { try await directory.append(Array(piece), to: file) }
  }

  /// The disk is full, or the directory is gone: the message waits.
  private func refusal(_ error: any Error) -> Reply {
    Reply(452, EnhancedCode(4, 3, 1), "\(directory.path): \(error)")
  }

  /// Whether a file can be written there; nothing is left of it.
  package func probe(
    to recipient: Address?, now: Date, observing observe: StepObserver
  ) async throws(TransportError) {
    do {
      _ = try await directory.begin(Envelope(sender: mailbox.address, recipients: []))
    } catch {
      throw .answered(refusal(error), .mail)
    }
    observe(.passed(.file, "mail from \(mailbox.address) is kept as files, and none is sent"))
  }

  package func refusal(of recipient: Address, now: Date) async throws(TransportError) -> Outcome? {
    try await probe(to: recipient, now: now) { _ in }
    return nil
  }

  package func isAlive() async -> Bool { isUsable }
  package func retire() { isUsable = false }
  package func close() async { isUsable = false }
  package func interrupt() {}
}
