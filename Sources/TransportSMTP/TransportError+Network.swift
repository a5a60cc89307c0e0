// From what look-ups and dialling report to the facts that Diagnosis reads.

import Diagnosis
import Foundation
import Mailboxes
import Platform
import SMTP
import Sockets

extension TransportError {
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
  init(_ error: DialError, at mailbox: Mailbox) {
    guard case .failed(let verdicts) = error else {
      self = .cancelled
      return
    }
    let reasons = verdicts.map(\.reason)
    if let first = verdicts.first, mailbox.isRedirected(to: verdicts.map(\.endpoint)) {
      self = .redirected(to: first.endpoint.host)
    } else if verdicts.allSatisfy({ $0.endpoint.host.contains(":") && $0.reason.isUnreachable }) {
      self = .onlyIPv6(Self.words(of: verdicts))
    } else if reasons.contains(.refused) {
      self = .refused
    } else if reasons.contains(.timedOut) {
      self = .connectTimedOut
    } else {
      self = .unreachable(Self.words(of: verdicts))
    }
  }

  private static func words(of verdicts: [DialError.FailedEndpoint]) -> String {
    verdicts.map { "\($0.endpoint): \($0.reason.words)" }.joined(separator: "; ")
  }
}

extension Mailbox {
  /// A public provider is in no private network, and no name but this machine's own leads to this machine.
  fileprivate func isRedirected(to endpoints: [Endpoint]) -> Bool {
    endpoints.allSatisfy { provider.isPublic ? $0.isNearby : !server.isLoopback && isLoopbackAddress($0.host) }
  }
}

extension DialError.Reason {
  fileprivate var isUnreachable: Bool { if case .unreachable = self { true } else { false } }

  fileprivate var words: String {
    switch self {
    case .refused: "refused"
    case .timedOut: "no answer"
    case .unreachable(let code): String(cString: strerror(code))
    }
  }
}

extension Endpoint {
  /// Of this machine or a private network (RFC 1918, 4193, 6890): no public provider stands there.
  var isNearby: Bool {
    let octets = host.split(separator: ".").compactMap { UInt8($0) }
    guard octets.count == 4 else {
      let host = host.lowercased()
      return ["::", "::1"].contains(host) || ["fc", "fd", "fe8", "fe9", "fea", "feb"].contains { host.hasPrefix($0) }
    }
    return switch (octets[0], octets[1]) {
    case (0, _), (10, _), (127, _), (169, 254), (172, 16...31), (192, 168), (100, 64...127): true
    default: false
    }
  }
}

extension Extensions {
  /// Firewalls that inspect SMTP write XXXXXXXA or asterisks over what they do not want to be used.
  var areMasked: Bool {
    lines.contains { line in
      let word = line.prefix { $0 != " " }.uppercased()
      return word.count >= 4 && (word.allSatisfy { $0 == "*" } || word.dropLast().allSatisfy { $0 == "X" })
    }
  }
}
