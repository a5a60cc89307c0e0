// Versions, for whoever has to reproduce what happened here.

import Cryptography
import Foundation
import StorageSQLite

enum VersionFacts {
  static var text: String {
    (programs + kernel + system).map { "\($0.0): \($0.1)\n" }.joined()
  }

  private static var programs: [(String, String)] {
    [("letterhead", Version.current), ("openssl", OpenSSLVersion.running), ("sqlite", SQLiteVersion.running)]
  }

  /// Without the name of the host.
  private static var kernel: [(String, String)] {
    var name = utsname()
    guard uname(&name) == 0 else { return [] }
    func text<Field>(_ field: Field) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return [("kernel", "\(text(name.sysname)) \(text(name.release))"), ("machine", text(name.machine))]
  }

  private static var system: [(String, String)] {
    let text = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    return text.split(whereSeparator: \.isNewline).compactMap { line in
      guard let match = line.wholeMatch(of: #/(ID|VERSION_ID)="?([a-z0-9.]{1,20})"?/#) else { return nil }
      return (match.output.1.lowercased(), String(match.output.2))
    }
  }
}
