// What token endpoints, browsers and people with a clipboard bring.

import Cryptography
import Foundation
import Mailboxes

@testable import HTTP
@testable import OAuth

private let secret = "1//0gRefreshMe&more"

extension Target {
  /// An HTTP answer: status, header lines, an empty line, the body. Whatever it says, no error repeats our secret or
  /// steers a terminal, no pause is over a day, and a token has only what a token may have.
  static let token = Target(name: "token") { octets in
    let request = TokenRequest(
      to: tokenURL, fields: [("refresh_token", .secret(Secret(secret)))], dependsOnClock: octets.count % 2 == 0)
    let reply = TokenReply(HTTPResponse(reading: octets), to: request, now: morning)
    _ = reply.decoded(DeviceJSON.self)?.authorization(now: morning)
    switch Result(catching: { () throws(TokenError) in try reply.read() }) {
    case .success(let answer): try demandToken(answer)
    case .failure(let error): try demandClean(error)
    }
  }

  private static func demandToken(_ answer: TokenAnswer) throws {
    let isClean = answer.accessToken.withOctets { !$0.isEmpty && $0.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
    try demand(isClean, "a token that forges a field")
    try demand(answer.lifetime > .zero && answer.lifetime <= .seconds(86_400), "a token for \(answer.lifetime)")
  }

  private static func demandClean(_ error: TokenError) throws {
    let words: [String]
    switch error {
    case .refused(let error, let description), .misconfigured(let error, let description),
      .clockWrong(_, let error, let description):
      words = [error, description]
    case .unavailable(_, let pause, let said):
      words = [said]
      if let pause { try demand(pause > .zero && pause <= .seconds(86_400), "a pause of \(pause)") }
    case .clientProof, .disconnected, .cancelled: words = []
    }
    for word in words {
      try demand(word.isHarmless, "words that steer: \(word)")
      try demand(word.unicodeScalars.count < 1100, "endless words")
      try demand(!word.utf8.contains(secret), "our secret is in the words: \(word)")
    }
  }

  /// The payload of an id token.
  static let idToken = Target(name: "id-token") { octets in
    _ = IDToken(Secret(octets.text))
    let payload = Data(octets).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    let token = IDToken(Secret("e30.\(payload).c2ln"))
    for name in token?.account.names ?? [] { try demand(name.isHarmless, "an account that steers: \(name)") }
  }

  /// Google's key file for a service account.
  static let keyFile = Target(name: "key-file") { octets in
    do throws(ServiceAccountFile.Failure) {
      _ = try ServiceAccountFile(octets, tokenURL: tokenURL)
    } catch {
      if case .otherKind(let type) = error { try demand(type.isHarmless, "a type that steers: \(type)") }
      if case .otherTokenURL(let url) = error { try demand(url.isHarmless, "an address that steers: \(url)") }
    }
  }

  /// What a browser asks of the loopback receiver, and what a person pastes.
  static let callback = Target(name: "callback") { octets in
    if let request = BrowserRequest(octets) {
      try demand(request.path.hasPrefix("/"), "a path of \(request.path)")
      _ = try? Callback(query: request.query)["code"]
    }
    let text = octets.text
    if let callback = try? Callback(pasted: text) { _ = (callback["code"], callback["state"], callback["error"]) }
    let escaped = Form.escaped(text)
    try demand(Form.fields(of: "x=\(escaped)").map(\.value) == [text], "\(text) is not the same when escaped")
  }
}

private let tokenURL = URL(filePath: "/token")

extension HTTPResponse {
  /// Lines end in LF.
  fileprivate init(reading octets: [UInt8]) {
    let cut = octets.firstRange(of: Array("\n\n".utf8))
    let lines = octets[..<(cut?.lowerBound ?? octets.endIndex)].text.split(separator: "\n").map(String.init)
    self.init(
      status: lines.first.flatMap { Int($0) } ?? 200, body: Array(octets[(cut?.upperBound ?? octets.endIndex)...]))
    for line in lines.dropFirst() { receive(headLine: Array(line.utf8)) }
  }
}

extension String.UTF8View {
  fileprivate func contains(_ text: String) -> Bool { firstRange(of: Array(text.utf8)) != nil }
}
