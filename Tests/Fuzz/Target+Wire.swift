// The language of SMTP: lines, commands, replies, and where a message ends.

import Message
import SMTP
import Support

extension Target {
  /// Lines are the same however they come, and none is longer than asked for.
  static let lines = Target(name: "lines") { octets in
    let limit = 64
    let found = try same(however: octets, "lines") { pieces in
      var buffer = LineBuffer()
      var found: [[UInt8]?] = []
      for piece in pieces {
        buffer.append(piece)
        while let line = buffer.nextLine(limit: limit) {
          if case .octets(let octets) = line { found.append(Array(octets)) } else { found.append(nil) }
        }
      }
      return found
    }
    try demand(found.count == octets.count { $0 == 0x0A }, "\(found.count) lines")
    try demand(found.allSatisfy { $0.map { $0.count < limit && !$0.contains(0x0A) } ?? true }, "a line too long")
  }

  /// One command line. A path that was taken can be written between brackets and is then the same path; a recipient's can
  /// be sent on.
  static let command = Target(name: "command") { octets in
    guard let command = try? Command(parsing: octets[...]) else { return }
    switch command {
    case .mail(let sender, _):
      let again = try? Command(parsing: Array("MAIL FROM:<\(sender?.text ?? "")>".utf8)[...])
      try demand(
        again == .mail(sender: sender, MailParameters()), "\(sender?.text ?? "<>") is \(String(describing: again))")
    case .rcpt(let recipient):
      let again = try? Command(parsing: Array("RCPT TO:<\(recipient.text)>".utf8)[...])
      try demand(again == .rcpt(recipient), "\(recipient) is \(String(describing: again))")
      let isWhole = recipient.text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x3C && $0 != 0x3E }
      try demand(isWhole, "\(recipient) would end its path")
    case .hello(let hello):
      try demand(hello.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "HELO shows \(hello.name)")
    default: break
    }
  }

  static let address = Target(name: "address") { octets in
    guard let address = Address(parsing: octets[...]) else { return }
    try demand(Array(address.text.utf8) == octets, "\(address) for \(octets.text)")
    try demand(address.text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a control character in an address")
  }

  /// A whole conversation, messages and all: the same words back and the same messages kept however it is cut, so no
  /// part of a message is ever taken for a command.
  static let session = Target(name: "session") { octets in
    let signIn = ServerDialogue.SignInOffer(primitives: signInPrimitives, allowsCleartext: true)
    for signIn in [nil, signIn] {
      _ = try same(however: octets, "conversation") { pieces in
        var server = Rehearsed(
          ServerDialogue.Offers(
            hostname: "relay.example", maximumMessageOctets: 4000, maximumRecipients: 3, signIn: signIn),
          answering: onlyUser)
        var said: [UInt8] = []
        for piece in pieces where !server.isClosed { said += server.hear(piece) }
        for message in server.messages {
          try demand(message.body.utf8.hasOnlyWholeLineEnds, "a bare line end was kept")
        }
        try demand([nil, "user"].contains(server.dialogue.username), "signed in as nobody")
        return server.messages.map { "\($0)" } + [said.text]
      }
    }
  }

  /// Replies are the same however they come, show nothing that steers a terminal, and can be written and read again.
  static let reply = Target(name: "reply") { octets in
    let replies = try same(however: octets, "replies") { pieces in
      var buffer = LineBuffer()
      var parser = ReplyParser()
      var replies: [Result<Reply, ReplyError>] = []
      for piece in pieces where replies.last.map({ (try? $0.get()) != nil }) ?? true {
        buffer.append(piece)
        do throws(ReplyError) {
          while let reply = try parser.parse(from: &buffer) { replies.append(.success(reply)) }
        } catch {
          replies.append(.failure(error))
        }
      }
      return replies
    }
    for case .success(let reply) in replies {
      try demand(reply.lines.allSatisfy { $0.filter { $0 != "\t" }.isHarmless }, "a reply that steers: \(reply.lines)")
      _ = Extensions(parsing: reply)
      var buffer = LineBuffer()
      var parser = ReplyParser()
      buffer.append(reply.octets())
      let again = try parser.parse(from: &buffer)
      try demand(
        again?.code == reply.code && again?.lines.count == reply.lines.count,
        "\(reply) became \(String(describing: again))")
    }
  }

  /// Nothing ends a message but CRLF.CRLF; what was kept, and what never was, goes out as one message and comes back
  /// the same.
  static let dots = Target(name: "dots") { octets in
    let end = (Array("\r\n".utf8) + octets).firstRange(of: Array("\r\n.\r\n".utf8)).map { $0.upperBound - 2 }
    let message = try decoded(octets)
    try demand(message.used == end, "ended behind \(message.used ?? -1) octets, not \(end ?? -1)")
    let kept = message.octets
    try demand(kept.hasOnlyWholeLineEnds, "a bare line end was kept")
    if end != nil { try demand(try decoded(try encoded(kept)).octets == kept, "not the same message upstream") }
    try demand(try decoded(try encoded(octets)).octets.hasOnlyWholeLineEnds, "a bare line end went upstream")
    // From a client that has sent no CR before, LF.LF is an end too, as long as no CR has come.
    let text = Array("\n".utf8) + octets.prefix { $0 != 0x0D }
    let bareEnd = text.firstRange(of: Array("\n.\n".utf8)).map { $0.upperBound - 1 } ?? end
    let first = try decoded(octets, endsAtBareLF: true)
    try demand(first.used == bareEnd, "without CR ended behind \(first.used ?? -1) octets, not \(bareEnd ?? -1)")
    try demand(first.octets.hasOnlyWholeLineEnds, "a bare line end was kept")
  }

  /// BDAT keeps the message that DATA would.
  static let chunks = Target(name: "chunks") { octets in
    var kept: [UInt8] = try same(however: octets, "chunks") { pieces in
      var decoder = ChunkDecoder()
      var kept: [UInt8] = []
      for piece in pieces {
        decoder.begin(octets: piece.count)
        // A command may follow in the same packet.
        let used = (piece + Array("QUIT\r\n".utf8)).withUnsafeBytes { decoder.decode($0, into: &kept) }
        try demand(used == piece.count && decoder.isComplete, "\(used) of \(piece.count) octets")
      }
      decoder.finish(into: &kept)
      return kept
    }
    try demand(kept.hasOnlyWholeLineEnds, "a bare line end was kept")
    if !kept.isEmpty, kept.last != 0x0A { kept += Array("\r\n".utf8) }
    try demand(try decoded(try encoded(octets)).octets == kept, "DATA would have kept another message")
  }
}

