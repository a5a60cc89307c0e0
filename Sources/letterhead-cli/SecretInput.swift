// Passwords and tokens come from a file or from standard input, never from an argument: those are in every `ps`.

import Foundation
import Mailboxes

/// A secret that has been read from its file, or is asked for when it is wanted.
enum PendingSecret {
  case read(Secret)
  /// From standard input; `what` is for the prompt.
  case asked(what: String)

  /// Reads `file` now, as whoever runs the command; nothing, and `-`, wait.
  init(_ file: String?, what: String) throws {
    self = if let file, file != "-" { .read(try SecretInput.read(file, what: what)) } else { .asked(what: what) }
  }

  func secret() throws -> Secret {
    switch self {
    case .read(let secret): secret
    case .asked(let what): try SecretInput.read("-", what: what)
    }
  }
}

enum SecretInput {
  /// The first line of `file`; `-` is standard input, asked for without echo when a person sits there.
  /// - Parameter what: for the prompt and for errors: "password".
  static func read(_ file: String, what: String) throws -> Secret {
    let text =
      file == "-" ? readInput(prompt: what) : String(decoding: try readWhole(file, what: what), as: UTF8.self)
    let line = text.prefix { !$0.isNewline }
    guard !line.isEmpty else {
      throw CommandFailure(
        "There is no \(what) in \(file == "-" ? "standard input" : file). It goes on the first line.")
    }
    return Secret(String(line))
  }

  /// A file that is a secret as a whole, as a key in PEM or JSON.
  static func readWhole(_ file: String, what: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: file) else {
      let reason = access(file, R_OK) == 0 ? "it is no file" : String(cString: strerror(errno))
      throw CommandFailure("The \(what) file \(file) cannot be read: \(reason).")
    }
    guard data.count <= 64 << 10 else { throw CommandFailure("\(file) is too large to be a \(what).") }
    return Array(data)
  }

  private static func readInput(prompt what: String) -> String {
    fflush(nil)
    guard isatty(STDIN_FILENO) == 1 else { return readLine() ?? "" }
    var before = termios()
    tcgetattr(STDIN_FILENO, &before)
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    // Before the question: what is typed earlier is dropped.
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    FileHandle.standardError.write(Data("\(what.prefix(1).uppercased() + what.dropFirst()): ".utf8))
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
      FileHandle.standardError.write(Data("\n".utf8))
    }
    return readLine() ?? ""
  }
}
