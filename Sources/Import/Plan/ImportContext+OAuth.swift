// What OAuth needs of an old configuration and is no secret. It is carried where it looks like what it should be, and not
// shown where it does not.

extension ImportContext {
  /// The id of a registration at a provider.
  mutating func clientID(_ setting: Sourced<String>?, of key: String) -> String? {
    checked(setting, of: key, "client's id", \.isClientID)
  }

  /// Scopes between blanks.
  mutating func scope(_ setting: Sourced<String>?, of key: String) -> String? {
    checked(setting, of: key, "scope") { $0.words.allSatisfy(\.isScope) }
  }

  mutating func tokenURL(_ setting: Sourced<String>?, of key: String) -> String? {
    checked(setting, of: key, "token endpoint", \.isPlainURL)
  }

  private mutating func checked(
    _ setting: Sourced<String>?, of key: String, _ what: String, _ isRight: (String) -> Bool
  ) -> String? {
    guard let setting else { return nil }
    if isRight(setting.value) { return setting.value }
    leftOut(setting.source, "\(key): that is no \(what). Give the right one to letterhead connect.")
    return nil
  }
}

extension String {
  /// An address with nothing in it but a host, a port and a path: of https, or on this host.
  var isPlainURL: Bool {
    wholeMatch(of: #/(https:\/\/[A-Za-z0-9._\-]+|http:\/\/127\.0\.0\.1)(:[0-9]{1,5})?(\/[A-Za-z0-9._\/\-]*)?/#) != nil
  }

  fileprivate var isClientID: Bool {
    wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9._\-]{0,127}/#) != nil
  }

  /// A URL, or a word as `offline_access` is one.
  fileprivate var isScope: Bool {
    isPlainURL || wholeMatch(of: #/[A-Za-z][A-Za-z._:]{0,39}/#) != nil
  }
}
