// What `connect` and `reconnect` take where the app's proof is on this host, and is fetched anew for each request.

import ArgumentParser
import Foundation
import Letterhead
import Mailboxes

/// A file or a program, of which the path is saved and not what it gives.
struct LocalProofOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "OAuth: file with a signed assertion in place of a secret, kept fresh by something else on this host.",
      valueName: "file"), completion: .file())
  var clientAssertionFile: String?

  @Option(
    help: ArgumentHelp(
      "OAuth: program that prints the client secret, by its whole path, with arguments behind blanks. No shell.",
      valueName: "command"))
  var clientSecretCommand: String?

  func validate() throws {
    guard clientSecretCommand == nil || Configuration.Client.isCommand(commandWords) else {
      throw ValidationError("Name the program by its whole path: --client-secret-command '/usr/bin/vault kv get …'.")
    }
  }

  /// - Parameter others: files of other proofs, where they were named.
  func requireOneProof(beside others: [String?]) throws {
    let named = [clientAssertionFile, clientSecretCommand] + others
    guard proof == nil || named.compactMap(\.self).count == 1 else {
      throw ValidationError(
        "One proof is enough: --client-assertion-file, --client-secret-command, --client-secret-file or --certificate.")
    }
  }

  /// Whole, because the relay runs in another folder.
  var assertionPath: String? {
    clientAssertionFile.map { $0.hasPrefix("/") ? $0 : FileManager.default.currentDirectoryPath + "/" + $0 }
  }

  var commandWords: [String] { clientSecretCommand?.split(separator: " ").map(String.init) ?? [] }

  var proof: OAuthGrant.ClientProof? {
    if let assertionPath { return .assertionFile(assertionPath) }
    return commandWords.isEmpty ? nil : .secretCommand(commandWords)
  }

  /// As they were typed.
  var words: [String] {
    [String](option: "--client-assertion-file", clientAssertionFile)
      + [String](option: "--client-secret-command", clientSecretCommand)
  }
}
