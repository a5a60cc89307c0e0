// Which folder of a mailbox is the one of sent messages: the one that the configuration names, else the one that the
// server marks, else the one with the likeliest name. Takes the lines of LIST one by one and keeps the best.

import SMTP

package struct SentFolderChoice: Sendable {
  /// The lower, the better: its kind, and how deep it stands.
  private struct Rank: Comparable {
    var kind: Int
    var depth: Int

    static func < (one: Rank, other: Rank) -> Bool { (one.kind, one.depth) < (other.kind, other.depth) }
  }

  /// As the configuration names it; empty: it does not.
  private let wanted: String
  private var best: (listing: ListedFolder, rank: Rank)?
  private var delimiter: Character?
  /// Folders beside the inbox stand below it, as at Courier and many hosters; `nil`: there are none.
  private var isBelowInbox: Bool?

  package init(named wanted: String = "") { self.wanted = wanted }

  package mutating func consider(_ listing: ListedFolder) {
    let levels = listing.levels
    let startsAtInbox = levels[0].lowercased() == "inbox"
    if !startsAtInbox || levels.count > 1 { isBelowInbox = startsAtInbox && isBelowInbox != false }
    delimiter = delimiter ?? listing.delimiter
    guard listing.isSelectable, let rank = rank(of: listing, levels), best.map({ rank < $0.rank }) ?? true else {
      return
    }
    best = (listing, rank)
  }

  /// `nil`: no folder is the one.
  package var folder: FolderName? { best?.listing.name }

  private func rank(of listing: ListedFolder, _ levels: [Substring]) -> Rank? {
    let own = levels.count > 1 && levels[0].lowercased() == "inbox" ? levels.dropFirst() : levels[...]
    guard wanted.isEmpty else {
      let isWanted = [listing.name.readable, own.joined(separator: listing.delimiter.map(String.init) ?? "")]
        .firstIndex { $0.lowercased() == wanted.lowercased() }
      return isWanted.map { Rank(kind: $0, depth: 0) }
    }
    if listing.attributes.contains("\\sent") { return Rank(kind: -1, depth: own.count) }
    guard own.count == 1, let kind = SentFolderNames.rank(of: own[own.startIndex]) else { return nil }
    return Rank(kind: kind, depth: levels.count)
  }

  /// Where no folder is the one: under which names it is to be made, until the server takes one.
  package var namesToCreate: [FolderName] {
    let name = wanted.isEmpty ? "Sent" : wanted
    let below = delimiter.map { "INBOX\($0)\(name)" } ?? name
    let names = name.lowercased().hasPrefix("inbox") ? [name] : isBelowInbox == true ? [below] : [name, below]
    return names.compactMap { FolderName(readable: $0) }
  }
}
