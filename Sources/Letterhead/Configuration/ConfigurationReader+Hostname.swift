// Host names: this host's own, and those that the configuration writes.

import Foundation

extension Configuration {
  /// Whether `[entity.NAME]` can have this name.
  package static func isEntityName(_ name: String) -> Bool { ConfigurationReader.isPlain(name) }
}

extension ConfigurationReader {
  /// A name EHLO may carry: letters, digits, dots and hyphens; `localhost` is refused by large providers.
  static func isHostname(_ text: String) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    return text.utf8.count <= 253
      && labels.allSatisfy { label in
        !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
          && label.utf8.allSatisfy { byte in
            byte == 0x2D || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          }
      }
  }

  /// This host's own name, as full as the system knows it.
  static func ownHostname() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost.localdomain" }
    let name = buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress.unsafelyUnwrapped) }
    return name.contains(".") ? name : "\(name).localdomain"
  }
}
