// A folder's name as the server writes it, and one line of LIST. RFC 3501 §7.2.2, 6154.

import SMTP

package struct FolderName: Hashable, Sendable {
  /// As it stands in commands and responses. Without control characters.
  package let octets: [UInt8]

  /// Longer ones are nobody's folder of sent messages.
  private static let maximumOctets = 1000

  /// - Returns: `nil` where it could not stand in a command.
  init?(_ octets: [UInt8]) {
    guard !octets.isEmpty, octets.count <= Self.maximumOctets, !octets.contains(where: \.isControl) else { return nil }
    self.octets = octets
  }

  /// - Parameter text: as people read it.
  package init?(readable text: String) { self.init(ModifiedUTF7.encode(text)) }

  /// As people read it. Some servers write UTF-8.
  package var readable: String { ModifiedUTF7.decode(octets) ?? String(decoding: octets, as: UTF8.self) }

  /// As an argument of a command.
  var quoted: [UInt8] { IMAPString.quoted(octets) }
}

package struct ListedFolder: Equatable, Sendable {
  package var name: FolderName
  /// Between the levels of names; `nil`: there are no levels.
  package var delimiter: Character?
  /// In small letters: `\sent`, `\noselect`.
  package var attributes: Set<String>

  package init(name: FolderName, delimiter: Character?, attributes: Set<String> = []) {
    self.name = name
    self.delimiter = delimiter
    self.attributes = attributes
  }

  /// - Parameter values: behind the word LIST.
  init?(_ values: [IMAPValue]) {
    guard values.count >= 3, case .list(let flags) = values[0], let name = values[2].octets.flatMap({ FolderName($0) })
    else { return nil }
    self.name = name
    delimiter = values[1].octets?.first.map { Character(UnicodeScalar($0)) }
    attributes = Set(flags.compactMap(\.octets).map { String(decoding: $0.map(\.lowercased), as: UTF8.self) })
  }

  /// It holds messages.
  var isSelectable: Bool { attributes.isDisjoint(with: ["\\noselect", "\\nonexistent"]) }

  var levels: [Substring] {
    let name = name.readable
    return delimiter.map { name.split(separator: $0, omittingEmptySubsequences: false) } ?? [name[...]]
  }
}

extension IMAPValue {
  fileprivate var octets: [UInt8]? {
    switch self {
    case .atom(let octets), .text(let octets): octets
    case .list, .absent: nil
    }
  }
}
