// `letterhead troubleshooting`: prints docs/troubleshooting.md. For `make docs`.

import ArgumentParser
import Diagnosis

struct TroubleshootingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "troubleshooting", abstract: "Print what providers say, what it means and what to do, as Markdown.",
    shouldDisplay: false)

  func run() {
    print(Troubleshooting.page, terminator: "")
  }
}
