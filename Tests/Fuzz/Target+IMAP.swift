// What an IMAP server says, and what it calls its folders.

import IMAP

extension Target {
  /// However it comes, it is the same responses, or wrong at the same place; and none of it could stand for a command.
  static let imap = Target(name: "imap") { octets in
    let found = try same(however: octets, "responses") { pieces in
      var buffer = IMAPResponseBuffer()
      var found: [IMAPResponse?] = []
      do {
        for piece in pieces {
          buffer.append(piece)
          while let response = try buffer.next() { found.append(try IMAPResponse(response)) }
        }
      } catch { found.append(nil) }
      return found
    }
    var choice = SentFolderChoice()
    for response in found.compactMap(\.self) {
      switch response {
      case .folder(let listing): choice.consider(listing)
      case .message(let message):
        try demand(message.messageIDs.allSatisfy(\.isHarmless), "\(message.messageIDs) would forge a line")
      default: break
      }
    }
    for name in choice.namesToCreate + [choice.folder].compactMap(\.self) {
      try demand(name.octets.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "\(name.octets.text) would end its command")
    }
  }

  /// A folder's name. What is read is the same name when it is written.
  static let folderName = Target(name: "folder-name") { octets in
    let text = octets.text
    try demand(ModifiedUTF7.decode(ModifiedUTF7.encode(text)) == text, "\(text) is not what was written")
    guard let name = ModifiedUTF7.decode(octets) else { return }
    try demand(ModifiedUTF7.decode(ModifiedUTF7.encode(name)) == name, "\(name) is not what was written")
  }
}
