// What comes from DNS, from files, from any user of this host, and what the table makes of a provider's words.

import Foundation
import Control
import Mailboxes
import SMTP
import Status
import Support

@testable import Diagnosis
@testable import Letterhead
@testable import Sockets

extension Target {
  /// A DNS message ends, and gives no more than it holds.
  static let dns = Target(name: "dns") { octets in
    let names = MailExchangers.names(in: octets)
    try demand(names.count <= octets.count, "\(names.count) names in \(octets.count) octets")
  }

  /// A configuration is one, with warnings perhaps, or its problems are named with their lines.
  static let configuration = Target(name: "configuration") { octets in
    guard let text = String(validating: octets, as: UTF8.self) else { return }
    let lineCount = octets.count { $0 == 0x0A } + 1
    let configuration: Configuration
    do throws(ConfigurationProblems) {
      configuration = try Configuration.parse(text, file: "/etc/letterhead/letterhead.toml")
    } catch {
      try demand(!error.all.isEmpty, "refused without a problem")
      for problem in error.all {
        try demand(!problem.message.isEmpty, "a problem without words")
        try demand((0...lineCount).contains(problem.line), "line \(problem.line) of \(lineCount)")
      }
      return
    }
    for warning in configuration.warnings(above: DropPath(relay: 0), knows: { _ in false }) {
      try demand((1...lineCount).contains(warning.line), "line \(warning.line) of \(lineCount)")
    }
  }

  /// A status file is refused, or says the same when it is written again.
  static let status = Target(name: "status") { octets in
    guard let snapshot = try? Snapshot(json: Data(octets)) else { return }
    let again = try Snapshot(json: try snapshot.json())
    try demand(again == snapshot, "\(again) was \(snapshot)")
  }

  /// A line at the admin socket ends where it ends however it comes, and is refused or says the same when it is written
  /// again.
  static let call = Target(name: "call") { octets in
    let read = try same(however: octets, "the line") { pieces in
      let line = WipedLine(limit: ControlFrame.lineLimit)
      for piece in pieces {
        var piece = piece
        let state = piece.withUnsafeMutableBytes { line.take(UnsafeRawBufferPointer($0)) }
        try demand(piece.allSatisfy { $0 == 0 }, "not wiped where it came from")
        // As at the socket: what comes after the end is not read.
        if state != .incomplete { return state == .complete ? line.withData { Array($0) } : nil }
      }
      return line.withData { Array($0) }
    }
    guard let read, let frame = try? ControlFrame(line: Data(read)) else { return }
    let written = try frame.line
    let again = try ControlFrame(line: Data(written)).line
    // The order of an object's keys is nobody's.
    try demand(again.sorted() == written.sorted(), "\(again.text) was \(written.text)")
  }

  /// A provider's words mean something, in whatever phase and whoever says them; both are drawn by lot.
  static let table = Target(name: "table") { octets in
    var buffer = LineBuffer()
    var parser = ReplyParser()
    buffer.append(octets + Array("\r\n".utf8))
    var chance = SeededRandom(seed: seed(from: octets))
    let family = ProviderFamily.allCases.randomElement(using: &chance)?.rawValue ?? ""
    let mailbox = Mailbox(at: Provider(name: family, label: family.capitalized))
    while let reply = try? parser.parse(from: &buffer) {
      let phase = ConversationPhase.allCases.randomElement(using: &chance) ?? .body
      let finding = Interpretation(Answer(reply, in: phase, from: mailbox))
      try demand(!finding.assessment.summary.isEmpty, "no sentence for \(reply.text)")
    }
    let words = octets.split(separator: UInt8(ascii: ":"), maxSplits: 1).map(\.text)
    let answer = Answer(tokenError: words.first ?? "", words.dropFirst().first ?? "", from: mailbox)
    try demand(!Interpretation(answer).assessment.summary.isEmpty, "no sentence for \(words)")
  }
}

extension Mailbox {
  fileprivate init(at provider: Provider) {
    self.init(
      entity: "acme", address: Address(localPart: "office", domain: "firm.example"), provider: provider,
      server: Server(host: "smtp.provider.example", port: 587, security: .starttls), signIn: .none,
      connectedAt: morning)
  }
}
