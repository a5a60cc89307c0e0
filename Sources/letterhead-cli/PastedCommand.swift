// Whoever named a configuration has to name it in the next command too: commands in sentences are pasted.

import ArgumentParser
import Diagnosis
import Platform

enum PastedCommand {
  /// `sentence` with the configuration named in each command that is told there, also where this process has it from its
  /// environment, which `sudo` forgets.
  static func naming(_ sentence: String) -> String {
    naming(sentence, configuration: NamedConfiguration.ofThisProcess)
  }

  static func naming(_ sentence: String, configuration: String?) -> String {
    guard let configuration, !sentence.contains(#/\bletterhead [a-z][^\n`]*--config/#) else { return sentence }
    let option = "--config \(shellWord(configuration))"
    return sentence.replacing(#/\bletterhead ([a-z-]+)(?: ([a-z-]+))?/#) { match in
      let (verb, next) = (match.output.1, match.output.2)
      guard let command = LetterheadCommand.configuration.subcommand(verb) else { return String(match.output.0) }
      guard let next else { return "letterhead \(verb) \(option)" }
      let isPart = command.configuration.subcommand(next) != nil
      return isPart ? "letterhead \(verb) \(next) \(option)" : "letterhead \(verb) \(option) \(next)"
    }
  }
}

extension CommandConfiguration {
  fileprivate func subcommand(_ name: Substring) -> (any ParsableCommand.Type)? {
    subcommands.first { $0._commandName == name }
  }
}
