// Whoever named a configuration has to name it in the next command too: commands in sentences are pasted.

import ArgumentParser
import Diagnosis

enum PastedCommand {
  /// Of this process's own arguments; `nil` where none was named.
  private static let configuration: String? = {
    let arguments = CommandLine.arguments
    for (word, next) in zip(arguments, arguments.dropFirst() + [""]) {
      if word == "--config", !next.isEmpty { return next }
      if word.hasPrefix("--config=") { return String(word.dropFirst("--config=".count)) }
    }
    return nil
  }()

  /// `sentence` with the configuration named in each command that is told there.
  static func naming(_ sentence: String) -> String { naming(sentence, configuration: configuration) }

  static func naming(_ sentence: String, configuration: String?) -> String {
    guard let configuration, !sentence.contains("--config") else { return sentence }
    return sentence.replacing(#/\bletterhead ((?:queue )?[a-z-]+)/#) { match in
      let verb = match.output.1.split(separator: " ")
      let isCommand = LetterheadCommand.configuration.subcommands.contains { $0._commandName == verb[0] }
      return isCommand ? "\(match.output.0) --config \(shellWord(configuration))" : String(match.output.0)
    }
  }
}
