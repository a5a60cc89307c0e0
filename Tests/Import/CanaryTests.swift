// What is not understood may be a password, whatever stands before it. Of such a value nothing is shown, neither in the
// lists nor in the configuration nor in the commands.

import SMTP
import Testing

@testable import Import

struct `A value that is not understood` {
  /// None of them is a host, an address, an id, a number or the name of a setting.
  private static let canaries = ["C4n4ry!x", "/C4n4ry!x", "C4n4ry!x C4n4ry!y", "hash:/C4n4ry!x", "u:C4n4ry!x@h"]
  /// Whatever stands there is the user's name, or what people read, and has to be carried.
  private static let names: Set = ["user", "authuser", "from_full_name"]

  private func expectNothing(of canary: String, _ example: ImportCase, _ line: String) throws {
    let shown = try example.report().whole
    #expect(!shown.lowercased().contains("c4n4ry"), "\(line)\n\(shown)")
  }

  /// The name of a setting and where its value begins: `name = value`, `name value`, `name: value`.
  private static func parts(of line: String) -> (name: String, before: Substring)? {
    guard let end = line.firstIndex(where: { "= \t:".contains($0) }), end > line.startIndex || line.hasPrefix(" ")
    else { return nil }
    let text = line.drop { $0 == " " || $0 == "-" }
    guard let mark = text.firstIndex(where: { "= \t:".contains($0) }) else { return nil }
    let value = line[mark...].firstIndex { !"= \t:".contains($0) } ?? line.endIndex
    return (text[..<mark].lowercased(), line[..<value])
  }

  /// A line of an example.
  struct ExampleLine: Sendable, CustomTestStringConvertible {
    let example: ImportCase
    let path: String
    let index: Int
    let name: String
    /// All that stands before its value.
    let before: String

    var testDescription: String { "\(example.name) \(path):\(index + 1)" }
  }

  /// Each setting of each system, once.
  private static let settings: [ExampleLine] = {
    var known: Set<[String]> = []
    return ImportCase.all.flatMap { example in
      example.paths.flatMap { path in
        example.lines(of: path).enumerated().compactMap { index, line in
          guard let (name, before) = parts(of: line), known.insert([example.system, path, name]).inserted else {
            return nil
          }
          return ExampleLine(example: example, path: path, index: index, name: name, before: String(before))
        }
      }
    }
  }()

  @Test(arguments: settings)
  func `is shown nowhere, whichever setting has it`(line: ExampleLine) throws {
    for canary in Self.canaries where !Self.names.contains(line.name) {
      let other = line.before + canary
      try expectNothing(of: canary, line.example.with(other, at: line.index, of: line.path), other)
    }
  }

  @Test(arguments: ImportCase.all)
  func `is shown nowhere where a line should be`(example: ImportCase) throws {
    let canary = Self.canaries[0]
    let lines = [
      canary, "\(canary) = x", "\(canary):x:y", "  \(canary)", "- \(canary)", "c4n4ry=", "[\(canary)]",
      "account \(canary)",
    ]
    for path in example.paths {
      for index in example.lines(of: path).indices {
        let line = lines[index % lines.count]
        try expectNothing(of: canary, example.with(line, at: index, of: path), line)
        try expectNothing(of: canary, example.with(lines[3], at: index, of: path), lines[3])
      }
    }
  }

  // MARK: Names that stand in none of the examples

  /// One more line, at `§` of a configuration that says where mail goes.
  struct SettingShape: Sendable, CustomTestStringConvertible {
    let system: ForeignSystem
    let path: String
    let text: String
    let line: @Sendable (_ name: String, _ value: String) -> String
    let names: [String]

    var testDescription: String { "\(system.rawValue), \(names.count) settings" }

    init(
      _ system: ForeignSystem, _ path: String, _ text: String, _ names: String,
      _ line: @escaping @Sendable (_ name: String, _ value: String) -> String
    ) {
      (self.system, self.path, self.text, self.line) = (system, path, text, line)
      self.names = names.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    func report(_ name: String, _ value: String) -> ImportReport {
      let octets = Array(text.replacing("§", with: line(name, value)).utf8)
      let files = ForeignFiles { [path] in $0 == path ? .octets(octets, mode: 0o600) : .missing }
      return ForeignImport.report(on: system, at: path, files: files) { _, _ in true }
    }
  }

  @Test(arguments: SettingShape.all)
  func `is shown nowhere, of settings that stand in no example`(shape: SettingShape) {
    let tables = ["static:u:C4n4ry!x", "inline:{ C4n4ry!x = [smtp.a.example]:25 }", "regexp:/C4n4ry!x", "C4n4ry!x:/y"]
    for name in shape.names {
      for canary in Self.canaries + tables where !Self.names.contains(name.lowercased()) {
        let report = shape.report(name, canary)
        #expect(!report.whole.lowercased().contains("c4n4ry"), "\(name) = \(canary)\n\(report.whole)")
        #expect(!report.plan.findings.isEmpty)
      }
    }
  }

  /// In these it would be the name of a server, of a client or of a scope.
  @Test(arguments: SettingShape.all)
  func `is shown nowhere, also where it is a plain word`(shape: SettingShape) {
    let carried: Set = [
      "relayhost", "host", "mailhub", "smarthost", "dc_smarthost", "server_address", "client_id", "oauth2_scope", "id",
      "tenant", "tlscertpath", "tlskeypath", "username",
    ]
    for name in shape.names
    where !carried.contains(name.lowercased()) && !Self.names.contains(name.lowercased()) && name != "account" {
      let report = shape.report(name, "C4n4ry")
      #expect(!report.whole.lowercased().contains("c4n4ry"), "\(name)\n\(report.whole)")
    }
  }

