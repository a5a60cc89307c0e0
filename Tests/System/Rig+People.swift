// What a person does at a provider (sign in, allow, deny, take back), and what a provider does that no real one will.

import Foundation
import Support

extension Rig {
  /// Parts that few tests use; started by the first that does.
  enum Part: String {
    /// django-oauth-toolkit: sign-in and consent in forms, device codes, id tokens, daemons.
    case toolkit
    /// An SMTP provider and token endpoints that say what a test wants, and a port that never answers.
    case scripted
  }

  static func running(with parts: Part...) async throws -> Rig {
    let rig = try await running
    for part in parts { _ = try await rig.verb("need", part.rawValue) }
    return rig
  }

  // MARK: A person at the toolkit

  enum Choice: String { case allow, deny }

  /// Where a visit ended.
  struct Page: Decodable, CustomStringConvertible {
    let address: String
    let title: String
    let text: String

    var description: String { "\(address) \"\(title)\": \(text)" }
  }

  /// Signs in as `person` and presses a button; in Chromium, or without a browser to where the way leaves the toolkit.
  ///
  /// - Parameter code: what a device shows.
  func visit(
    _ url: String, as person: String, pressing choice: Choice = .allow, code: String = "", inBrowser: Bool = false
  ) async throws -> Page {
    var words = ["visit", url, "--as", person, "--press", choice.rawValue]
    if !code.isEmpty { words += ["--code", code] }
    if inBrowser { words.append("--browser") }
    return try JSONDecoder().decode(Page.self, from: Data(try await verb(words).utf8))
  }

  /// Signs a person in at the toolkit by its forms; returns a refresh token.
  func consent(of address: String) async throws -> String { try await verb("consent", address) }

  /// The toolkit's access tokens, all of them, are good no longer.
  func expireTokens() async throws { _ = try await verb("expire") }

  /// A person takes the permission back.
  func revoke(_ address: String) async throws { _ = try await verb("revoke", address) }

  // MARK: The toolkit's steps

  /// `asked` and `answered`, the endpoint, the grant, and in the end the HTTP status; one line each.
  var steps: [String] {
    let text = (try? String(contentsOfFile: self["TOOLKIT_DIR"] + "/steps", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  /// Stops the toolkit at a step until `goOn`. What was asked and held is never done; what was answered is.
  func hold(at step: String) throws {
    try step.write(toFile: self["TOOLKIT_DIR"] + "/hold", atomically: true, encoding: .utf8)
  }

  func goOn() { try? FileManager.default.removeItem(atPath: self["TOOLKIT_DIR"] + "/hold") }

  // MARK: The scripted provider

  /// What the scripted provider says to `address` from now on: scenarios of `scripted_smtp.py`, one a line.
  func script(_ scenario: String, for address: String) throws {
    try scenario.write(toFile: self["SCRIPTED_DIR"] + "/\(address)", atomically: true, encoding: .utf8)
  }

  /// What it refused and took, one line each.
  func scriptedLog(of address: String) -> [String] {
    let text = (try? String(contentsOfFile: self["DIR"] + "/scripted.log", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init).filter { $0.contains(" \(address) ") }
  }
}
