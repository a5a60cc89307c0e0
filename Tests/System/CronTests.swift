// Programs that know one sendmail only, /usr/sbin/sendmail, with letterhead-sendmail in its place. They run in a mount
// namespace of their own, and nothing of it stays on this host.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `With letterhead-sendmail as /usr/sbin/sendmail` {
    /// Runs a script as root. `$HOST` is the relay's directory.
    private func run(_ script: String, on relay: Relay, input: String = "") async throws -> Finished {
      let host = """
        set -eu
        mount -t tmpfs none /run
        mkdir /run/letterhead
        mount --bind "$HOST" /run/letterhead
        mount --bind "$HOST/bin/sendmail" /usr/sbin/sendmail

        """
      return try await SystemTests.run(
        "unshare", ["--mount", "--propagation", "private", "sh", "-c", host + script],
        environment: ["HOST": relay.directory.path], input: input)
    }

    private func delivered(
      _ count: Int = 1, by send: (_ relay: Relay, _ domain: String) async throws -> Void
    ) async throws -> [Arrival] {
      let rig = try await Rig.running
      let (domain, address) = (freshDomain(), freshAddress())
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try Relay.withSendmail("local_recipients = \"it@\(domain)\"")
      try await relay.connect(to: "SMTP_TLS", of: rig, as: address, password: "geheim-1").wentWell()
      try await relay.start()
      try await send(relay, domain)
      return try await rig.arrivals(count, at: domain)
    }

    /// Cron itself, with this one job. It is ended when the relay has the mail.
    @Test func `cron mails what a job prints, as the job's user`() async throws {
      let arrived = try await delivered { relay, _ in
        mkdir(relay.directory.path("cron.d"), 0o755)
        mkdir(relay.directory.path("crontabs"), 0o755)
        try relay.directory.write("@reboot www-data echo '42 files'\n", to: "cron.d/backup", mode: 0o644)
        try relay.directory.write("", to: "crontab", mode: 0o644)
        try await run(
          """
          mount --bind "$HOST/cron.d" /etc/cron.d
          mount --bind "$HOST/crontabs" /var/spool/cron/crontabs
          mount --bind "$HOST/crontab" /etc/crontab
          cron -f & cron=$!
          trap 'kill $cron' EXIT
          timeout 60 sh -c 'until grep -q event=accepted "$HOST/serve.log"; do sleep 0.05; done'
          """, on: relay
        ).wentWell()
      }
      let mail = try #require(arrived.first)
      #expect(mail.recipient.hasPrefix("it@") && mail.body == "42 files\n", "\(mail)")
      #expect(mail.fields("Subject")[0].contains("echo '42 files'"), "\(mail)")
      #expect(mail.fields("X-Original-From") == ["root (Cron Daemon)"], "\(mail)")
      #expect(mail.fields("Received")[0].contains("(from uid 33)"), "\(mail)")
    }

    @Test func `mailx mails its input`() async throws {
      let arrived = try await delivered { relay, domain in
        try await run(
          "bsd-mailx -s 'Night run' -r boss@shop.test -- 'a@\(domain)'", on: relay, input: "one\n.\ntwo\n"
        ).wentWell()
      }
      #expect(arrived.map(\.body) == ["one\n.\ntwo\n"])
      #expect(arrived.map { $0.fields("Subject") } == [["Night run"]])
      #expect(arrived.map { $0.fields("X-Original-From") } == [["boss@shop.test"]])
    }

    @Test func `PHP's mail() reaches To and Bcc, and hides Bcc`() async throws {
      let arrived = try await delivered(2) { relay, domain in
        let script = """
          exit(mail("a@\(domain)", "Order 7", "one\\n.\\ntwo", ["From" => "shop@shop.test", "Bcc" => "b@\(domain)"],
            "-fbounce@shop.test") ? 0 : 1);
          """
        try relay.directory.write("<?php \(script)", to: "mail.php", mode: 0o644)
        try await run("php -d sendmail_path='/usr/sbin/sendmail -t -i' \"$HOST/mail.php\"", on: relay).wentWell()
      }
      #expect(Set(arrived.map { $0.recipient.prefix(2) }) == ["a@", "b@"])
      for copy in arrived { #expect(copy.fields("Bcc").isEmpty && copy.body == "one\n.\ntwo\n", "\(copy)") }
    }
  }
}
