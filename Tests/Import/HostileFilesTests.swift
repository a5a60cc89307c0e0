// Files that are too large, too many, no text, or go round in circles.

import Letterhead
import SMTP
import Testing

@testable import Import

struct `A file that is read` {
  private func report(
    on system: ForeignSystem = .postfix, at path: String = "/etc/postfix/main.cf", _ octets: [UInt8],
    mode: UInt32 = 0o600
  ) -> ImportReport {
    let files = ForeignFiles { $0 == path ? .octets(octets, mode: mode) : .missing }
    return ForeignImport.report(on: system, at: path, files: files) { _, _ in true }
  }

  private func sentences(_ report: ImportReport, _ kind: ImportFinding.Kind) -> [String] {
    report.plan.findings.filter { $0.kind == kind }.map(\.sentence)
  }

  @Test func `may be Latin-1, and that is told`() {
    let octets =
      Array(
        "account a\nhost smtp.acme.example\nport 465\ntls on\ntls_starttls off\nfrom a@acme.example\nfrom_full_name M"
          .utf8) + [0xFC] + Array("ller\n".utf8)
    let report = report(on: .msmtp, at: "/etc/msmtprc", octets)
    #expect(report.toml.contains("name = \"Müller\""))
    #expect(sentences(report, .changed).contains { $0.contains("Latin-1") })
  }

  @Test func `may have a name with tabs, which a name of an entity has not`() throws {
    let text = "host smtp.acme.example\ntls on\nfrom a@acme.example\nfrom_full_name Acme \t Shop\n"
    let report = report(on: .msmtp, at: "/etc/msmtprc", Array(text.utf8))
    #expect(report.toml.contains("name = \"Acme Shop\""))
    _ = try Configuration.parse(report.toml, file: "/etc/letterhead/letterhead.toml")
  }

  /// What stands where a server, a network or a number should may be a password.
  @Test(
    arguments: [
      (
        .nullmailer, "/etc/nullmailer/remotes",
        "\"smtp.g.example smtp --pass=CANARY   \nsmtp.a.example CANARY --user=x\n"
      ),
      (.nullmailer, "/etc/nullmailer/remotes", "smtp.a.example smtp\nroot:CANARY:20228:0:99999:7:::\n"),
      (.ssmtp, "/etc/ssmtp/ssmtp.conf", "mailhub=user:CANARY@smtp.a.example:587\nhostname=CANARY q\n"),
      (.postfix, "/etc/postfix/main.cf", "relayhost = [user:CANARY@smtp.a.example]:587\n"),
      (.postfix, "/etc/postfix/main.cf", "relayhost = smtp.a.example, x:CANARY@y\nmynetworks = CANARY, !CANARY\n"),
      (.postfix, "/etc/postfix/main.cf", "relayhost = [smtp.a.example]:587\nmessage_size_limit = CANARY\n"),
      (
        .exim, "/etc/exim4/update-exim4.conf.conf",
        "dc_eximconfig_configtype='smarthost'\ndc_smarthost='smtp.a.example::587:CANARY'\ndc_relay_nets='CANARY'\n"
      ),
      (
        .exim, "/etc/exim4/update-exim4.conf.conf",
        "dc_eximconfig_configtype='smarthost'\ndc_smarthost='smtp.a.example::587;u:CANARY@b'\n"
      ),
      (.postfix, "/etc/postfix/main.cf", "relayhost = CANARY:12345678\n"),
      (
        .postfix, "/etc/postfix/main.cf",
        "sender_dependent_relayhost_maps = inline:{ a@b.example = CANARY:12345678, c@d.example = [u:CANARY]:25 }\n"
      ),
      (
        .postfix, "/etc/postfix/main.cf",
        "relayhost = [smtp.a.example]:587, CANARY.pass\nmynetworks = CANARY.pass\nsmtp_tls_security_level = CANARY\n"
      ),
      (
        .postfix, "/etc/postfix/main.cf",
        "relayhost = [smtp.a.example]:587\nsender_canonical_maps = CANARY:x, hash:CANARY.pass, texthash:/CANARY\n"
      ),
      (.msmtp, "/etc/msmtprc", "account b password CANARY\nhost smtp.a.example\ntls on\nfrom CANARY.pass%U\n"),
      (.smtp2graph, "/c.yml", "mode: CANARY\nsend:\n  appReg:\n    id: a\n"),
      (
        .emailOAuth2Proxy, "/p",
        "[SMTP-2525]\nserver_address = bob:CANARY\n[SMTP-CANARY]\nx = y\n[a@b.example]\ntoken_url = https://u:CANARY@h/t\n"
      ),
      (
        .emailOAuth2Proxy, "/p",
        "[SMTP-2525]\nserver_address = smtp.a.example\n[a@b.example]\ntoken_url = https://u:CANARY@h/t\n[CANARY@]\nx=y\n"
      ),
      (.msmtp, "/etc/msmtprc", "account a : CANARY\nhost CANARY@x\nport 465\ntls on\nfrom CANARY\n"),
      (
        .postfix, "/etc/postfix/main.cf",
        "relayhost = [smtp.a.example]:587\nsmtp_fallback_relay = u:CANARY@x\ntransport_maps = static:u:CANARY\n"
      ),
      (.dma, "/etc/dma/dma.conf", "SMARTHOST user:CANARY@smtp.a.example\nPORT CANARY\n"),
      (
        .smtp2graph, "/c.yml", "send:\n  appReg:\n    id: a\nreceive:\n  listenAddress: x:CANARY@y\n  maxSize: CANARY\n"
      ),
    ] as [(ForeignSystem, String, String)])
  func `tells nothing of a line that it does not understand but where it stands`(
    system: ForeignSystem, path: String, text: String
  ) {
    let report = report(on: system, at: path, Array(text.utf8))
    #expect(!report.plan.findings.isEmpty)
    let shown = report.plan.findings.map(\.sentence).joined(separator: "\n") + report.toml
    #expect(!shown.contains("CANARY"), "\(shown)")
  }

