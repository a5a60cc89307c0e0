// From what module HTTP reports to the facts that Diagnosis reads.

import Diagnosis
import HTTP

extension TransportError {
  init(_ error: HTTPError) {
    self =
      switch error {
      case .notAllowed, .proxyWouldRead, .malformed: .wouldExposeSecret
      case .unreachable(let words): Self.unreachable(libcurl: words)
      case .proxyRefused(let status): .unreachable("the proxy answers HTTP \(status)")
      case .untrusted(let words): .tls(.untrusted(words))
      case .lost(_, let mayHaveArrived): .lost(.post, timedOut: false, bodySent: mayHaveArrived)
      case .timedOut(_, let mayHaveArrived): .lost(.post, timedOut: true, bodySent: mayHaveArrived)
      case .tooLong: .lost(.post, timedOut: false, bodySent: true)
      case .noBody(let words): .bodyUnreadable(words)
      case .cancelled(mayHaveArrived: true): .lost(.post, timedOut: false, bodySent: true)
      case .cancelled, .closed: .cancelled
      }
  }

  /// libcurl tells these apart by its words only.
  private static func unreachable(libcurl words: String) -> TransportError {
    if words.hasPrefix("Could not resolve host") { return .lookUpFailed(words) }
    if words.contains("Connection timed out") || words.contains("Timeout") { return .connectTimedOut }
    if words.contains("SSL") || words.contains("TLS") { return .tls(.handshake(words)) }
    return .unreachable(words)
  }
}