/// What a decoder kept, and how many octets were its message; `nil` when the end has not come.
private struct Kept: Equatable {
  let octets: [UInt8]
  let used: Int?
}

private func decoded(_ octets: [UInt8], endsAtBareLF: Bool = false) throws -> Kept {
  try same(however: octets, "message") { pieces in
    var decoder = DotDecoder(endsAtBareLF: endsAtBareLF)
    var kept: [UInt8] = []
    var used = 0
    for piece in pieces { used += piece.withUnsafeBytes { decoder.decode($0, into: &kept) } }
    return Kept(octets: kept, used: decoder.isComplete ? used : nil)
  }
}

/// As sent upstream after DATA. No server, however lax about line ends, may see an end of a message but the last.
private func encoded(_ octets: [UInt8]) throws -> [UInt8] {
  let sent = try same(however: octets, "sending") { pieces in
    var encoder = DotEncoder()
    var sent: [UInt8] = []
    for piece in pieces { piece.withUnsafeBytes { encoder.encode($0, into: &sent) } }
    encoder.finish(into: &sent)
    return sent
  }
  try demandOneMessage(sent)
  return sent
}

func demandOneMessage(_ sent: [UInt8]) throws {
  try demand(sent.hasOnlyWholeLineEnds, "a bare line end goes upstream")
  let lines = sent.split(separator: 0x0A, omittingEmptySubsequences: false)
  try demand(lines.last?.isEmpty == true, "the last line has no end")
  let ends = lines.indices.filter { lines[$0].elementsEqual(".\r".utf8) }
  try demand(ends == [lines.count - 2], "ends at the lines \(ends) of \(lines.count)")
}

extension Collection<UInt8> {
  /// No CR without LF, no LF without CR.
  var hasOnlyWholeLineEnds: Bool {
    var last: UInt8 = 0
    for octet in self {
      if (last == 0x0D) != (octet == 0x0A) { return false }
      last = octet
    }
    return last != 0x0D
  }
}
