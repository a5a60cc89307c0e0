// A process of its own around a spool, for what a test cannot do to itself: be killed at an arrow, lose its disk, or be
// measured. `spool-probe DIRECTORY COMMAND …`; says what it did on standard output, a line each.

import FoundationEssentials
import Glibc
import Logging
import Message
import SMTP
import Spool
import StorageSQLite

@main
struct SpoolProbe {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 2 else { return tell("spool-probe DIRECTORY COMMAND …") }
    let rest = Array(arguments[3...])
    switch arguments[2] {
    case "crash": try await Crash(directory: arguments[1]).run(rest[0])
    case "torture": try await Torture(directory: arguments[1]).run()
    case "disk": try await FailingDisk(directory: arguments[1]).run(rest[0])
    case "fill": try await Bench(directory: arguments[1]).fill(Int(rest[0]) ?? 1000, bodyOctets: Int(rest[1]) ?? 4096)
    case "open": try await Bench(directory: arguments[1]).open()
    case "history": try await Bench(directory: arguments[1]).history(Int(rest[0]) ?? 100_000)
    case "bench": try await Bench(directory: arguments[1]).run(messages: Int(rest[0]) ?? 20_000)
    default: tell("no such command")
    }
  }
}

/// Unbuffered: the next thing this process does may be to die.
func tell(_ line: String) {
  let line = line + "\n"
  write(1, line, line.utf8.count)
}

func message(_ number: Int, octets: Int = 4096, entity: String = "acme") -> NewMessage {
  let header = "Subject: \(number)\r\n\r\n"
  return NewMessage(
    entity: entity,
    envelope: Envelope(
      sender: Address(localPart: "erp", domain: "localhost"),
      recipients: [Address(localPart: "ada", domain: "example.org")]),
    content: .octets(Array(header.utf8) + [UInt8](repeating: 0x61, count: max(octets - header.utf8.count, 0))),
    source: MessageSource(
      client: "127.0.0.1 (probe)", app: "erp", uid: 1004, identity: "uid 1004, erp.service"),
    messageID: InternetMessageID("<\(number)@erp.example>".utf8))
}

func delivered(_ message: SpooledMessage, copying: Bool = false) -> Settlement {
  let words = "250 2.0.0 Ok: queued as 4XyZ\(message.id)"
  return Settlement(
    recipients: message.envelope.recipients.map { ($0, .delivered(words)) }, words: words,
    receipt: Receipt(
      sentAs: Address(localPart: "office", domain: "acme.example"), providerIDs: ["4XyZ\(message.id)"]),
    copy: copying ? SentCopy(sentAt: Date(), sentAs: nil, messageID: nil) : nil)
}

let quiet = Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() }
