// What a body may be called. Names stand in rows of the queue, and a row may come from a damaged disk or somebody's backup.

import Message
import Platform

package enum BodyName {
  /// 1 to 32 digits and small letters, as the spool draws them: such a name leads nowhere but into the folder of bodies.
  package static func isSound(_ name: some StringProtocol) -> Bool {
    (1...32).contains(name.utf8.count)
      && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
  }

  static func draw() -> String { String(UInt64.random(in: 0 ... .max), radix: 36) }
}

/// What a row names that has no body's name: no file is looked for under it.
struct MisnamedBody: SpoolBody, StoredBodyReader {
  let name: String
  let octetCount: Int

  func keep() {}
  func reader() -> any StoredBodyReader { self }

  func next() async throws -> [UInt8]? {
    let shown = name.prefix(64).description.harmless()
    throw SpoolError.unwritable("a message names the file \"\(shown)\", which is none of the queue's")
  }
}
