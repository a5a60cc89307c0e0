// Reads a command line as all programs called sendmail have come to understand it: letters may be joined (`-ti`), a value may
// stand behind its letter or be the next argument, options may follow recipients, and `--` ends them.

extension SendmailRequest {
  /// What stands behind a letter.
  private enum ValuePlace {
    case alone
    /// A value, behind the letter or in the next argument.
    case value
    /// A value behind the letter, or none.
    case attached
  }

  /// Every letter that Sendmail, Postfix, Exim, dma, nullmailer or msmtp knows. Most mean nothing here.
  private static func place(ofValueBehind letter: Character) -> ValuePlace? {
    switch letter {
    case "c", "G", "i", "I", "m", "n", "P", "s", "S", "t", "U", "v", "x": .alone
    case "a", "A", "b", "B", "C", "e", "f", "F", "h", "L", "N", "o", "O", "p", "r", "R", "V", "X": .value
    case "d", "D", "M", "q", "Q": .attached
    default: nil
    }
  }

  /// - Parameters:
  ///   - name: under which the program was called, perhaps with folders before it.
  ///   - arguments: the others.
  package static func parse(calledAs name: String, _ arguments: [String]) throws(SendmailFailure) -> SendmailRequest {
    // With a number behind it -h is Sendmail's count of hops.
    if arguments == ["-h"] || arguments == ["--help"] { return .showHelp }
    switch name.split(separator: "/").last {
    case "mailq": return .showQueue
    case "newaliases": return .nothing
    default: break
    }
    var reading = Reading(rest: arguments[...])
    while let argument = reading.rest.popFirst() {
      if argument == "--" {
        reading.options.recipients += reading.rest
        break
      }
      if argument == "--help" { return .showHelp }
      if argument.hasPrefix("--") { throw SendmailFailure(.usage, "There is no option \(argument). Try --help.") }
      if argument.hasPrefix("-"), argument.count > 1 {
        try reading.take(letters: argument.dropFirst())
      } else {
        reading.options.recipients.append(argument)
      }
    }
    return reading.request
  }

  private struct Reading {
    var rest: ArraySlice<String>
    var options = SendmailOptions()
    private var mode: SendmailRequest?

    init(rest: ArraySlice<String>) { self.rest = rest }

    var request: SendmailRequest { mode ?? .send(options) }

    mutating func take(letters: Substring) throws(SendmailFailure) {
      var letters = letters
      while let letter = letters.popFirst() {
        switch SendmailRequest.place(ofValueBehind: letter) {
        case .alone: take(letter)
        case .value:
          try take(letter, value: value(of: letter, behind: letters))
          return
        case .attached:
          if letter == "q" { mode = mode ?? .nothing }
          return
        case nil: throw SendmailFailure(.usage, "There is no option -\(letter). Try --help.")
        }
      }
    }

    private mutating func value(of letter: Character, behind letters: Substring) throws(SendmailFailure) -> String {
      if !letters.isEmpty { return String(letters) }
      guard let next = rest.popFirst() else { throw SendmailFailure(.usage, "Option -\(letter) needs a value.") }
      return next
    }

    private mutating func take(_ letter: Character) {
      switch letter {
      case "i": options.endsAtDot = false
      case "t": options.readsHeader = true
      case "I": mode = .nothing
      default: break
      }
    }

    private mutating func take(_ letter: Character, value: String) throws(SendmailFailure) {
      switch letter {
      case "b": try take(mode: value)
      case "B": options.is8BitMIME = value.uppercased() == "8BITMIME"
      case "f", "r": options.sender = value
      case "F": options.fullName = value
      case "o": take(setting: value)
      default: break
      }
    }

    private mutating func take(setting: String) {
      if setting == "i" || setting == "itrue" { options.endsAtDot = false }
      // Exim's, whose values are arguments of their own.
      if setting.hasPrefix("M") && setting.count > 1 || setting == "X" || setting == "P" { _ = rest.popFirst() }
    }

    private mutating func take(mode letter: String) throws(SendmailFailure) {
      switch letter {
      case "m": mode = nil
      case "s": mode = .converse
      case "p": mode = .showQueue
      case "i": mode = .nothing
      case "d", "D": throw SendmailFailure(.usage, "-b\(letter): this program is no daemon. Run: letterhead serve")
      case "v": throw SendmailFailure(.usage, "-bv: only the provider knows which addresses exist.")
      default: throw SendmailFailure(.usage, "There is no mode -b\(letter).")
      }
    }
  }
}
