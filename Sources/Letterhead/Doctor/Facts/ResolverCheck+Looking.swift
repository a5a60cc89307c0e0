// Which servers resolv.conf(5) names.

import Foundation

extension ResolverCheck {
  init(looking path: String = "/etc/resolv.conf") {
    let text = try? String(contentsOfFile: path, encoding: .utf8)
    self.init(servers: text.map(Self.servers))
  }

  static func servers(in text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      let words = line.split { $0 == " " || $0 == "\t" }
      return words.count > 1 && words[0] == "nameserver" ? String(words[1]) : nil
    }
  }
}
