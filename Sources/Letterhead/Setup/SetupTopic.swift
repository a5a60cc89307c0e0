// What `letterhead setup` asks about, in its order, and the words of each question.

/// One thing to be known before a configuration can be written.
package enum SetupTopic: Sendable, CaseIterable {
  case name, entity, address, server, region, username, clientID, listener, notify

  /// The option that answers it without a terminal.
  package var option: String {
    switch self {
    case .name: "--name"
    case .entity: "--entity"
    case .address: "--address"
    case .server: "--provider, or --smtp"
    case .region: "--region"
    case .username: "--username"
    case .clientID: "--client-id"
    case .listener: "--listen"
    case .notify: "--notify"
    }
  }
}

/// One question, as a person reads it.
package struct SetupQuestion: Sendable, Equatable {
  package let topic: SetupTopic
  /// Why it is asked.
  package let why: String
  package let prompt: String
  /// What an empty answer stands for; `nil`: an empty answer is none. An empty one means that nothing is written.
  package let usual: String?

  /// `A short name, for commands [acme]:`
  package var line: String {
    guard let usual else { return "\(prompt):" }
    return "\(prompt) [\(usual.isEmpty ? "none yet" : usual)]:"
  }
}
