// What the other side said about an error, for logs, the status file and reports.

import SMTP

extension TransportError {
  /// The other side's own words, where there were any.
  package var upstreamWords: String {
    switch self {
    case .notSMTP(let words): words
    case .mechanismMissing(_, let offered): "AUTH \(offered.joined(separator: " "))"
    case .tls(.handshake(let words)), .tls(.untrusted(let words)), .tls(.protocolVersion(let words)): words
    case .tls(.notTLS(let octets)): String(decoding: octets, as: UTF8.self)
    case .token(.refused(let error, let description)), .token(.misconfigured(let error, let description)),
      .token(.clockWrong(_, let error, let description)):
      "\(error) \(description)"
    case .token(.unavailable(_, _, let words)): words
    case .tokenRefused(let refusal): Redaction.shown(refusal.reply) + (refusal.challenge.map { " \($0.words)" } ?? "")
    case .wrongAudience(let audience): "aud \(audience)"
    case .answered(let reply, _): Redaction.shown(reply)
    default: ""
    }
  }
}
