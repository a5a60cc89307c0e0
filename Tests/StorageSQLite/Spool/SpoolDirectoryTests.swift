import FoundationEssentials
import Glibc
import Spool
import StorageConformance
import Support
import Platform
import Testing

@testable import StorageSQLite

@Suite struct SpoolDirectoryTests {
  @Test func `the directory is made for the owner alone`() async throws {
    try await withDirectory { directory in
      let spool = try SQLiteStorage.openSpool(directory: directory + "/state", log: quiet)
      var status = stat()
      #expect(stat(directory + "/state", &status) == 0 && status.st_mode & 0o777 == 0o700)
      await spool.close()
    }
  }

  @Test func `what a restore has left that was killed is deleted at the start, with a note and without`() async throws {
    try await withDirectory { path in
      let directory = try StateDirectory(preparing: path)
      func leaveUnpacked() throws {
        for name in ["restore.tmp", "restore.tmp/bodies"] { try directory.makeDirectory(name) }
        for name in ["restore.tmp/bodies/1", "restore.tmp/spool.sqlite", "restore.unfinished.next"] {
          _ = try directory.open(name, O_RDWR)
        }
      }
      try leaveUnpacked()
      try await SQLiteStorage.openSpool(directory: path, log: quiet).close()
      #expect(try !directory.names(in: "").contains { $0.hasPrefix("restore") })
      try leaveUnpacked()
      try RestoreMarker(command: "letterhead restore FILE").write(in: directory)
      #expect(throws: SpoolError.directory(.restoreBrokenOff(path: path, command: "letterhead restore FILE"))) {
        try SQLiteStorage.openSpool(directory: path, log: quiet)
      }
      #expect(try directory.names(in: "").filter { $0.hasPrefix("restore") } == ["restore.unfinished"])
    }
  }

  @Test(arguments: [0o755, 0o750, 0o701, 0o770] as [mode_t])
  func `a directory open to others is refused`(mode: mode_t) async throws {
    try await withDirectory { directory in
      chmod(directory, mode)
      #expect(throws: SpoolError.directory(.wrongMode(path: directory, found: mode, expected: 0o700))) {
        try SQLiteStorage.openSpool(directory: directory, log: quiet)
      }
    }
  }

  @Test func `another's directory is refused`() async throws {
    try await withDirectory { directory in
      // Root may give a directory away; anybody else finds one that is root's.
      let isRoot = geteuid() == 0
      let path = isRoot ? directory : "/usr"
      if isRoot { chown(directory, 65_534, 65_534) }
      #expect(throws: SpoolError.directory(.wrongOwner(path: path, found: isRoot ? 65_534 : 0, expected: geteuid()))) {
        try SQLiteStorage.openSpool(directory: path, log: quiet)
      }
    }
  }

  @Test func `a file is no directory`() async throws {
    try await withDirectory { directory in
      _ = FileManager.default.createFile(atPath: directory + "/file", contents: Data())
      #expect(throws: SpoolError.directory(.notADirectory(path: directory + "/file"))) {
        try SQLiteStorage.openSpool(directory: directory + "/file", log: quiet)
      }
    }
  }

  @Test func `a second owner is told who the first is`() async throws {
    try await withDirectory { directory in
      let first = try SQLiteStorage.openSpool(directory: directory, log: quiet)
      #expect(throws: SpoolError.alreadyRunning(pid: getpid())) {
        try SQLiteStorage.openSpool(directory: directory, log: quiet)
      }
      await first.close()
    }
  }

  @Test func `a command finds nothing where there is no spool`() async throws {
    try await withDirectory { directory in
      #expect(throws: SpoolError.directory(.missing(path: directory + "/none"))) {
        try SQLiteStorage.openSpoolReadOnly(directory: directory + "/none", log: quiet)
      }
      #expect(throws: SpoolError.directory(.missing(path: directory + "/spool.sqlite"))) {
        try SQLiteStorage.openSpoolReadOnly(directory: directory, log: quiet)
      }
    }
  }

  @Test(arguments: [false, true])
  func `bodies without a database are a lost queue, which is begun anew only when that is said`(
    isEmpty: Bool
  ) async throws {
    try await withDirectory { directory in
      await (try SQLiteStorage.openSpool(directory: directory, log: quiet)).close()
      let database = directory + "/spool.sqlite"
      unlink(database)
      if isEmpty { _ = FileManager.default.createFile(atPath: database, contents: Data()) }
      try Data("Subject: kept".utf8).write(to: URL(fileURLWithPath: directory + "/bodies/one"))
      #expect(throws: SpoolError.lost(path: database, bodies: 1)) {
        try SQLiteStorage.openSpool(directory: directory, log: quiet)
      }
      await (try SQLiteStorage.openSpool(directory: directory, acceptsLoss: true, log: quiet)).close()
      let names = try FileManager.default.contentsOfDirectory(atPath: directory)
      let kept = try #require(names.first { $0.hasPrefix("bodies.lost-") })
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/\(kept)") == ["one"])
      await (try SQLiteStorage.openSpool(directory: directory, log: quiet)).close()
    }
  }

  @Test func `a database that has gone where a relay has run is a lost queue, though no body is left`() async throws {
    try await withDirectory { directory in
      await (try SQLiteStorage.openSpool(directory: directory, log: quiet)).close()
      unlink(directory + "/spool.sqlite")
      #expect(throws: SpoolError.lost(path: directory + "/spool.sqlite", bodies: 0)) {
        try SQLiteStorage.openSpool(directory: directory, hasRun: true, log: quiet)
      }
      await (try SQLiteStorage.openSpool(directory: directory, hasRun: true, acceptsLoss: true, log: quiet)).close()
      await (try SQLiteStorage.openSpool(directory: directory, hasRun: true, log: quiet)).close()
    }
  }

  @Test func `a command is told that a queue is lost where bodies are left without a database`() async throws {
    try await withDirectory { directory in
      await (try SQLiteStorage.openSpool(directory: directory, log: quiet)).close()
      unlink(directory + "/spool.sqlite")
      try Data("Subject: left".utf8).write(to: URL(fileURLWithPath: directory + "/bodies/one"))
      #expect(throws: SpoolError.lost(path: directory + "/spool.sqlite", bodies: 1)) {
        try SQLiteStorage.openSpoolReadOnly(directory: directory, log: quiet)
      }
    }
  }

  /// SQLite says "not a database" of the file's own head, and "malformed" of what stands behind it on the first page.
  @Test(arguments: [0, 100])
  func `a database that nobody can read is begun anew only when that is said, and is kept`(
    damagedFrom place: Int
  ) async throws {
    try await withDirectory { directory in
      let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      _ = try await spool.accept(message("short"), now: .now)
      await spool.close()
      try Data("Subject: kept".utf8).write(to: URL(fileURLWithPath: directory + "/bodies/one"))
      let database = URL(fileURLWithPath: directory + "/spool.sqlite")
      var octets = try Data(contentsOf: database)
      octets.replaceSubrange(place..<8192, with: repeatElement(0xaa, count: 8192 - place))
      try octets.write(to: database)

      let refusal = #expect(throws: SpoolError.self) {
        try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      }
      guard case .beyondRepair(database.path, _) = refusal else {
        Issue.record("\(String(describing: refusal))")
        return
      }
      #expect(try Data(contentsOf: database) == octets)
      #expect(access(directory + "/bodies/one", F_OK) == 0)

      let anew = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, acceptsLoss: true, log: quiet)
      #expect(try await anew.list().isEmpty)
      try await anew.accept(message("first of the new queue"), now: .now)
      await anew.close()
      let names = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
      let kept = try #require(names.first { $0.hasPrefix("spool.sqlite.lost-") })
      let bodies = try #require(names.first { $0.hasPrefix("bodies.lost-") })
      #expect(try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(kept)")) == octets)
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/\(bodies)") == ["one"])
      await (try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, hasRun: true, log: quiet)).close()
    }
  }

  @Test func `an empty directory is a new queue`() async throws {
    try await withDirectory { directory in
      _ = FileManager.default.createFile(atPath: directory + "/spool.sqlite", contents: Data())
      chmod(directory + "/spool.sqlite", 0o644)
      await (try SQLiteStorage.openSpool(directory: directory, log: quiet)).close()
      var found = stat()
      #expect(
        stat(directory + "/spool.sqlite", &found) == 0 && found.st_mode & 0o777 == 0o600, "and is closed to others")
    }
  }

  @Test func `room kept for a full disk is given back when there is none, and taken again when there is plenty`() throws
  {
    let directory = try TemporaryDirectory()
    chmod(directory.path, 0o700)
    let state = try StateDirectory(preparing: directory.path)
    let ballast = try #require(DiskBallast(in: state, freeOctets: 1 << 30))
    func octets() -> Int64 {
      var found = stat()
      stat(directory.path("ballast"), &found)
      return Int64(found.st_size)
    }
    #expect(octets() == DiskBallast.octets)
    for (free, left) in [
      (Int64(4 << 20), DiskBallast.octets), (0, 0), (8 << 20, 0), (17 << 20, DiskBallast.octets),
    ] {
      ballast.follow(isDiskTight: true) { free }
      #expect(octets() == left, "\(free)")
    }
    _ = DiskBallast(in: state, freeOctets: 0)
    #expect(octets() == 0, "a full disk gets it back at once")
  }

  @Test func `a spool of a later version is left alone`() async throws {
    try await withDirectory { directory in
      let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      await spool.close()
      try SQLiteStorage.run("PRAGMA user_version = 99", onSpoolIn: directory)
      #expect(throws: SpoolError.tooNew(version: 99)) { try SQLiteStorage.openSpool(directory: directory, log: quiet) }
    }
  }
}
