// What the shell offers for a word that is not typed yet: entities, apps, providers, messages, unknown senders, requests. A
// completion never says anything, and whatever cannot be read at once is not offered.

import Access
import ArgumentParser
import Control
import Foundation
import Letterhead
import Mailboxes

extension CompletionKind {
  /// The entities of the configuration.
  static var entities: CompletionKind { .custom { words, _, _ in Completion(words).entities } }
  /// The apps of the configuration.
  static var apps: CompletionKind { .custom { words, _, _ in Completion(words).apps } }
  static var providers: CompletionKind { .custom { words, _, _ in Completion(words).providers } }
  /// What the queue has, as far as this user may see it.
  static var messages: CompletionKind { .custom { words, _, _ async in await Completion(words).messages } }
  /// The senders of whom nobody has decided yet.
  static var pendingSenders: CompletionKind { .custom { words, _, _ async in await Completion(words).pendingSenders } }
  /// The requests that wait for a decision.
  static var requests: CompletionKind { .custom { words, _, _ async in await Completion(words).requests } }
}

struct Completion {
  private let file: String

  /// So long the shell waits at most.
  private static let patience = Duration.seconds(1)
  /// So many are offered at most: a longer list is of no use to anybody.
  private static let most = 100

  /// - Parameter words: of the command line as far as it is typed; they may name the configuration.
  init(_ words: [String]) {
    // Bash hands over `--config=FILE` as three words.
    let named = zip(words.filter { $0 != "=" }, words.filter { $0 != "=" }.dropFirst()).first { $0.0 == "--config" }?.1
    let joined = words.first { $0.hasPrefix("--config=") }?.dropFirst("--config=".count)
    file = named ?? joined.map(String.init) ?? ConfigurationOption.fromEnvironment ?? Configuration.usualFile
  }

  private var configuration: Configuration? { try? Configuration.read(file) }

  var entities: [String] { configuration?.entities.map(\.key) ?? [] }
  var apps: [String] { configuration?.access.apps.map(\.name) ?? [] }
  var providers: [String] { ["sandbox"] + (configuration?.providers ?? .builtIn).all.map(\.name) }

  var messages: [String] {
    get async {
      await answers(to: .listMessages(ListMessages())) { reply in
        if case .message(let message) = reply { "\(message.id)" } else { nil }
      }
    }
  }

  var pendingSenders: [String] {
    get async {
      await answers(to: .listPending(ListPending())) { reply in
        if case .pending(let sender) = reply { sender.key } else { nil }
      }
    }
  }

  var requests: [String] {
    get async {
      await answers(to: .listRequests(ListRequests())) { reply in
        guard case .request(let request) = reply, request.state == .waiting else { return nil }
        return "\(request.number)"
      }
    }
  }

  /// Asks a relay that runs, and no other.
  private func answers(to call: ControlCall, _ word: (ControlReply) -> String?) async -> [String] {
    guard let configuration, RelaySocket.mayAnswer(at: RelayPlaces.find(in: file)) else { return [] }
    // A relay that hangs must not hang the shell: the process ends, and offers nothing.
    Task.detached {
      try await Task.sleep(for: Self.patience)
      _exit(0)
    }
    var found: [String] = []
    _ = try? await ControlClient.use(configuration) { control in
      try await control.ask(call) { reply in
        if found.count < Self.most, let word = word(reply) { found.append(word) }
      }
    }
    return found
  }
}
