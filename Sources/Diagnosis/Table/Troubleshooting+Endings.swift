// Every way in which a conversation ends without a reply, once, for the troubleshooting page.

import Foundation
import Mailboxes
import SMTP

extension Troubleshooting {
  /// What ended a conversation, and with which provider.
  struct Ending {
    let error: TransportError
    let mailbox: Mailbox

    init(_ error: TransportError, at provider: Provider = .smtp) {
      self.error = error
      mailbox = Mailbox(
        entity: "ENTITY", address: Address(localPart: "ADDRESS", domain: ""), provider: provider,
        server: Server(host: "HOST", port: 465, security: .tls), signIn: .none, generation: 1, connectedAt: someDay)
    }

    /// One whose servers everybody knows.
    private static let known = {
      var provider = Provider(name: "", label: "")
      provider.isPublic = true
      return provider
    }()

    static let connection = [
      Ending(.nameNotFound), Ending(.nameHasNoAddress), Ending(.lookUpFailed("")), Ending(.refused),
      Ending(.connectTimedOut), Ending(.unreachable("")), Ending(.onlyIPv6("")), Ending(.redirected(to: "127.0.0.1")),
      Ending(.noGreeting(timedOut: true)), Ending(.noGreeting(timedOut: false)), Ending(.notSMTP("")),
      Ending(.nonsense(.greeting)), Ending(.lost(.hello, timedOut: true, bodySent: false)),
      Ending(.lost(.hello, timedOut: false, bodySent: false)), Ending(.lost(.body, timedOut: true, bodySent: true)),
      Ending(.noSignInOffered), Ending(.mechanismMissing(wanted: "", offered: [])),
      Ending(.mechanismMissing(wanted: "", offered: ["XOAUTH2"])), Ending(.wouldExposeSecret),
      Ending(.unfitCredentials), Ending(.serverUnproven),
      Ending(.token(.unavailable(words: ""))), Ending(.token(.unavailable(words: "certificate"))),
    ]

    static let encryption = [
      Ending(.expectsTLS), Ending(.startTLSMissing(masked: false)), Ending(.startTLSMissing(masked: true)),
      Ending(.startTLSInjected), Ending(.tls(.notTLS(firstOctets: []))), Ending(.tls(.expired(someDay))),
      Ending(.tls(.notYetValid(someDay))), Ending(.tls(.wrongName(["mail.provider.example"]))),
      Ending(.tls(.unknownIssuer("CN=Some firewall", selfSigned: false)), at: known),
      Ending(.tls(.wrongName(["mail.elsewhere.example"])), at: known),
      Ending(.tls(.unknownIssuer("CN=Some firewall", selfSigned: false))),
      Ending(.tls(.unknownIssuer("", selfSigned: true))), Ending(.tls(.untrusted(""))),
      Ending(.tls(.protocolVersion(""))), Ending(.tls(.handshake(""))), Ending(.tls(.badCertificateFile(""))),
    ]
  }
}

/// 22 November 2026.
private let someDay = Date(timeIntervalSince1970: 1_795_334_400)
