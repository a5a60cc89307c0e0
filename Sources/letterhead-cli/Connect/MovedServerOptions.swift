// Where else the saved mailbox's server is, for `letterhead reconnect`.

import ArgumentParser
import Letterhead
import Mailboxes
import SMTP

/// Where else the mailbox's server is now, for one that was named with `--smtp`.
struct MovedServerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The server's new name or port, where it was named with --smtp.", valueName: "host[:port]"))
  var smtp: String?

  @Option(
    help: "With --smtp: tls, starttls or none; by default tls, on ports 587 and 25 starttls. none only to this host.")
  var security: Security?

  @Option(
    help: ArgumentHelp("Certificates of authorities to trust beside the system's, PEM.", valueName: "file"),
    completion: .file())
  var caFile: String?

  func validate() throws { try described.validate() }

  /// The same options as of `connect`.
  private var described: ServerOptions {
    var options = ServerOptions()
    options.transport = .auto
    (options.provider, options.region, options.smtp, options.security, options.caFile) = (
      nil, nil, smtp, security, caFile
    )
    return options
  }

  func authoritiesPEM() throws -> String? { try described.authoritiesPEM() }

  func moved(_ saved: Mailbox, trusting authorities: String?) throws -> Mailbox {
    var mailbox = saved
    if let server = try described.named {
      guard saved.provider == .smtp else {
        throw CommandFailure(
          "\(saved.entity) is connected to \(saved.provider.label), whose servers are known. Leave out --smtp.")
      }
      mailbox.server = server
    }
    mailbox.authoritiesPEM = authorities ?? saved.authoritiesPEM
    return mailbox
  }
}
