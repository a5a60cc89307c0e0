// `letterhead queue export`: one message as a file.

import ArgumentParser
import Control
import Foundation
import Platform
import Spool

struct QueueExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write one message as an .eml file.",
    discussion: """
      As it would go out now, with the address of the mailbox that is connected; with --as-received every octet as the \
      app sent it. An administrator exports any message, everybody else those that he has handed in himself.

      Examples:
        letterhead queue export 17 --out 17.eml
        letterhead queue export 17 --as-received > 17.eml
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(
    help: ArgumentHelp("The message, by the number `letterhead queue` shows.", valueName: "id"), completion: .messages)
  var id: String
  @Option(
    help: ArgumentHelp("The file, which must not be there yet; standard output by default.", valueName: "file"),
    completion: .file(extensions: ["eml"]))
  var out: String?
  @Flag(help: "As the app sent it.")
  var asReceived = false

  func validate() throws {
    if MessageID(id) == nil { throw ValidationError("\"\(id)\" is no message number. `letterhead queue` shows them.") }
  }

  func run() async throws {
    guard let message = MessageID(id) else { return }
    let configuration = try config.readOrAskRelay()
    // Made while this is still the user who named it.
    let file = try out.map(NewFile.init)
    try await ControlClient.use(configuration) { control in
      _ = try await control.ask(.exportMessage(ExportMessage(message.rawValue, asReceived: asReceived))) { reply in
        guard case .octets(let octets) = reply else { return }
        if let file { try file.append(octets) } else { try FileHandle.standardOutput.write(contentsOf: octets) }
      }
    }
    if let file, let out { print("Message \(message) is in \(out), \(file.keep()) octets.") }
  }
}

/// A file that only its maker may read, and that is there only when all of it is.
private final class NewFile {
  private let path: String
  private let descriptor: Descriptor
  private var count = 0
  private var isKept = false

  init(_ path: String) throws {
    self.path = path
    do throws(SystemError) {
      // A FIFO without a reader refuses, and one with a reader is none of ours either.
      descriptor = try Descriptor.open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: 0o600)
    } catch {
      throw CommandFailure("\(path) cannot be made: \(error). Name another file: --out FILE")
    }
    var found = stat()
    // An empty one may be of an export that has found no message, after it had given up the rights to delete it.
    guard fstat(descriptor.number, &found) == 0, found.st_mode & S_IFMT == S_IFREG, found.st_size == 0 else {
      isKept = true
      throw CommandFailure("\(path) is there already. Name a file that is not: --out FILE")
    }
    fchmod(descriptor.number, 0o600)
  }

  deinit { if !isKept { unlink(path) } }

  func append(_ octets: Data) throws {
    do throws(SystemError) { try descriptor.write(Array(octets)) } catch {
      throw CommandFailure("\(path) cannot be written: \(error).")
    }
    count += octets.count
  }

  /// - Returns: how many octets it has.
  func keep() -> Int {
    isKept = true
    return count
  }
}
