// From what the token source reports to the facts that Diagnosis reads.

package import Diagnosis

extension TokenFailure {
  package init(_ error: TokenError) {
    self =
      switch error {
      case .refused(let error, let description): .refused(error: error, description: description)
      case .misconfigured(let error, let description): .misconfigured(error: error, description: description)
      case .clockWrong(let ahead, let error, let description):
        .clockWrong(ahead: ahead, error: error, description: description)
      case .unavailable(let status, let retryAfter, let words):
        .unavailable(status: status, retryAfter: retryAfter, words: words)
      case .clientProof(let fault): .clientProof(fault)
      case .disconnected: .disconnected
      case .cancelled: .cancelled
      }
  }
}
