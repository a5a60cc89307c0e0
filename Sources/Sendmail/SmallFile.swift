// A line of a file that an administrator has written.

import Glibc
import Platform
import SMTP

enum SmallFile {
  /// Without the blanks around it; `nil` where there is no such file.
  static func firstLine(of path: String) -> String? {
    guard let file = try? Descriptor.open(path, O_RDONLY | O_NONBLOCK), let octets = try? file.read(atMost: 1024) else {
      return nil
    }
    let words = octets.prefix { $0 != .lf }.split(whereSeparator: { $0 <= .space })
    return words.first.map { String(decoding: $0, as: UTF8.self) }
  }
}
