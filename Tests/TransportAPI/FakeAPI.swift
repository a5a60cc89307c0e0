// A mail API on loopback: answers what a test wants, in order, and keeps what was posted.

import Diagnosis
import Foundation
import HTTP
import Mailboxes
import Message
import OAuth
import SMTP
import Support
import Synchronization
import Transport
import TransportGmail
import TransportGraph
import TransportSupport

@testable import TransportAPI

/// One request as it came.
struct Posted: Sendable {
  let line: String
  let fields: String
  let body: [UInt8]

  /// The message that Graph gets in base64.
  var message: [UInt8] { Array(Data(base64Encoded: Data(body)) ?? Data()) }
  var text: String { String(decoding: message, as: UTF8.self) }

  func value(of field: String) -> String? {
    let start = "\(field): "
    return fields.split(separator: "\n").first { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
  }
}

/// What the server does with one request.
enum Deed: Sendable {
  /// Status line, fields and body, separated as in HTTP by lines.
  case answer(String)
  /// The same, as soon as the head has come; reads no more.
  case hasty(String)
  /// Reads the whole request, and closes.
  case cut
  /// Reads the whole request, and says nothing until the client leaves.
  case silence
  /// Closes when so many octets of the body have come.
  case cutAfter(Int)

  static func status(_ status: Int, _ json: String = "", _ fields: String...) -> Deed {
    let head = ["HTTP/1.1 \(status) X", "Content-Length: \(json.utf8.count)", "Connection: close"] + fields
    return .answer(head.joined(separator: "\r\n") + "\r\n\r\n" + json)
  }

  static let taken = status(202, "", "request-id: r-1")
}

/// `HEAD` is answered with 200; each `POST` and `GET` takes the next deed, and when there is none is answered with 202.
final class FakeAPI: Sendable {
  let port: UInt16
  private let descriptor: Int32
  private let deeds: Mutex<[Deed]>
  private let heard = Mutex<[Posted]>([])

  var posted: [Posted] { heard.withLock { $0 } }

  init(_ deeds: Deed...) throws {
    self.deeds = Mutex(deeds)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutableBytes(of: &address) { bytes in
      let name = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
      return bind(descriptor, name, length) == 0 && listen(descriptor, 16) == 0
        && getsockname(descriptor, name, &length) == 0
    }
    guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
    port = UInt16(bigEndian: address.sin_port)
    self.descriptor = descriptor
    _ = BlockingThread { [weak self] in
      while true {
        let connection = accept(descriptor, nil, nil)
        // Not closed before nobody waits for it: its number may be the next server's by then.
        guard connection >= 0 else { return _ = close(descriptor) }
        self?.serve(connection)
        close(connection)
      }
    }
  }

  deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

  private func serve(_ connection: Int32) {
    var octets: [UInt8] = []
    while octets.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
      guard let more = Self.hear(connection) else { return }
      octets += more
    }
    guard let end = octets.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
    let lines = String(decoding: octets[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    if lines[0].hasPrefix("HEAD") { return Self.say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
    let length = lines.first { $0.lowercased().hasPrefix("content-length:") }.flatMap { Int($0.dropFirst(16)) } ?? 0
    let deed = deeds.withLock { $0.isEmpty ? .taken : $0.removeFirst() }
    var body = Array(octets[end.upperBound...])
    let wanted =
      switch deed {
      case .cutAfter(let count): count
      case .hasty: 0
      case .answer, .cut, .silence: length
      }
    while body.count < wanted {
      guard let more = Self.hear(connection) else { return }
      body += more
    }
    heard.withLock { $0.append(Posted(line: lines[0], fields: lines.joined(separator: "\n"), body: body)) }
    switch deed {
    case .answer(let text), .hasty(let text): Self.say(connection, text)
    case .silence: while Self.hear(connection) != nil {}
    case .cut, .cutAfter: break
    }
  }

  private static func hear(_ connection: Int32) -> [UInt8]? {
    var scratch = [UInt8](repeating: 0, count: 65_536)
    let count = scratch.withUnsafeMutableBytes { recv(connection, $0.baseAddress, $0.count, 0) }
    return count > 0 ? Array(scratch.prefix(count)) : nil
  }

  private static func say(_ connection: Int32, _ text: String) {
    let octets = Array(text.utf8)
    _ = octets.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }
}

/// Access tokens, one after another as they are rejected.
final class RenewedTokens: TokenSupply {
  private let rest: Mutex<[String]>
  let rejected = Mutex<[String]>([])

  init(_ tokens: String...) { rest = Mutex(tokens) }

  func accessToken(now: Date) async throws(TokenError) -> AccessToken {
    guard let token = rest.withLock({ $0.first }) else { throw .refused(error: "invalid_grant", description: "gone") }
    return AccessToken(secret: Secret(token), expiresAt: now + 3600)
  }

  func reject(_ token: AccessToken) async {
    rejected.withLock { $0.append(token.secret.reveal()) }
    rest.withLock { if $0.count > 1 { $0.removeFirst() } }
  }

  func keepAlive(now: Date) async throws(TokenError) {}
}

extension PostTransport {
  /// To a fake API, as Microsoft's or Google's.
  static func test(
    _ api: any MailAPI = GraphAPI(), at server: FakeAPI, tokens: any TokenSupply = RenewedTokens("t-1"),
    answerWithin: Duration = .seconds(20), as signIn: SignIn = Mailbox.byToken.signIn
  ) -> PostTransport {
    let isGraph = api.transport == .graph
    let provider = Provider(name: isGraph ? "microsoft" : "google", label: isGraph ? "Microsoft 365" : "Google")
    var mailbox = Mailbox.test(
      at: "127.0.0.1", port: server.port, signIn: signIn, provider: provider.reached(by: api.transport),
      generation: 1)
    mailbox.server.security = .none
    return PostTransport(
      mailbox, by: api, over: HTTPClient(environment: [:]), answerWithin: answerWithin, tokens: tokens)
  }
}

extension PreparedMessage {
  static func test(
    _ header: String = "From: office@firm.example\r\nTo: ada@x.example\r\nSubject: x\r\n\r\n",
    _ body: String = "hello\r\n",
    to recipients: String...
  ) -> PreparedMessage {
    let named = (recipients.isEmpty ? ["ada@x.example"] : recipients).compactMap { Address($0) }
    return PreparedMessage(
      envelope: Envelope(sender: nil, recipients: named), header: Array(header.utf8),
      body: .octets(Array(body.utf8)[...]))
  }
}
