// From what the sockets and TLS say to what a conversation with a provider says.

import Foundation
import Sockets
import TLS

extension UpstreamError {
  init(_ error: ResolveError) {
    switch error {
    case .notFound: self = .nameNotFound
    case .noAddress: self = .nameHasNoAddress
    case .temporary(let words): self = .lookUpFailed(words)
    case .timedOut: self = .lookUpFailed("")
    case .cancelled: self = .cancelled
    }
  }

  /// One word for all addresses: the one that tells most about the way.
  init(_ error: DialError) {
    guard case .failed(let verdicts) = error else {
      self = .cancelled
      return
    }
    let reasons = verdicts.map(\.reason)
    if reasons.contains(.refused) {
      self = .refused
    } else if reasons.contains(.timedOut) {
      self = .connectTimedOut
    } else {
      self = .unreachable(verdicts.map { "\($0.endpoint): \($0.reason.words)" }.joined(separator: "; "))
    }
  }
}

extension DialError.Reason {
  fileprivate var words: String {
    switch self {
    case .refused: "refused"
    case .timedOut: "no answer"
    case .unreachable(let code): String(cString: strerror(code))
    }
  }
}

extension TLSDetails {
  /// For the step that `connect` and `test` print.
  var sentence: String {
    guard let certificate else { return "\(version), session resumed" }
    let names = certificate.names.prefix(3).joined(separator: ", ")
    let end = certificate.notAfter.ISO8601Format().prefix(10)
    return "\(version), certificate for \(names) by \(certificate.issuer), valid until \(end)"
  }
}