  /// sasl-xoauth2's own files are JSON.
  @Test(arguments: ["client_id", "client_secret", "token_endpoint", "refresh_token", "scope", "unknown"])
  func `is shown nowhere, in a file of tokens`(key: String) {
    let texts = [
      "/etc/postfix/main.cf":
        "relayhost = [mail.a.example]:587\nsmtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = hash:/p\n"
        + "smtp_sasl_mechanism_filter = xoauth2\n",
      "/p": "[mail.a.example]:587 office@a.example:/token\n",
      "/token": "{\"refresh_token\": \"x\", \"\(key)\": \"C4n4ry!x\"}",
      "/etc/sasl-xoauth2.conf": "{\"client_id\": \"a\", \"\(key)\": \"https://u:C4n4ry!x@h/\"}",
    ]
    let files = ForeignFiles { path in texts[path].map { .octets(Array($0.utf8), mode: 0o600) } ?? .missing }
    let report = ForeignImport.report(on: .saslXOAUTH2, at: "/etc/postfix/main.cf", files: files) { _, _ in true }
    #expect(report.plan.isUseful)
    #expect(!report.whole.lowercased().contains("c4n4ry"), "\(report.whole)")
  }
}

extension `A value that is not understood`.SettingShape {
  static let all: [Self] = [
    Self(
      .postfix, "/etc/postfix/main.cf",
      "relayhost = [smtp.a.example]:587\nsmtp_sasl_auth_enable = yes\nsmtpd_tls_security_level = encrypt\n§\n",
      PostfixParser.names.joined(separator: " ") + " unknown_setting"
    ) { "\($0) = \($1)" },
    Self(
      .msmtp, "/etc/msmtprc", "account a\nhost smtp.a.example\nauth on\nuser u\n§\n",
      """
      host port tls tls_starttls tls_trust_file tls_fingerprint tls_certcheck tls_cert_file tls_key_file auth password
      passwordeval from allow_from_override domain aliases proxy_host proxy_port source_ip socket protocol dsn_notify
      dsn_return logfile syslog eval account defaults unknown
      """
    ) { "\($0) \($1)" },
    Self(
      .ssmtp, "/etc/ssmtp/ssmtp.conf", "mailhub=smtp.a.example:465\nUseTLS=yes\nAuthUser=u\n§\n",
      """
      root mailhub rewriteDomain hostname FromLineOverride UseTLS UseSTARTTLS AuthPass AuthMethod TLSCert TLSKey
      TLS_CA_File TLS_CA_Dir Debug MinUserId Unknown
      """
    ) { "\($0)=\($1)" },
    Self(
      .dma, "/etc/dma/dma.conf", "SMARTHOST smtp.a.example\n§\n",
      """
      SMARTHOST PORT ALIASES SPOOLDIR AUTHPATH SECURETRANSFER STARTTLS FINGERPRINT OPPORTUNISTIC_TLS CERTFILE SECURE
      INSECURE DEFER FULLBOUNCE MAILNAME MASQUERADE NULLCLIENT VERIFYCERT UNKNOWN
      """
    ) { "\($0) \($1)" },
    Self(
      .exim, "/etc/exim4/update-exim4.conf.conf",
      "dc_eximconfig_configtype='smarthost'\ndc_smarthost='smtp.a.example::587'\n§\n",
      """
      dc_eximconfig_configtype dc_smarthost dc_other_hostnames dc_local_interfaces dc_readhost dc_relay_domains
      dc_relay_nets dc_localdelivery dc_hide_mailname CFILEMODE dc_unknown
      """
    ) { "\($0)='\($1)'" },
    Self(
      .nullmailer, "/etc/nullmailer/remotes", "smtp.a.example smtp --user=u §\n",
      "port pass ssl starttls insecure x509certfile x509cafile x509crlfile x509fmtder source auth-login unknown"
    ) { "--\($0)='\($1)'" },
    Self(
      .emailOAuth2Proxy, "/p", "[SMTP-2525]\nserver_address = smtp.office365.com\n§\n" + proxyAccount,
      "server_address server_port server_starttls local_address local_starttls plugins unknown"
    ) { "\($0) = \($1)" },
    Self(
      .emailOAuth2Proxy, "/p",
      "[SMTP-2525]\nserver_address = smtp.office365.com\n" + proxyAccount + "§\n[emailproxy]\n§\n",
      """
      permission_url token_url oauth2_scope oauth2_flow oauth2_resource redirect_uri client_id client_secret
      client_secret_encrypted jwt_certificate_path jwt_key_path token_salt token_iterations access_token refresh_token
      last_activity use_pkce unknown
      """
    ) { "\($0) = \($1)" },
    Self(
      .smtp2graph, "/c.yml", "mode: full\nsend:\n  appReg:\n    id: a\n    §\nreceive:\n  port: 25\n",
      "id tenant secret thumbprint unknown"
    ) { "\($0): \($1)" },
    Self(
      .smtp2graph, "/c.yml", "§\nsend:\n  §\n  appReg:\n    id: a\nreceive:\n  secure: true\n  tlsCertPath: a\n  §\n",
      """
      mode forceMailbox retryLimit retryInterval httpProxy port listenAddress secure tlsKeyPath tlsCertPath maxSize banner
      ipWhitelist allowedFrom allowedRcpt requireAuth users rateLimit authLimit unknown
      """
    ) { "\($0): \($1)" },
  ]

  private static let proxyAccount =
    "[a@b.example]\ntoken_url = https://login.microsoftonline.com/common/oauth2/v2.0/token\n"
}
