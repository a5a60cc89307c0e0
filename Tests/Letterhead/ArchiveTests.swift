// What a tar archive of this program is, against tar itself, and what is refused.

import Foundation
import Platform
import Support
import Testing

@testable import Letterhead

@Suite struct `An archive` {
  private static let moment = Date(timeIntervalSince1970: 1_796_000_000)

  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func write(_ files: [(String, [UInt8])]) throws -> String {
    let path = directory.path("archive.tar")
    var writer = ArchiveWriter(
      try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600), at: Self.moment)
    for (name, octets) in files { try writer.add(name, octets) }
    try writer.finish()
    return path
  }

  private func contents(_ path: String) throws -> [String: [UInt8]] {
    let reader = try ArchiveReader(try Descriptor.open(path, O_RDONLY))
    var contents: [String: [UInt8]] = [:]
    for entry in reader.entries { try reader.read(entry) { contents[entry.name, default: []] += $0 } }
    return contents
  }

  private static let files: [(String, [UInt8])] = [
    ("a", []), ("b/one", [1]), ("b/block", [UInt8](repeating: 7, count: 512)),
    ("b/large", (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }),
  ]

  @Test func `is read as it was written`() throws {
    let contents = try contents(write(Self.files))
    for (name, octets) in Self.files where !octets.isEmpty { #expect(contents[name] == octets) }
  }

  @Test func `is what tar and sha256sum take for one`() throws {
    let path = try write(Self.files)
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = [
      "-c", "cd '\(directory.path)' && tar xf '\(path)' && sha256sum --check --quiet --strict SHA256SUMS",
    ]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
  }

  /// At every place where a copy may have stopped, or a disk may have lied.
  @Test(arguments: [1, 2, 3]) func `that is cut off or changed anywhere is refused`(seed: UInt64) throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: write(Self.files.dropLast() + [("state/key", [1, 2, 3])])))
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      // What follows the sums is padding.
      let place = Int.random(in: 0..<whole.count - 1024 - 256, using: &random)
      var changed = whole
      changed[place] ^= UInt8.random(in: 1...255, using: &random)
      for octets in [whole.prefix(place), changed] {
        let path = try directory.write(octets, to: "damaged.tar")
        if octets.count == whole.count, try isHarmless(path) { continue }
        #expect(throws: ArchiveError.self) { try contents(path) }
      }
    }
  }

  /// Padding may be anything.
  private func isHarmless(_ path: String) throws -> Bool {
    guard let contents = try? contents(path) else { return false }
    return contents["state/key"] == [1, 2, 3] && contents["b/one"] == [1] && contents.count == 3
  }

  @Test(arguments: [Int64(0), 511, 1 << 32, 1 << 33, 5 << 40])
  func `says sizes up to terabytes`(count: Int64) {
    let header = TarHeader(name: "state/bodies/a", octetCount: count, modified: 5)
    #expect(TarHeader(block: header.block) == header)
  }

  @Test(arguments: [
    ["manifest.json"],
    ["manifest.json", "configuration/letterhead.toml", "state/spool.sqlite"],
    ["manifest.json", "configuration/letterhead.toml", "state/spool.sqlite", "state/mailboxes.sqlite", "state/../x"],
    ["manifest.json", "configuration/letterhead.toml", "state/spool.sqlite", "state/mailboxes.sqlite", "/etc/passwd"],
    [
      "manifest.json", "configuration/letterhead.toml", "state/spool.sqlite", "state/mailboxes.sqlite",
      "state/instance",
    ],
    [
      "manifest.json", "configuration/letterhead.toml", "state/spool.sqlite", "state/mailboxes.sqlite",
      "state/bodies/..",
    ],
    [
      "manifest.json", "configuration/letterhead.toml", "state/spool.sqlite", "state/mailboxes.sqlite", "state/bodies/",
    ],
    [
      "manifest.json", "configuration/letterhead.toml", "state/spool.sqlite", "state/mailboxes.sqlite",
      "configuration/conf.d/../a.toml",
    ],
    [
      "manifest.json", "configuration/letterhead.toml", "state/spool.sqlite", "state/mailboxes.sqlite",
      "state/spool.sqlite",
    ],
  ])
  func `with other files than a backup's is none`(names: [String]) {
    #expect(throws: BackupError.self) { try BackupContents.check(names) }
  }

  @Test func `with a backup's files is one`() throws {
    try BackupContents.check([
      "manifest.json", "configuration/letterhead.toml", "configuration/conf.d/10-acme.toml", "state/spool.sqlite",
      "state/mailboxes.sqlite", "state/key", "state/bodies/3w5e11264sgsf",
    ])
  }
}
