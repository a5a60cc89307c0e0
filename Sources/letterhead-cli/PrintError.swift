// What commands print passes here: queues and statuses hold the text of strangers, and are read in root's terminal.

import Foundation
import Platform

/// Prints text for people. Hides Swift's own function in this module, so that no command can forget it.
func print(_ text: String, terminator: String = "\n") {
  Swift.print(text.harmless(keeping: ["\n", "\t"]), terminator: terminator)
}

/// Prints JSON, whose encoder escapes neither DEL nor C1 nor marks of direction.
func printJSON(text: String, terminator: String = "\n") {
  Swift.print(text.harmless(keeping: ["\n"]) { $0.inJSON }, terminator: terminator)
}

/// The same on standard error.
func printError(_ text: String, terminator: String = "\n") {
  FileHandle.standardError.write(Data((text.harmless(keeping: ["\n", "\t"]) + terminator).utf8))
}
