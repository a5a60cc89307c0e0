// A company's own identity server and mail servers, as an administrator writes them into the configuration.

import Support

extension Rig {
  /// An entity `acme`, and a provider whose tokens come from the toolkit.
  ///
  /// - Parameters:
  ///   - name: its own, or one that Letterhead knows, whose servers are then these.
  ///   - listener: where it takes mail.
  ///   - client: as registered at the toolkit; each may do one kind of grant.
  ///   - scenario: of the scripted token endpoint, in place of the toolkit.
  ///   - more, oauth: further keys of the two sections.
  func corp(
    _ name: String = "corp", at listener: String = "TOOLKIT_TLS", client: String = "letterhead",
    scripted scenario: String? = nil, more: String = "app_only = \"client-credentials\"", oauth: String = ""
  ) -> String {
    // With the organisation in the path, as the providers have it that know organisations.
    let scripted = scenario.map { "\(self["SCRIPTED_TOKENS_URL"])/\($0)/\(name == "microsoft" ? "{tenant}/" : "")" }
    return """
      [entity.acme]
      name = "Acme S.p.A."
      default = true
      [provider.\(name)]
      host = "localhost"
      port = \(port(listener))
      security = "\(listener.hasSuffix("STARTTLS") ? "starttls" : "tls")"
      mechanisms = ["XOAUTH2", "LOGIN"]
      authorize_url = "\(scripted.map { $0 + "authorize" } ?? self["TOOLKIT_AUTHORIZE_URL"])"
      token_url = "\(scripted.map { $0 + "token" } ?? self["TOOLKIT_TOKEN_URL"])"
      device_url = "\(self["TOOLKIT_DEVICE_URL"])"
      scopes = ["openid", "mail"]
      app_scopes = ["mail.sendas"]
      \(more)
      [oauth.\(name)]
      client_id = "\(client)"
      \(oauth)
      """
  }
}
