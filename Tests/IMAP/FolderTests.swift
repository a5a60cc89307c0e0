// Names of folders, and which is the one of sent messages.

import Testing

@testable import IMAP

struct `A folder's name` {
  @Test(arguments: [
    ("Sent", "Sent"), ("Entwürfe", "Entw&APw-rfe"), ("A & B", "A &- B"), ("送信済み", "&kAFP4W4IMH8-"),
    ("Éléments envoyés", "&AMk-l&AOk-ments envoy&AOk-s"), ("😀", "&2D3eAA-"),
  ])
  func `is written in modified UTF-7 and read again`(text: String, written: String) {
    #expect(ModifiedUTF7.encode(text) == Array(written.utf8))
    #expect(ModifiedUTF7.decode(Array(written.utf8)) == text)
  }

  @Test(arguments: ["&", "&AMk", "&/-", "&2D0-", "&A-", "a\u{7}", "Gesendet ü"])
  func `that is not written so is no modified UTF-7`(written: String) {
    #expect(ModifiedUTF7.decode(Array(written.utf8)) == nil)
  }

  @Test func `that would end the command is none`() {
    #expect(FolderName(Array("Sent\r\nA1 DELETE INBOX".utf8)) == nil)
    #expect(FolderName([]) == nil)
    #expect(FolderName(readable: "a\"b\\c").map { String(decoding: $0.quoted, as: UTF8.self) } == #""a\"b\\c""#)
  }
}

struct `The folder of sent messages` {
  private func choice(
    of folders: [String], named wanted: String = "", delimiter: Character = "/"
  ) throws -> SentFolderChoice {
    var choice = SentFolderChoice(named: wanted)
    for folder in folders {
      let words = folder.split(separator: " \\").map(String.init)
      let name = try #require(FolderName(readable: words[0]))
      let attributes = Set(words.dropFirst().map { "\\\($0.lowercased())" })
      choice.consider(ListedFolder(name: name, delimiter: delimiter, attributes: attributes))
    }
    return choice
  }

  /// What LIST tells, and the folder; the delimiter is the one that is not a slash, where there is one.
  @Test(
    arguments: [
      (["INBOX", "Sent", "Sent Items"], "Sent"),
      // The server's mark goes before every name.
      (["INBOX", "Sent", "Verschickt \\Sent"], "Verschickt"),
      (["[Gmail]/Gesendet \\Sent", "Sent"], "[Gmail]/Gesendet"),
      // A shared mailbox's stands deeper than one's own.
      (["Shared/bob/Sent \\Sent", "Sent Mail \\Sent"], "Sent Mail"),
      (["INBOX", "Gesendete Elemente", "Entwürfe"], "Gesendete Elemente"),
      (["INBOX", "Posta inviata"], "Posta inviata"),
      (["INBOX", "INBOX/Sent", "INBOX/Trash"], "INBOX/Sent"),
      (["inbox", "INBOX/ÉLÉMENTS ENVOYÉS"], "INBOX/ÉLÉMENTS ENVOYÉS"),
      (["送信済み"], "送信済み"), (["INBOX", "Sent Messages"], "Sent Messages"),
      // A name somewhere below is not it, and neither is what holds no messages.
      (["INBOX", "Archive/2019/Sent"], nil), (["INBOX", "Sent \\Noselect"], nil), (["INBOX", "Absent"], nil), ([], nil),
    ] as [([String], String?)])
  func `is marked by the server or has the usual name`(folders: [String], expected: String?) throws {
    #expect(try choice(of: folders).folder?.readable == expected)
    #expect(try choice(of: folders.reversed()).folder?.readable == expected)
  }

  @Test func `is the one that the configuration names`() throws {
    let folders = ["INBOX", "INBOX.Sent \\Sent", "INBOX.Relay"]
    for name in ["INBOX.Relay", "Relay", "relay"] {
      #expect(try choice(of: folders, named: name, delimiter: ".").folder?.readable == "INBOX.Relay")
    }
    let missing = try choice(of: folders, named: "Post", delimiter: ".")
    #expect(missing.folder == nil && missing.namesToCreate.map(\.readable) == ["INBOX.Post"])
  }

  @Test func `is made where the others stand`() throws {
    #expect(try choice(of: ["INBOX", "Trash"]).namesToCreate.map(\.readable) == ["Sent", "INBOX/Sent"])
    #expect(try choice(of: ["INBOX", "INBOX/Trash"]).namesToCreate.map(\.readable) == ["INBOX/Sent"])
    #expect(try choice(of: ["INBOX"]).namesToCreate.map(\.readable) == ["Sent", "INBOX/Sent"])
  }
}
