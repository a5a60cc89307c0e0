// A provider's own interface for sending, beside its SMTP servers. Its access tokens are others than those for SMTP: another
// audience, and permissions that are approved apart.

import Foundation
import SMTP

package struct ProviderAPI: Sendable, Equatable {
  /// Never `smtp` in the table of providers.
  package var transport = TransportKind.smtp
  /// `https://graph.microsoft.com`: nothing behind the host but perhaps a port.
  package var url = ""
  /// What a person grants.
  package var scopes: [String] = []
  /// What an app asks for that signs in by itself.
  package var appScopes: [String] = []
  /// Where an administrator approves the app for this interface.
  package var consentURL: String?

  package init() {}

  /// Where ``url`` leads; `nil` for what is no address.
  package var server: Server? {
    guard let url = URL(string: url), let host = url.host() else { return nil }
    let isSecure = url.scheme?.lowercased() == "https"
    return Server(
      host: host, port: url.port.flatMap { UInt16(exactly: $0) } ?? (isSecure ? 443 : 80),
      security: isSecure ? .tls : .none)
  }
}

extension Provider {
  /// The provider as it is reached by `transport`: its servers, scopes and whatever else differs there.
  ///
  /// A provider that does not have it (any more) keeps everything else.
  package func reached(by transport: TransportKind) -> Provider {
    guard transport != .smtp else { return self }
    var provider = self
    provider.transport = transport
    // Only a real message shows whether it may be sent.
    provider.needsTestMessage = true
    guard let api, api.transport == transport, let server = api.server else { return provider }
    provider.servers = [server]
    provider.note = ""
    provider.oauth?.scopes = api.scopes
    provider.oauth?.appScopes = api.appScopes
    provider.oauth?.consentURL = api.consentURL
    return provider
  }
}
