// The sink's side of SMTP as a value: octets in, replies and arrived messages out. Takes whatever is well-formed.

import Foundation
import Glibc

struct SinkConversation {
  struct Message {
    var stamp: Stamp?
    var octets: Int
    /// `nil`: nobody wants to know.
    var messageID: String?
  }

  private enum Phase {
    case command
    case data
    /// Octets of the chunk that are still to come.
    case chunk(left: Int, isLast: Bool)
    /// Lines of an AUTH that is under way.
    case user, password, response(mechanism: String)
  }

  /// To be sent, in order.
  var replies: [UInt8] = []
  var arrived: [Message] = []
  /// 220 was said to STARTTLS; reset by who starts it.
  var startsTLS = false
  private(set) var isOver = false
  /// Set once a session has signed in.
  private(set) var isSignedIn = false

  private let password: String?
  private let keepsIDs: Bool
  private let manners: Manners?
  /// What a connection is to suffer now, instead of another reply.
  private(set) var trouble: Fault?
  /// Its replies go out an octet at a time.
  private(set) var drips = false
  /// Something went wrong before its end: not to be taken.
  private var isSpoilt = false
  private var offersTLS: Bool
  private var phase = Phase.command
  private var line: [UInt8] = []
  private var end = EndOfData()
  private var head: [UInt8] = []
  private var octets = 0

  /// A stamp stands within so many octets, whatever a relay has put above it.
  private static let headOctets = 3072
  private static let lineOctets = 16_384

  init(password: String?, offersTLS: Bool, keepsIDs: Bool = false, manners: Manners? = nil) {
    self.password = password
    self.keepsIDs = keepsIDs
    self.offersTLS = offersTLS
    self.manners = manners
    say("220 sink.test ESMTP", .greeting)
  }

  mutating func hear(_ octets: UnsafeRawBufferPointer) {
    var rest = octets[...]
    while !rest.isEmpty, !isOver, !startsTLS, trouble == nil {
      switch phase {
      case .data: hearData(&rest)
      case .chunk(let left, let isLast): hearChunk(&rest, left, isLast)
      default: hearLine(&rest)
      }
    }
  }

  mutating func tlsStarted() {
    startsTLS = false
    offersTLS = false
  }

  private static let outOfOrder = "451 4.5.1 Something went wrong before"

  /// - Parameter moment: when manners may make something else of it.
  private mutating func say(_ reply: String, _ moment: Moment? = nil) {
    guard let moment, let fault = manners?.fault(at: moment) else { return replies += Array(reply.utf8) + [13, 10] }
    suffer(fault, at: moment, insteadOf: reply)
  }

  private mutating func suffer(_ fault: Fault, at moment: Moment, insteadOf reply: String) {
    let right = Array(reply.utf8) + [13, 10]
    if fault.spoils, moment != .end { isSpoilt = true }
    drips = fault == .dripping
    if fault == .reversed { replies = right + replies } else { replies += fault.reply(insteadOf: right, at: moment) }
    if fault.endsConversation { trouble = fault }
  }

  // MARK: Lines

  private mutating func hearLine(_ rest: inout Slice<UnsafeRawBufferPointer>) {
    guard let feed = rest.firstIndex(of: 10) else {
      line += rest
      rest = rest[rest.endIndex...]
      if line.count > Self.lineOctets { giveUp() }
      return
    }
    line += rest[rest.startIndex...feed]
    rest = rest[(feed + 1)...]
    let text = String(decoding: line.dropLast(line.suffix(2).first == 13 ? 2 : 1), as: UTF8.self)
    line.removeAll(keepingCapacity: true)
    take(text)
  }

  private mutating func giveUp() {
    say("500 5.5.2 Line too long")
    isOver = true
  }

  private mutating func take(_ text: String) {
    switch phase {
    case .user:
      phase = .password
      say("334 UGFzc3dvcmQ6")
    case .password: judge(Self.decoded(text) == password)
    case .response(let mechanism): respond(text, to: mechanism)
    default: command(text)
    }
  }

  private mutating func command(_ text: String) {
    let words = text.split(separator: " ", maxSplits: 2)
    switch words.first?.uppercased() {
    case "EHLO": hello()
    case "HELO": say("250 sink.test", .hello)
    case "MAIL" where password != nil && !isSignedIn: say("530 5.7.0 Authentication required")
    case "MAIL":
      isSpoilt = false
      say("250 2.1.0 Ok", .mail)
    case "RCPT": say(isSpoilt ? Self.outOfOrder : "250 2.1.5 Ok", .recipient)
    case "DATA" where isSpoilt: say(Self.outOfOrder)
    case "DATA":
      say("354 Go ahead", .data)
      if trouble == nil, !isSpoilt { phase = .data }
    case "BDAT": chunk(words.dropFirst().map(String.init))
    case "AUTH": authenticate(words.dropFirst().map(String.init))
    case "STARTTLS" where offersTLS:
      say("220 2.0.0 Go ahead")
      startsTLS = true
    case "RSET":
      isSpoilt = false
      say("250 2.0.0 Ok", .reset)
    case "NOOP": say("250 2.0.0 Ok")
    case "QUIT":
      say("221 2.0.0 Bye")
      isOver = true
    default: say("500 5.5.1 What is that")
    }
  }

