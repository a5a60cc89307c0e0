// One suite above all of them: a test that counts descriptors and memory must be alone in its process.

import Foundation
import Support
import Testing

@testable import HTTP

@Suite(.serialized) enum HTTP {}

extension HTTPRequest {
  /// To a server of this test's.
  static func to(
    _ port: UInt16, _ method: String = "GET", _ path: String = "/", scheme: String = "http",
    within limit: Duration = .seconds(20)
  ) throws -> HTTPRequest {
    HTTPRequest(method, try #require(URL(string: "\(scheme)://localhost:\(port)\(path)")), within: limit)
  }

  func with(_ change: (inout HTTPRequest) -> Void) -> HTTPRequest {
    var request = self
    change(&request)
    return request
  }
}

extension HTTPClient {
  /// No proxy of whoever runs the tests is asked.
  convenience init(_ proxy: String? = nil) { self.init(proxy: proxy, environment: [:]) }

  func error(of request: HTTPRequest) async -> HTTPError? {
    do throws(HTTPError) {
      _ = try await send(request)
      return nil
    } catch {
      return error
    }
  }
}

/// Waits for what another thread is about to do.
func until(_ what: String, _ condition: () throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(20)
  while try !condition() {
    try #require(ContinuousClock.now < deadline, "it never came: \(what)")
    try await Task.sleep(for: .milliseconds(5))
  }
}
