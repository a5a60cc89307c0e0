// The provider on loopback (Tests/System/rig), started once a run, shared by all system tests.

import Foundation
import Support

/// Real servers: Postfix, Dovecot, glewlwyd; and on demand those of `Rig+People.swift`.
struct Rig: Sendable {
  /// Everything in rig.env.
  let settings: [String: String]

  private static let starting = Task { try await start() }

  /// - Throws: `Failure` with the server's words when one of them is missing or does not start. Never a skip.
  static var running: Rig {
    get async throws { try await starting.value }
  }

  private static func start() async throws -> Rig {
    let directory = "/tmp/lh-rig.\(getpid())"
    try await run(script, ["start", directory, "--while", "\(getpid())"]).wentWell()
    let text = try String(contentsOfFile: "\(directory)/rig.env", encoding: .utf8)
    let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
    return Rig(settings: Dictionary(uniqueKeysWithValues: pairs))
  }

  private static let script = "\(Checkout.path)/Tests/System/rig"

  subscript(key: String) -> String { settings[key] ?? "(no \(key) in rig.env)" }

  /// The port of a listener: `SMTP_TLS`, `EXPIRED_STARTTLS`.
  func port(_ name: String) -> String { self["PORT_\(name)"] }

  var certificateAuthority: String { self["CA_FILE"] }

  func verb(_ words: String...) async throws -> String { try await verb(words) }

  /// Runs one of the rig's verbs; returns what it prints.
  func verb(_ words: [String]) async throws -> String {
    let words = [words[0], self["DIR"]] + words.dropFirst()
    return try await run(Self.script, words).wentWell().output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Adds a mailbox, or changes its password.
  func setPassword(of address: String, to password: String) async throws {
    _ = try await verb("password", address, password)
  }

  /// Signs a user in at the token server; returns a refresh token.
  func grant(_ address: String) async throws -> String { try await verb("grant", address) }

  /// Uses a refresh token that was rotated away once more: the server then revokes everything that came of it.
  func replay(_ token: String) async throws { _ = try await verb("replay", token) }

  func stopTokenServer() async throws { _ = try await verb("token-server", "stop") }

  func startTokenServer() async throws { _ = try await verb("token-server", "start") }

  /// What has arrived for recipients at `domain`, in the order of arrival.
  func arrived(at domain: String) async throws -> [Arrival] {
    try await Arrivals.shared.all(in: self["ARRIVED"], at: domain)
  }

  /// Waits until `count` messages have arrived at `domain`, and a moment longer for one too many.
  func arrivals(_ count: Int, at domain: String, within limit: Duration = .seconds(90)) async throws -> [Arrival] {
    try await eventually("\(count) messages at \(domain)", within: limit) {
      try await arrived(at: domain).count >= count
    }
    try await Task.sleep(for: .milliseconds(200))
    return try await arrived(at: domain)
  }
}

/// One message that Postfix delivered.
struct Arrival: Sendable {
  let recipient: String
  /// The envelope's sender.
  let returnPath: String
  /// Header and body as the relay sent them, lines ended by LF, without Postfix's own fields on top.
  let message: String
  /// Postfix's queue id; sorts by the time at which it took the message.
  let order: String

  /// The values of a header field, unfolded.
  func fields(_ name: String) -> [String] {
    let header = message.components(separatedBy: "\n\n")[0].replacing("\n ", with: " ").replacing("\n\t", with: " ")
    return header.split(separator: "\n").filter { $0.lowercased().hasPrefix(name.lowercased() + ":") }
      .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
  }

  var body: String {
    message.range(of: "\n\n").map { String(message[$0.upperBound...]) } ?? ""
  }
}

/// Reads the Maildir, each file once.
private actor Arrivals {
  static let shared = Arrivals()
  private var known: [String: Arrival] = [:]

  func all(in directory: String, at domain: String) throws -> [Arrival] {
    for name in try FileManager.default.contentsOfDirectory(atPath: directory) where known[name] == nil {
      guard let data = FileManager.default.contents(atPath: "\(directory)/\(name)") else { continue }
      // Raw 8-bit octets stay one character each.
      known[name] = Self.parse(String(data.map { Character(UnicodeScalar($0)) }))
    }
    return known.values.filter { $0.recipient.hasSuffix("@\(domain)") }.sorted { $0.order < $1.order }
  }

  /// Postfix puts Return-Path, X-Original-To, Delivered-To and its own Received (folded, with the queue id) on top.
  private static func parse(_ text: String) -> Arrival {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    var own: [String: String] = [:]
    var queueID = ""
    while let line = lines.first {
      if line.hasPrefix("\t") || line.hasPrefix(" ") {
        if let id = line.firstRange(of: " id ") {
          queueID = String(line[id.upperBound...].prefix { $0.isLetter || $0.isNumber })
        }
        lines.removeFirst()
        continue
      }
      let name = String(line.prefix { $0 != ":" })
      guard ["Return-Path", "X-Original-To", "Delivered-To", "Received"].contains(name), own[name] == nil else { break }
      own[name] = line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
      lines.removeFirst()
    }
    return Arrival(
      recipient: own["X-Original-To"] ?? own["Delivered-To"] ?? "", returnPath: own["Return-Path"] ?? "",
      message: lines.joined(separator: "\n"), order: queueID)
  }
}
