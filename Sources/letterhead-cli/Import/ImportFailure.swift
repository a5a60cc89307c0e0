// An import that did not come about. 0, 1 and 2 tell how much was carried over; for the rest there are the numbers of
// sysexits.h.

enum ImportExit: Int32 {
  /// The old configuration is not there.
  case noInput = 66
  /// A mailbox was not connected.
  case notConnected = 69
  /// The new configuration was not written.
  case notWritten = 73
}

struct ImportFailure: Error, CustomStringConvertible {
  let exit: ImportExit
  let description: String

  init(_ exit: ImportExit, _ description: String) {
    (self.exit, self.description) = (exit, description)
  }
}
