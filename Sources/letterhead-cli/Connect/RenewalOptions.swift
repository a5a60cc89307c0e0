// What `letterhead reconnect` takes of the new secret.

import ArgumentParser

/// The new secret; what is not given is asked for, or is as it is saved.
struct RenewalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "File with the new password on its first line; - is standard input. Asked for unless given.", valueName: "file"),
    completion: .file())
  var passwordFile: String?

  @Flag(help: "OAuth: a person signs in with a browser on this machine (usual where a person signed in).")
  var browser = false

  @Flag(help: "OAuth: open the browser as well.")
  var open = false

  @Flag(help: "OAuth: a person signs in with a browser anywhere and pastes the address it ends at.")
  var paste = false

  @Flag(help: "OAuth: a person types a code at the provider's page, on any device.")
  var device = false

  @Option(
    help: ArgumentHelp("OAuth: file with a refresh token one has; - is standard input.", valueName: "file"),
    completion: .file())
  var refreshTokenFile: String?

  @Option(
    help: ArgumentHelp("OAuth: file with the app's new client secret.", valueName: "file"), completion: .file())
  var clientSecretFile: String?

  @OptionGroup var local: LocalProofOptions

  @Option(
    help: ArgumentHelp("OAuth: the app's new certificate, PEM, with --key.", valueName: "file"), completion: .file())
  var certificate: String?

  @Option(
    help: ArgumentHelp(
      "OAuth: the certificate's private key, PEM; for Google the service account's new JSON.", valueName: "file"),
    completion: .file())
  var key: String?

  func validate() throws {
    let ways = [browser, paste, device, refreshTokenFile != nil, passwordFile != nil]
    guard ways.count(where: \.self) <= 1 else {
      throw ValidationError(
        "Name one way to sign in: --browser, --paste, --device, --refresh-token-file or --password-file.")
    }
    if certificate != nil, key == nil {
      throw ValidationError("A certificate needs its private key as well: --key FILE.")
    }
    try local.requireOneProof(beside: [clientSecretFile, certificate])
  }

  var personalWay: SignInOptions.Way { paste ? .paste : device ? .device : .browser }

  /// As they were typed.
  var words: [String] {
    let flags = [(browser, "--browser"), (open, "--open"), (paste, "--paste"), (device, "--device")]
    let options = [
      ("--password-file", passwordFile), ("--refresh-token-file", refreshTokenFile),
      ("--client-secret-file", clientSecretFile), ("--certificate", certificate), ("--key", key),
    ]
    return flags.filter(\.0).map(\.1) + options.flatMap { [String](option: $0, $1) } + local.words
  }
}
