// Whoever named a configuration has to name it in the next command too: commands in sentences are pasted, from a terminal, a
// status or a log.

import ArgumentParser
import Diagnosis
import Foundation
import Platform

enum PastedCommand {
  /// By its whole path, since a log is read in another folder; `nil`: the next command finds it by itself.
  private static let configuration = toBeNamed(
    NamedConfiguration.ofThisProcess, variable: ConfigurationOption.fromEnvironment)

  /// `sentence` with the configuration named in each command that is told there, also where this process has it from its
  /// environment, which `sudo` forgets.
  @Sendable static func naming(_ sentence: String) -> String { naming(sentence, configuration: configuration) }

  /// - Parameter variable: what the environment names. Beside another file there the usual one has to be named as well.
  static func toBeNamed(_ given: String?, variable: String?) -> String? {
    guard let given else { return nil }
    let path = URL(fileURLWithPath: given).path
    return path == NamedConfiguration.usual && [nil, given].contains(variable) ? nil : path
  }

  static func naming(_ sentence: String, configuration: String?) -> String {
    guard let configuration, sentence.contains("letterhead ") else { return sentence }
    let option = "--config \(shellWord(configuration))"
    let commands = sentence.matches(of: #/\bletterhead ([a-z-]+)(?: ([a-z-]+))?/#)
    let ends = commands.dropFirst().map(\.range.lowerBound) + [sentence.endIndex]
    var (result, rest) = ("", sentence.startIndex)
    for (match, end) in zip(commands, ends) {
      let arguments = sentence[match.range.upperBound..<end].prefix { !$0.isNewline && $0 != "`" }
      guard !arguments.contains("--config"), let words = words(of: match.output.1, match.output.2, with: option) else {
        continue
      }
      result += sentence[rest..<match.range.lowerBound] + words
      rest = match.range.upperBound
    }
    return result + sentence[rest...]
  }

  /// - Parameter next: the part of the command, or its first argument.
  /// - Returns: `nil` for what is no command of the program.
  private static func words(of verb: Substring, _ next: Substring?, with option: String) -> String? {
    guard let command = LetterheadCommand.configuration.subcommand(verb) else { return nil }
    guard let next else { return "letterhead \(verb) \(option)" }
    let isPart = command.configuration.subcommand(next) != nil
    return isPart ? "letterhead \(verb) \(next) \(option)" : "letterhead \(verb) \(option) \(next)"
  }
}

extension CommandConfiguration {
  fileprivate func subcommand(_ name: Substring) -> (any ParsableCommand.Type)? {
    subcommands.first { $0._commandName == name }
  }
}
