// One POST over URLSession that follows no redirect, reads no more than it must and ends in time.

import Foundation
import FoundationNetworking
import Synchronization

/// What came back.
struct HTTPAnswer: Sendable, Equatable {
  var status: Int
  var contentType: String?
  var retryAfter: String?
  /// The server's clock.
  var date: String?
  /// Where a redirect wanted to lead.
  var location: String?
  var body: [UInt8] = []
}

/// Nothing usable came back: the words say why.
struct HTTPFailure: Error, Equatable {
  let words: String
}

/// One request. URLSession calls the delegate on a queue of its own, one call at a time.
final class HTTPExchange: NSObject, URLSessionDataDelegate {
  private struct State: Sendable {
    var answer: HTTPAnswer?
    var failure: HTTPFailure?
    var waiter: CheckedContinuation<Result<HTTPAnswer, HTTPFailure>, Never>?
  }

  private let state = Mutex(State())
  private let limit: Int

  private init(limit: Int) {
    self.limit = limit
  }

  /// - Parameters:
  ///   - limit: of the answer's body, in octets.
  ///   - timeLimit: for everything, from the look-up of the name to the last octet.
  static func post(
    _ body: [UInt8], to url: URL, limit: Int, within timeLimit: Duration
  ) async throws(HTTPFailure) -> HTTPAnswer {
    var request = URLRequest(url: url)
    request.httpMethod = "POST"
    request.httpBody = Data(body)
    request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
    request.setValue("application/json", forHTTPHeaderField: "Accept")
    return try await HTTPExchange(limit: limit).run(request, within: timeLimit).get()
  }

  private func run(_ request: URLRequest, within timeLimit: Duration) async -> Result<HTTPAnswer, HTTPFailure> {
    let session = URLSession(configuration: .bare, delegate: self, delegateQueue: nil)
    defer { session.finishTasksAndInvalidate() }
    let task = session.dataTask(with: request)
    // URLSession's own time-outs start again with every octet, so a server could drip for ever.
    let alarm = Task {
      try await Task.sleep(for: timeLimit)
      self.end(task, because: "no answer within \(timeLimit.components.seconds) seconds")
    }
    defer { alarm.cancel() }
    return await withCheckedContinuation { continuation in
      state.withLock { $0.waiter = continuation }
      task.resume()
    }
  }

  private func end(_ task: URLSessionTask, because words: String) {
    state.withLock { state in
      if state.failure == nil { state.failure = HTTPFailure(words: words) }
    }
    task.cancel()
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    // Followed, the body with its secrets would go to whomever the redirect names.
    state.withLock { $0.answer = HTTPAnswer(response) }
    completionHandler(nil)
    task.cancel()
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
  ) {
    if let response = response as? HTTPURLResponse {
      state.withLock { $0.answer = HTTPAnswer(response) }
    }
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let isTooLong = state.withLock { state in
      state.answer?.body += data
      return (state.answer?.body.count ?? 0) > limit
    }
    if isTooLong { end(dataTask, because: "an answer of more than \(limit) octets") }
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    let last = state.withLock { state in
      let last = state
      state.waiter = nil
      return last
    }
    last.waiter?.resume(returning: result(of: last, error: error))
  }

  private func result(of state: State, error: (any Error)?) -> Result<HTTPAnswer, HTTPFailure> {
    if let failure = state.failure { return .failure(failure) }
    if let answer = state.answer, error == nil || (300..<400).contains(answer.status) { return .success(answer) }
    return .failure(HTTPFailure(words: error.map { $0.localizedDescription } ?? "no answer"))
  }
}

extension HTTPAnswer {
  fileprivate init(_ response: HTTPURLResponse) {
    self.init(
      status: response.statusCode, contentType: response.value(forHTTPHeaderField: "Content-Type"),
      retryAfter: response.value(forHTTPHeaderField: "Retry-After"),
      date: response.value(forHTTPHeaderField: "Date"),
      location: response.value(forHTTPHeaderField: "Location"))
  }
}

extension URLSessionConfiguration {
  /// Keeps nothing between requests: no cookies, no cache, no stored credentials.
  fileprivate static var bare: URLSessionConfiguration {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpCookieStorage = nil
    configuration.httpShouldSetCookies = false
    configuration.urlCache = nil
    configuration.urlCredentialStorage = nil
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    return configuration
  }
}
