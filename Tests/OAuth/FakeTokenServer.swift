// A token endpoint on 127.0.0.1 that answers what a test wants and remembers what it was asked.

import FlyingFox
import FlyingSocks
import Foundation
import Mailboxes
import Synchronization

@testable import OAuth

final class FakeTokenServer: Sendable {
  struct Answer: Sendable {
    var status = 200
    var headers: [String: String] = ["Content-Type": "application/json"]
    var body = ""
    var delay = Duration.zero

    static func token(_ token: String, refresh: String? = nil, expiresIn: String? = "3600") -> Answer {
      let fields = [
        "\"access_token\":\"\(token)\"", "\"token_type\":\"Bearer\"", refresh.map { "\"refresh_token\":\"\($0)\"" },
        expiresIn.map { "\"expires_in\":\($0)" },
      ]
      return Answer(body: "{\(fields.compactMap { $0 }.joined(separator: ","))}")
    }

    static func error(_ error: String, _ status: Int = 400, description: String = "") -> Answer {
      Answer(status: status, body: "{\"error\":\"\(error)\",\"error_description\":\"\(description)\"}")
    }

    static func page(_ status: Int) -> Answer {
      Answer(status: status, headers: ["Content-Type": "text/html"], body: "<!DOCTYPE html><h1>Sign in to WiFi</h1>")
    }
  }

  let url: URL
  private let bodies = Mutex<[String]>([])
  private let answer: @Sendable (_ body: String) -> Answer
  private let server: HTTPServer
  private let running: Task<Void, any Error>

  /// - Parameter answers: in this order; the last one stands for all that follow.
  convenience init(_ answers: Answer...) async throws { try await self.init(answers) }

  convenience init(_ answers: [Answer]) async throws {
    let left = Script(answers)
    try await self.init { _ in left.next }
  }

  init(answering answer: @escaping @Sendable (_ body: String) -> Answer) async throws {
    let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0), logger: .disabled)
    running = Task { try await server.run() }
    try await server.waitUntilListening(timeout: 5)
    guard case .ip4(_, let port) = await server.listeningAddress else { throw URLError(.badURL) }
    guard let url = URL(string: "http://127.0.0.1:\(port)/token") else { throw URLError(.badURL) }
    self.url = url
    self.server = server
    self.answer = answer
    await server.appendRoute("POST /token") { [weak self] request in
      let body = String(decoding: try await request.bodyData, as: UTF8.self)
      guard let answer = self?.take(body) else { return HTTPResponse(statusCode: .gone) }
      try await Task.sleep(for: answer.delay)
      return HTTPResponse(
        statusCode: HTTPStatusCode(answer.status, phrase: "Answer"),
        headers: HTTPHeaders(Dictionary(uniqueKeysWithValues: answer.headers.map { (HTTPHeader($0.key), $0.value) })),
        body: Data(answer.body.utf8))
    }
  }

  deinit { running.cancel() }

  /// The forms it was sent, decoded.
  var forms: [[String: String]] {
    bodies.withLock { $0 }.map { body in
      var form: [String: String] = [:]
      for field in body.split(separator: "&") {
        let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        form[String(parts[0])] = String(parts[1]).removingPercentEncoding
      }
      return form
    }
  }

  var requests: Int { bodies.withLock { $0.count } }

  private func take(_ body: String) -> Answer {
    bodies.withLock { $0.append(body) }
    return answer(body)
  }

  func grant(refreshToken: String = "refresh-1", clientSecret: String? = nil, scope: String? = nil) -> OAuthGrant {
    OAuthGrant(
      username: "office@acme.example", mechanism: .xoauth2, tokenURL: url, clientID: "letterhead",
      clientSecret: clientSecret.map { Secret($0) }, scope: scope, refreshToken: Secret(refreshToken))
  }

  /// A source for a grant that is saved nowhere.
  func source(timeLimit: Duration = .seconds(5)) -> TokenSource {
    let grant = grant()
    return TokenSource(grant, store: UnsavedTokenStore(grant), endpoint: .unproxied(within: timeLimit))
  }
}

/// Answers in their order; the last one for ever.
private final class Script: Sendable {
  private let answers: Mutex<[FakeTokenServer.Answer]>

  init(_ answers: [FakeTokenServer.Answer]) { self.answers = Mutex(answers) }

  var next: FakeTokenServer.Answer { answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] } }
}

let noon = Date(timeIntervalSince1970: 1_795_348_800)
