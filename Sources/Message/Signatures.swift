// Which DKIM signatures a rewriting breaks: those over a field that was changed, removed or added. RFC 6376 §3.5 and
// §5.4.2. A broken signature does more harm than none, because some receivers count it against the sender.

import SMTP

enum Signatures {
  /// - Parameter value: of a `DKIM-Signature` field.
  static func signs(anyOf touched: FieldNames, _ value: ArraySlice<UInt8>) -> Bool {
    guard let names = signedNames(value) else { return true }
    // A name listed more often than it occurs forbids to add one (§5.4.2), so added fields break it as well.
    return names.split(separator: UInt8(ascii: ":")).contains { name in
      let bare = name.filter { $0 > .space }
      return touched.contains(bare.withUnsafeBufferPointer { FieldName($0) })
    }
  }

  /// What `h=` says. A signature without one is invalid as it is.
  private static func signedNames(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    for tag in value.split(separator: UInt8(ascii: ";")) {
      guard let equals = tag.firstIndex(of: UInt8(ascii: "=")) else { continue }
      if tag[..<equals].filter({ $0 > .space }) == [UInt8(ascii: "h")] { return tag[(equals + 1)...] }
    }
    return nil
  }
}
