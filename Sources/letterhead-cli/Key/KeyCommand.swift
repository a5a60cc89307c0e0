// `letterhead key`: where the key of saved sign-ins is kept.

import ArgumentParser

struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "See to the key that seals saved sign-ins.",
    discussion: "Example: letterhead key seal", subcommands: [KeySeal.self])
}
