// One file of Tests/Corpus/import: the command, the old files, and all that comes of them.

import Foundation
import SMTP
import Support
import Testing

@testable import Import

/// Reads like a session:
///
///     $ import postfix /etc/postfix/main.cf --entity acme=office@acme.example --taken 25
///     --- /etc/postfix/main.cf
///     …
///     --- /etc/postfix/sasl_passwd 0644
///     …
///     === exit 1
///     (the configuration)
///     === report
///     (the lists, and what to do next)
struct ImportCase: Sendable, CustomTestStringConvertible {
  static let folder = "\(Checkout.path)/Tests/Corpus/import"
  let name: String
  let expected: String
  private let words: [String]
  private var files: [String: (octets: [UInt8], mode: UInt32)]

  var testDescription: String { name }

  static let all: [ImportCase] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().compactMap { name in
      (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)).map { ImportCase(name: name, $0) }
    }
  }()

  init(name: String, _ text: String) {
    self.name = name
    let (given, expected) = Self.parts(of: text)
    self.expected = expected
    let sections = ("\n" + given).components(separatedBy: "\n--- ")
    words = sections[0].split(whereSeparator: \.isWhitespace).dropFirst(2).map(String.init)
    files = Dictionary(uniqueKeysWithValues: sections.dropFirst().map(Self.file))
  }

  private static func parts(of text: String) -> (given: String, expected: String) {
    guard let end = text.range(of: "=== exit ") else { return (text, "") }
    return (String(text[..<end.lowerBound]), String(text[end.lowerBound...]))
  }

  /// `PATH [MODE]`, then its lines. `\xE9` is that octet.
  private static func file(_ section: String) -> (String, (octets: [UInt8], mode: UInt32)) {
    let lines = section.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let head = lines[0].split(separator: " ").map(String.init)
    let mode = head.count > 1 ? UInt32(head[1], radix: 8) ?? 0 : 0o600
    return (head[0], (octets(of: lines.count > 1 ? lines[1] : ""), mode))
  }

  private static func octets(of text: String) -> [UInt8] {
    var parts = text.components(separatedBy: "\\x")[...]
    var octets = Array((parts.popFirst() ?? "").utf8)
    for part in parts {
      octets.append(UInt8(part.prefix(2), radix: 16) ?? 0)
      octets += part.dropFirst(2).utf8
    }
    return octets
  }

  var system: String { words[0] }
  var paths: [String] { files.keys.sorted() }

  func lines(of path: String) -> [String] {
    String(decoding: files[path]?.octets ?? [], as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }

  /// The same with another line in place of one.
  func with(_ line: String, at index: Int, of path: String) -> ImportCase {
    var lines = lines(of: path)
    lines[index] = line
    var other = self
    other.files[path]?.octets = Array(lines.joined(separator: "\n").utf8)
    return other
  }

  func report() throws -> ImportReport {
    guard let system = words.first.flatMap(ForeignSystem.init), words.count > 1 else { throw BadCase(name: name) }
    let taken = Set(values(of: "--taken").flatMap { $0.split(separator: ",") }.compactMap { Int($0) })
    let names = values(of: "--entity").compactMap { word -> (name: String, address: Address)? in
      let parts = word.split(separator: "=").map(String.init)
      return Address(parts[1]).map { (parts[0], $0) }
    }
    return ForeignImport.report(on: system, at: words[1], files: reader, names: names) { _, port in
      !taken.contains(port)
    }
  }

  private var reader: ForeignFiles {
    ForeignFiles { [files] path in
      files[path].map { .octets($0.octets, mode: $0.mode) } ?? .missing
    }
  }

  private func values(of option: String) -> [String] {
    zip(words, words.dropFirst()).filter { $0.0 == option }.map(\.1)
  }

  struct BadCase: Error { let name: String }
}

extension ImportReport {
  /// All of it, as a case expects it.
  var whole: String { "=== exit \(plan.exitCode)\n\(toml)=== report\n\(text(in: "/etc/letterhead/letterhead.toml"))\n" }
}
