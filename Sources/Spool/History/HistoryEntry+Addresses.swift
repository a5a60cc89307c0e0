// `history_addresses`: what is left of addresses before a row is written, in the envelope and in what a provider said.

extension HistoryEntry {
  func keeping(_ addresses: HistoryAddresses) -> HistoryEntry {
    guard addresses != .full else { return self }
    var kept = self
    kept.sender = addresses.kept(sender)
    kept.sentAs = addresses.kept(sentAs)
    kept.recipients = recipients.map { addresses.kept($0) }
    kept.words = addresses.kept(in: words)
    return kept
  }
}

extension HistoryAddresses {
  fileprivate func kept(_ recipient: HistoryEntry.Recipient) -> HistoryEntry.Recipient {
    var recipient = recipient
    recipient.address = kept(recipient.address)
    if case .failed(let words) = recipient.fate { recipient.fate = .failed(kept(in: words)) }
    return recipient
  }

  /// The null sender is nobody's address.
  fileprivate func kept(_ address: String?) -> String? {
    guard let address, address != "<>" else { return address }
    switch self {
    case .full: return address
    case .domain: return address.lastIndex(of: "@").map { String(address[$0...]) } ?? "@"
    case .none: return nil
    }
  }

  /// Whatever looks like an address. What a provider calls the message looks like one as well, and goes with them: it is
  /// kept beside.
  fileprivate func kept(in words: String) -> String {
    guard words.utf8.contains(UInt8(ascii: "@")) else { return words }
    return words.split(separator: " ", omittingEmptySubsequences: false).map { word in
      guard let at = word.lastIndex(of: "@") else { return String(word) }
      let domain = word[at...].prefix { $0 == "@" || $0 == "." || $0 == "-" || $0.isLetter || $0.isNumber }
      let before = word[..<at].prefix { !$0.isLetter && !$0.isNumber }
      return "\(before)\(self == .domain ? domain[...] : "@")\(word[domain.endIndex...])"
    }.joined(separator: " ")
  }
}
