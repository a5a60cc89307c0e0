// Descriptors, atomic replacement, and the state directory's rules.

import Foundation
import Support
import Platform
import Testing

@Suite struct FileTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test func `a descriptor is closed with its owner`() throws {
    let path = try directory.write("text", to: "file")
    var number: Int32 = -1
    do {
      let file = try Descriptor.open(path, O_RDONLY)
      number = file.number
      #expect(try file.read(atMost: 2) == Array("te".utf8))
      #expect(try file.read(atMost: 9) == Array("xt".utf8))
      #expect(fcntl(file.number, F_GETFD) == FD_CLOEXEC)
    }
    // Another test's file may have the number by now.
    var found = stat()
    let isOpen = fstat(number, &found) == 0
    var own = stat()
    stat(path, &own)
    #expect(!isOpen || found.st_ino != own.st_ino)
  }

  @Test func `opening tells the system's reason`() throws {
    #expect(throws: SystemError(ENOENT)) { _ = try Descriptor.open(directory.path("none"), O_RDONLY) }
    #expect("\(SystemError(EACCES))" == "Permission denied")
  }

  @Test(arguments: [true, false])
  func `a file is replaced whole, with its mode, and nothing is left beside it`(isDurable: Bool) throws {
    let path = try directory.write("the old content", to: "file")
    try Array("new".utf8).withUnsafeBytes { try AtomicFile.replace(path, with: $0, mode: 0o644, isDurable: isDurable) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    #expect(try mode(path) == 0o644)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["file"])
  }

  @Test func `whatever stands at the name of the draft is removed and never opened`() throws {
    let path = directory.path("file")
    let victim = try directory.write("kept", to: "victim")
    for put in [{ mkfifo($0, 0o600) }, { symlink(victim, $0) }] as [(String) -> Int32] {
      #expect(put(path + ".next") == 0)
      try Array("new".utf8).withUnsafeBytes { try AtomicFile.replace(path, with: $0, mode: 0o600, isDurable: false) }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    }
    #expect(try String(contentsOfFile: victim, encoding: .utf8) == "kept")
  }

  @Test(arguments: [0o755, 0o770, 0o701])
  func `a state directory others may enter is refused, and the sentence says how to mend it`(mode: Int) throws {
    chmod(directory.path, mode_t(mode))
    let refusal = StateDirectoryError.wrongMode(path: directory.path, found: UInt32(mode), expected: 0o700)
    #expect(throws: refusal) { _ = try StateDirectory(preparing: directory.path) }
    #expect("\(refusal)".hasSuffix("Run: chmod 0700 \(directory.path)"))
  }

  @Test func `a state directory is made where it is missing`() throws {
    let path = directory.path("var/lib/letterhead")
    let made = try StateDirectory(preparing: path)
    #expect(try mode(path) == 0o700)
    try made.makeDirectory("bodies")
    #expect(try mode(path + "/bodies") == 0o700)
  }

  @Test func `who only looks makes nothing`() throws {
    let path = directory.path("none")
    #expect(throws: StateDirectoryError.missing(path: path)) { _ = try StateDirectory(existing: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `a file is no state directory`() throws {
    let path = try directory.write("", to: "file")
    #expect(throws: StateDirectoryError.notADirectory(path: path)) { _ = try StateDirectory(preparing: path) }
  }

  @Test func `a relay of root's does not work on another user's directory`() throws {
    try #require(geteuid() == 0, "only root can give a directory away")
    chown(directory.path, 12345, 12345)
    let found = try StateDirectory(preparing: directory.path)
    #expect(throws: StateDirectoryError.wrongOwner(path: directory.path, found: 12345, expected: 0)) {
      try found.requireOwn()
    }
  }

  @Test func `files that were left open are closed, but for the key, which somebody may have read`() throws {
    let state = try StateDirectory(preparing: directory.path)
    for name in ["spool.sqlite", "key", "lock"] { try state.prepare(name) }
    for name in ["spool.sqlite", "key"] { chmod(state.file(name), 0o644) }
    #expect(state.closeFiles() == ["spool.sqlite"])
    #expect(try mode(state.file("spool.sqlite")) == 0o600 && mode(state.file("key")) == 0o644)
  }

  @Test(arguments: [
    (0, "and this is root. Start the relay as user 12345"),
    (1000, "and this is user 1000. Run the command as user 12345 or as root."),
  ])
  func `whose the directory is, and what to do, is told to whoever asks`(user: UInt32, words: String) {
    let sentence = StateDirectoryError.wrongOwner(path: "/srv/state", found: 12345, expected: user).description
    #expect(sentence.hasPrefix("/srv/state belongs to user 12345, \(words)"))
    // A user who is no administrator is not told to take it.
    #expect(sentence.contains("chown") == (user == 0))
    let stray = StateDirectoryError.strayFile(path: "/srv/state/key", found: 0, expected: 12345)
    #expect("\(stray)".hasSuffix("As root, run: chown 12345 /srv/state/key"))
  }

  @Test func `a file of the state directory is made for its owner alone, and refused where others may read it`() throws
  {
    let state = try StateDirectory(preparing: directory.path)
    try state.prepare("key")
    #expect(try mode(state.file("key")) == 0o600)
    chmod(state.file("key"), 0o640)
    let refusal = StateDirectoryError.wrongMode(path: state.file("key"), found: 0o640, expected: 0o600)
    #expect(throws: refusal) { try state.prepare("key") }
    #expect(throws: refusal) { _ = try state.open("key", O_RDWR) }
    unlink(state.file("key"))
    symlink("elsewhere", state.file("key"))
    #expect(throws: StateDirectoryError.symbolicLink(path: state.file("key"))) { try state.prepare("key") }
    #expect(throws: StateDirectoryError.symbolicLink(path: state.file("key"))) { _ = try state.open("key", O_RDWR) }
  }
}
