// `letterhead app password`: makes the password of an app and prints it once.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Mailboxes
import SMTP

struct AppPasswordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "password",
    abstract: "Make the password that an app signs in with, and print it once.",
    discussion: """
      Only what checks the password is kept, so it cannot be shown again. For an app that has one already --rotate makes \
      another; with --grace the older one stays good for so long, so that the app can be changed in between.

      The app needs sign_in = true in [app.NAME] of the configuration. Its user name is NAME; an app with \
      choose = ["user"] names another of its entities behind a plus sign: NAME+brandb. Where a form insists on a mail \
      address, NAME@localhost does as well.

      Devices that know nothing but CRAM-MD5 need --cram-md5, for which the password itself is kept, sealed, and \
      cram_md5 = true in [app.NAME].

      Examples:
        letterhead app password erp
        letterhead app password erp --rotate --grace 7d
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(
    help: ArgumentHelp("The app, as [app.NAME] of the configuration names it.", valueName: "name"), completion: .apps)
  var name: String
  @Flag(help: "Replace the password that there is.")
  var rotate = false
  @Option(help: ArgumentHelp("With --rotate: so long the older password stays good (12h, 7d).", valueName: "time"))
  var grace: Grace?
  @Flag(name: .customLong("cram-md5"), help: "Keep the password itself as well, sealed, for CRAM-MD5.")
  var cramMD5 = false

  func validate() throws {
    if grace != nil, !rotate { throw ValidationError("--grace goes with --rotate.") }
  }

  func run() async throws {
    let order = PasswordOrder(app: name, rotates: rotate, grace: grace?.seconds ?? 0, keepsEquivalent: cramMD5)
    _ = try await ControlClient.use(try config.readOrAskRelay()) { control in
      try await control.ask(.makePassword(MakePassword(order))) { reply in
        switch reply {
        case .password(let shown): print(Self.text(of: shown))
        case .note(let sentence): printError(PastedCommand.naming(sentence))
        default: break
        }
      }
    }
  }

  private static func text(of shown: ShownPassword) -> String {
    let places = shown.places.map { "\($0.host), port \($0.port), \(security($0.security))" }
    let none = "none yet: add a [[listener]] with security = \"starttls\", or one on 127.0.0.1"
    let servers = places.isEmpty ? [("server", none)] : places.enumerated().map { ($0 == 0 ? "server" : "or", $1) }
    let lines = servers + [("user name", shown.app), ("password", shown.password)]
    return """
      \(shown.password)

      This is shown once. Type into the app's form:
      \(lines.map { "  \($0.padding(toLength: 11, withPad: " ", startingAt: 0))\($1)" }.joined(separator: "\n"))
      """
  }

  private static func security(_ security: Security) -> String {
    switch security {
    case .tls: "encryption SSL/TLS"
    case .starttls: "encryption STARTTLS"
    case .none: "no encryption"
    }
  }
}

/// `90s`, `15m`, `12h`, `7d`, `2w`.
struct Grace: ExpressibleByArgument {
  /// A year.
  private static let longest = 31_536_000
  let seconds: Int

  init?(argument: String) {
    guard let duration = Quantities.duration(argument), duration > .zero else { return nil }
    seconds = Int(duration.components.seconds)
    if seconds > Self.longest { return nil }
  }
}
