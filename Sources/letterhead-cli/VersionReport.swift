// `letterhead --version --json`: which Letterhead this is, and what it is made of.

import Cryptography
import HTTP
import Letterhead
import StorageSQLite

/// What somebody needs to know who asks whether a fault of a library is in here.
struct VersionReport: Encodable {
  struct Library: Encodable {
    /// Of the headers at the build.
    let built: String
    /// Of what is loaded.
    let running: String
  }

  let letterhead = Version.current
  let swift = Self.compiler
  let openssl = Library(built: OpenSSLVersion.built, running: OpenSSLVersion.running)
  let sqlite = Library(built: SQLiteVersion.built, running: SQLiteVersion.running)
  let libcurl = Library(built: LibcurlVersion.built, running: LibcurlVersion.running)

  /// Whether these words, without the program's name, ask for it. ArgumentParser's own `--version` takes no option.
  static func isAsked(by words: some Sequence<String>) -> Bool { words.sorted() == ["--json", "--version"] }

  private static var compiler: String {
    #if compiler(>=6.5)
      "6.5 or later"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }
}