  private mutating func hello() {
    var lines = [
      "sink.test", "PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING", "ENHANCEDSTATUSCODES", "SIZE 104857600",
    ]
    if offersTLS { lines.append("STARTTLS") }
    if password != nil, !offersTLS { lines.append("AUTH PLAIN LOGIN XOAUTH2") }
    lines.removeAll { manners?.conceals($0) == true }
    let all = lines.dropLast().map { "250-\($0)\r\n" }.joined() + "250 " + lines[lines.count - 1]
    say(all, .hello)
  }

  // MARK: Sign-in

  private mutating func authenticate(_ arguments: [String]) {
    let mechanism = arguments.first?.uppercased() ?? ""
    switch (mechanism, arguments.dropFirst().first) {
    case ("PLAIN", let initial?), ("XOAUTH2", let initial?): respond(initial, to: mechanism)
    case ("PLAIN", nil), ("XOAUTH2", nil):
      phase = .response(mechanism: mechanism)
      say("334 ")
    case ("LOGIN", _?):
      phase = .password
      say("334 UGFzc3dvcmQ6")
    case ("LOGIN", nil):
      phase = .user
      say("334 VXNlcm5hbWU6")
    default: say("504 5.5.4 No such mechanism")
    }
  }

  private mutating func respond(_ response: String, to mechanism: String) {
    let decoded = Self.decoded(response) ?? ""
    let given =
      mechanism == "PLAIN"
      ? decoded.split(separator: "\0", omittingEmptySubsequences: false).last.map(String.init)
      : decoded.split(separator: "\u{1}").first { $0.hasPrefix("auth=Bearer ") }.map { String($0.dropFirst(12)) }
    judge(given == password)
  }

  private mutating func judge(_ isRight: Bool) {
    phase = .command
    isSignedIn = isRight
    say(isRight ? "235 2.7.0 Welcome" : "535 5.7.8 Wrong password")
  }

  private static func decoded(_ text: String) -> String? {
    Data(base64Encoded: text).map { String(decoding: $0, as: UTF8.self) }
  }

  // MARK: Messages

  private mutating func hearData(_ rest: inout Slice<UnsafeRawBufferPointer>) {
    let here = UnsafeRawBufferPointer(rebasing: rest)
    let count = end.find(in: here)
    keep(UnsafeRawBufferPointer(rebasing: here[..<(count ?? here.count)]))
    rest = rest[(rest.startIndex + (count ?? here.count))...]
    guard count != nil else { return }
    octets -= 3
    arrive()
  }

  private mutating func chunk(_ arguments: [String]) {
    guard let size = arguments.first.flatMap({ Int($0) }), size >= 0 else { return giveUp() }
    let isLast = arguments.dropFirst().first?.uppercased() == "LAST"
    phase = .chunk(left: size, isLast: isLast)
    if size == 0 { endChunk(isLast) }
  }

  private mutating func hearChunk(_ rest: inout Slice<UnsafeRawBufferPointer>, _ left: Int, _ isLast: Bool) {
    let part = rest.prefix(left)
    keep(UnsafeRawBufferPointer(rebasing: part))
    rest = rest[part.endIndex...]
    phase = .chunk(left: left - part.count, isLast: isLast)
    if left == part.count { endChunk(isLast) }
  }

  private mutating func endChunk(_ isLast: Bool) {
    guard isLast else {
      phase = .command
      return say("250 2.0.0 Go on")
    }
    arrive()
  }

  private mutating func keep(_ part: UnsafeRawBufferPointer) {
    octets += part.count
    if head.count < Self.headOctets { head += part.prefix(Self.headOctets - head.count) }
  }

  private mutating func arrive() {
    let fault = isSpoilt ? nil : manners?.fault(at: .end)
    if !isSpoilt, fault != .lostBeforeEnd { arrived.append(message) }
    head.removeAll(keepingCapacity: true)
    octets = 0
    end = EndOfData()
    phase = .command
    if let fault {
      suffer(fault, at: .end, insteadOf: Self.taken)
    } else {
      say(isSpoilt ? Self.outOfOrder : Self.taken)
    }
  }

  private static let taken = "250 2.0.0 Ok"

  private var message: Message {
    Message(stamp: Stamp(foundIn: head), octets: octets, messageID: keepsIDs ? Self.messageID(in: head) : nil)
  }

  private static func messageID(in head: [UInt8]) -> String? {
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    let field = lines.first { $0.lowercased().hasPrefix("message-id:") }
    return field.map { $0.dropFirst(11).trimmingCharacters(in: .whitespaces) }
  }
}
