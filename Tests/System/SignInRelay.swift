// A relay for clients that sign in: a listener for each way to speak to it, and a sandbox for what it takes.

import Foundation
import Support

/// The relay takes no mail without a sign-in, except at `open`.
struct SignInRelay: Sendable {
  /// A listener, by what a client has to do there.
  enum Place: String {
    case open, signIn, starttls, tls
    /// The only place where CRAM-MD5 is offered.
    case cramMD5

    /// What a client is told to encrypt by.
    var security: String { self == .starttls || self == .tls ? rawValue : "none" }
  }

  /// Signs in as `APP` with this password.
  struct Credentials {
    let app: String
    let password: String
  }

  let relay: Relay
  let crm: Credentials
  private let scanner: Credentials
  private let ports: [Place: UInt16]

  /// - Parameter uid: whose programs the app `known` is, with no sign-in.
  static func started(knowing uid: UInt32 = getuid()) async throws -> SignInRelay {
    let certificates = try TemporaryDirectory()
    try await run("\(Checkout.path)/Certs/make-certs", [certificates.path("certs")]).wentWell()
    let places: [Place] = [.signIn, .starttls, .tls, .cramMD5]
    var ports = Dictionary(uniqueKeysWithValues: places.map { ($0, Ports.unused()) })
    let listeners = places.map { place in
      """
      [[listener]]
      address = "127.0.0.1:\(ports[place] ?? 0)"
      require_sign_in = true
      security = "\(place.security)"
      \(place.security == "none" ? "" : certificates.keys)

      """
    }
    let relay = try Relay(
      entities: listeners.joined() + """
        [entity.acme]
        default = true
        [app.known]
        match = ["user:\(uid)"]
        [app.crm]
        sign_in = true
        [app.scanner]
        match = ["listener:127.0.0.1:\(ports[.cramMD5] ?? 0)"]
        sign_in = true
        cram_md5 = true
        """)
    ports[.open] = relay.port
    try await run("cp", ["-r", certificates.path("certs"), relay.directory.path("certs")]).wentWell()
    try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
    let (crm, scanner) = (
      try await relay.password(of: "crm"), try await relay.password(of: "scanner", "--cram-md5")
    )
    try await relay.start()
    return SignInRelay(
      relay: relay, crm: Credentials(app: "crm", password: crm),
      scanner: Credentials(app: "scanner", password: scanner), ports: ports)
  }

  func credentials(for mechanism: String) -> Credentials { mechanism == "CRAM-MD5" ? scanner : crm }

  /// What the scripts in `clients` and `downstream` are told; `TO` is left to say.
  func environment(_ place: Place, _ credentials: Credentials?, by mechanism: String = "") -> [String: String] {
    [
      "HOST": "localhost", "PORT": "\(ports[place] ?? 0)", "SECURITY": place.security,
      "CA": relay.directory.path("certs/ca.pem"), "DIR": relay.directory.path, "MECHANISM": mechanism,
      "APP": credentials?.app ?? "", "PASSWORD": credentials?.password ?? "",
    ]
  }

  /// The message to `recipient`, which the sandbox keeps as a file.
  func kept(for recipient: String) async throws -> String {
    var found: String?
    try await eventually("mail to \(recipient)") {
      found = try relay.keptMessages().first { $0.contains("X-Sandbox-Recipient: <\(recipient)>") }
      return found != nil
    }
    return found?.replacing("\r\n", with: "\n") ?? ""
  }
}

extension TemporaryDirectory {
  fileprivate var keys: String { "certificate = \"\(path("certs/good.pem"))\"\nkey = \"\(path("certs/good.key"))\"" }
}

extension Relay {
  /// Makes the password of an app and returns it.
  func password(of app: String, _ words: String...) async throws -> String {
    let made = try await run(Self.binary, ["app", "password", app] + words + ["--config", configuration]).wentWell()
    return String(made.output.prefix { $0 != "\n" })
  }

  /// What the sandbox has kept.
  func keptMessages() throws -> [String] {
    let folder = directory.path("state/sandbox")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".eml") }
    return try names.sorted().map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
  }
}