  @Test func `may have NULs, which are left out and told`() {
    let report = report(Array("relayhost = [smtp.acme.\0example]:465\n".utf8))
    #expect(report.toml.contains("--smtp smtp.acme.example:465"))
    #expect(sentences(report, .leftOut).contains { $0.contains("NUL") })
  }

  @Test func `has lines that end with CR LF`() {
    let report = report(Array("relayhost = [smtp.acme.example]:465\r\ninet_interfaces = loopback-only\r\n".utf8))
    #expect(report.toml.contains("--smtp smtp.acme.example:465"))
  }

  @Test func `is not read when it is too large`() {
    let report = report([UInt8](repeating: 0x61, count: ForeignFiles.sizeLimit + 1))
    #expect(report.plan.exitCode == 2)
    #expect(sentences(report, .leftOut).contains { $0.contains("Larger than 1 MiB") })
  }

  @Test func `may hold settings that name each other, and is read to the end`() {
    let text = "a = $b$b\nb = $c$c\nc = $a$a\nrelayhost = [$a]:${b?465}${zzz:}\n"
    #expect(report(Array(text.utf8)).plan.exitCode == 2)
  }

  @Test func `is one of so many at most`() {
    let maps = (0..<200).map { "texthash:/etc/postfix/\($0)" }.joined(separator: ", ")
    let text = "relayhost = [smtp.acme.example]:465\nsender_canonical_maps = \(maps)\n"
    let files = ForeignFiles { path in
      path == "/etc/postfix/main.cf"
        ? .octets(Array(text.utf8), mode: 0o644) : .octets(Array("a b@c.example\n".utf8), mode: 0o644)
    }
    let report = ForeignImport.report(on: .postfix, at: "/etc/postfix/main.cf", files: files) { _, _ in true }
    #expect(sentences(report, .leftOut).contains { $0.contains("More than 64 files") })
  }

  @Test func `that holds secrets and that others may read is told, with the command that closes it`() {
    let report = report(on: .msmtp, at: "/etc/my msmtprc", Array("host smtp.acme.example\ntls on\n".utf8), mode: 0o644)
    #expect(sentences(report, .changed).contains { $0.contains("chmod 600 '/etc/my msmtprc'") })
  }

  @Test func `cannot write a line of its own into the configuration`() throws {
    let text =
      "account a\nhost smtp.acme.example\nport 465\ntls on\ntls_starttls off\nfrom a@acme.example\nfrom_full_name x\u{2028}\"]\\u000a[limits]\n"
    let report = report(on: .msmtp, at: "/etc/msmtprc", Array(text.utf8))
    #expect(!report.toml.contains("\n[limits]"))
  }
}
