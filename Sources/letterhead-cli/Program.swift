// The process: its beginning, and the only place that ends it.

import ArgumentParser
import Foundation
import Letterhead
import Platform

@main
enum Program {
  /// Threads whose owners are gone may take so long to end.
  private static let threadLimit = Duration.seconds(1)

  static func main() async {
    let code = await runCommand()
    waitForThreads(within: threadLimit)
    fflush(nil)
    // Not exit(): it lets OpenSSL, libcurl and others free what belongs to all threads, while threads of Swift's runtime
    // may end at the same moment and free it a second time.
    _exit(code)
  }

  /// - Returns: the exit code.
  private static func runCommand() async -> Int32 {
    do {
      if VersionReport.isAsked(by: CommandLine.arguments.dropFirst()) {
        try printJSON(VersionReport())
        return ExitCode.success.rawValue
      }
      // ArgumentParser would show the help of what stands above a name that it does not know.
      if CommandLine.arguments.dropFirst().first == "help", let unknown = unknownCommand { throw unknown }
      var command = try await LetterheadCommand.asyncParseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return ExitCode.success.rawValue
    } catch let filed as RequestFiled {
      print(PastedCommand.naming(filed.description))
      return RequestFiled.exitCode
    } catch {
      return report(error)
    }
  }

  /// Prints what people should know: help on standard output, failures on standard error.
  private static func report(_ error: any Error) -> Int32 {
    let code = LetterheadCommand.exitCode(for: error)
    if let unknown = error as? UnknownCommand ?? (code == .validationFailure ? unknownCommand : nil) {
      printError("Error: \(unknown)")
      return ExitCode.validationFailure.rawValue
    }
    var message = LetterheadCommand.fullMessage(for: error)
    // What ArgumentParser says of a command written wrongly names none to paste.
    message =
      code == .failure ? PastedCommand.naming(message) : HelpLayout.arranged(message, to: Terminal.width)
    if message.isEmpty { return code.rawValue }
    if code.isSuccess { print(message) } else { printError(message) }
    return code.rawValue
  }

  /// `nil`: each word that has to name a command does.
  private static var unknownCommand: UnknownCommand? {
    guard let commands = try? CommandDump(json: LetterheadCommand._dumpHelp()) else { return nil }
    return UnknownCommand(in: Array(CommandLine.arguments.dropFirst()), of: commands)
  }
}
