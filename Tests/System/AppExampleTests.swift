// What people copy to let an app in: every file of Examples/apps that can run here is run, against a relay that keeps mail
// as files. What takes another program's place (GLPI, Odoo, WordPress) reads the same settings and uses the same library.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The examples of apps` {
    // MARK: In the name of a user

    @Test(arguments: [[], ["-fbounces@acme.example"]])
    func `mail() of PHP, by sendmail, with and without -f`(options: [String]) async throws {
      let host = try await AppHost(apps: "[app.website]\nmatch = [\"user:www-data\"]")
      let script =
        "exit(mail('ada@example.org', 'Order', 'Hello.', 'From: shop@acme.example', $argv[1] ?? '') ? 0 : 1);"
      try await host.run(["php", "-c", host.path("php.ini"), "-r", script, "--"] + options, as: "www-data").wentWell()
      #expect(try await host.kept().received == ["from app website (uid 33)"])
    }

    @Test func `PHPMailer, and the relay knows the user`() async throws {
      let host = try await AppHost(apps: "[app.website]\nmatch = [\"user:www-data\"]")
      try await host.run(["php", host.path("phpmailer.php")], as: "www-data").wentWell()
      let mail = try await host.kept()
      #expect(mail.received == ["from app website (uid 33)"])
      #expect(mail.text.contains("\nFrom: Acme <office@acme.example>\n"))
    }

    @Test func `cron, by sendmail, to MAILTO and in the name of the user who runs the command`() async throws {
      let host = try await AppHost(apps: "[app.backup]\nmatch = [\"user:backup\"]")
      let table = try String(contentsOfFile: host.path("backup.cron"), encoding: .utf8)
      let receiver = try #require(table.firstMatch(of: #/(?m)^MAILTO=(\S+)$/#)).output.1
      let user = try #require(table.firstMatch(of: #/(?m)^0 3 \* \* \* (\S+) \//#)).output.1
      // As cron 3.0 of Debian calls it.
      let words = [host.path("sendmail"), "-FCronDaemon", "-i", "-B8BITMIME", "-oem", String(receiver)]
      let mail = "From: root (Cron Daemon)\nTo: \(receiver)\nSubject: Cron <\(user)@host> backup\n\nDone.\n"
      try await host.run(words, as: String(user), input: mail).wentWell()
      let kept = try await host.kept()
      #expect(kept.received == ["from app backup (uid 34)"] && kept.recipients == ["<\(receiver)>"])
    }

    @Test func `root of a user's own namespace, as in rootless podman, by a mounted socket: it is that user`()
      async throws
    {
      let host = try await AppHost(apps: "[app.reports]\nmatch = [\"user:games\"]")
      let message = "To: ada@example.org\nSubject: Report\n\nHello.\n"
      try await host.run(["unshare", "--map-root-user", host.path("sendmail"), "-t"], as: "games", input: message)
        .wentWell()
      #expect(try await host.kept().received == ["from app reports (uid 5)"])
    }

    // MARK: With a password

    @Test func `PHPMailer with a password, which is some other user's`() async throws {
      let host = try await AppHost(apps: "[app.website]\nsign_in = true")
      let password = try await host.password(of: "website")
      try await host.run(
        ["env", "LETTERHEAD_PASSWORD=\(password)", "php", host.path("phpmailer.php")], as: "games"
      ).wentWell()
      #expect(try await host.kept().received == ["from app website (uid 5)"])
    }

    @Test(arguments: [false, true])
    func `WordPress, by the plugin that sets PHPMailer up`(signsIn: Bool) async throws {
      let host = try await AppHost(apps: "[app.website]\nmatch = [\"user:www-data\"]\nsign_in = true")
      let password = signsIn ? try await host.password(of: "website") : ""
      let site = """
        function add_action($name, $action) { $GLOBALS[$name] = $action; }
        require '/usr/share/php/libphp-phpmailer/autoload.php';
        define('LETTERHEAD_PORT', \(host.relay.port));
        if ($argv[2] !== '') { define('LETTERHEAD_USER', 'website'); define('LETTERHEAD_PASSWORD', $argv[2]); }
        require $argv[1];
        $mail = new PHPMailer\\PHPMailer\\PHPMailer(true);
        $mail->setFrom('wordpress@acme.example', 'WordPress', false);
        $mail->addAddress('ada@example.org');
        $mail->Subject = 'Password reset';
        $mail->Body = 'Hello.';
        $phpmailer_init($mail);
        $mail->send();
        """
      let words = ["php", "-r", site, "--", host.path("wordpress.php"), password]
      try await host.run(words, as: signsIn ? "games" : "www-data").wentWell()
      #expect(try await host.kept().received == ["from app website (uid \(signsIn ? 5 : 33))"])
    }

    @Test(arguments: ["symfony", "phpmailer"], [false, true])
    func `GLPI, version 11 with Symfony and 10 with PHPMailer`(library: String, signsIn: Bool) async throws {
      let host = try await AppHost(apps: "[app.glpi]\nmatch = [\"user:www-data\"]\nsign_in = true")
      let password = signsIn ? try await host.password(of: "glpi") : ""
      let words = ["php", "-r", Self.glpi, "--", host.path("glpi.sh"), library, signsIn ? "glpi" : "", password]
      try await host.run(words, as: signsIn ? "games" : "www-data").wentWell()
      #expect(try await host.kept().received == ["from app glpi (uid \(signsIn ? 5 : 33))"])
    }

    /// Reads what glpi.sh sets, and the form's user and password.
    private static let glpi = """
      [, $file, $library, $user, $password] = $argv;
      preg_match_all('/config:set (\\w+) (\\S+)/', file_get_contents($file), $found);
      $set = array_map(fn($text) => trim($text, "'"), array_combine($found[1], $found[2]));
      if ($set['smtp_mode'] !== '1' || $set['smtp_username'] !== '') exit(1);
      if ($library === 'symfony') {
        require '/usr/share/php/Symfony/Component/Mailer/autoload.php';
        $who = $user === '' ? '' : rawurlencode($user) . ':' . rawurlencode($password) . '@';
        $dsn = "smtp://$who{$set['smtp_host']}:{$set['smtp_port']}";
        Symfony\\Component\\Mailer\\Transport::fromDsn($dsn)->send((new Symfony\\Component\\Mime\\Email())
          ->from('glpi@acme.example')->to('ada@example.org')->subject('Ticket')->text('Hello.'));
      } else {
        require '/usr/share/php/libphp-phpmailer/autoload.php';
        $mail = new PHPMailer\\PHPMailer\\PHPMailer(true);
        $mail->Mailer = 'smtp';
        $mail->Host = "{$set['smtp_host']}:{$set['smtp_port']}";
        $mail->SMTPAuth = $user !== '';
        [$mail->Username, $mail->Password] = [$user, $password];
        $mail->setFrom('glpi@acme.example');
        $mail->addAddress('ada@example.org');
        $mail->Subject = 'Ticket';
        $mail->Body = 'Hello.';
        $mail->send();
      }
      """

    @Test(arguments: [nil, "erp", "erp+brandb@localhost"])
    func `Odoo, by the keys of odoo.conf`(user: String?) async throws {
      let host = try await AppHost(
        apps: """
          [app.erp]
          match    = ["user:games"]
          sign_in  = true
          entities = ["acme", "brandb"]
          choose   = ["user"]
          """)
      let script = """
        import configparser, smtplib, sys, email.message
        options = configparser.RawConfigParser()
        options.read(sys.argv[1])
        value = lambda key: {"True": True, "False": False}.get(options["options"][key], options["options"][key])
        user, password = sys.argv[2:] or (value("smtp_user"), value("smtp_password"))
        relay = smtplib.SMTP(value("smtp_server"), int(value("smtp_port")), timeout=60)
        if value("smtp_ssl"): relay.starttls()
        if user: relay.login(user, password)
        relay.ehlo_or_helo_if_needed()
        message = email.message.EmailMessage()
        message["From"], message["To"], message["Subject"] = value("email_from"), "ada@example.org", "Invoice"
        message.set_content("Hello.")
        relay.send_message(message, value("email_from"), ["ada@example.org"])
        relay.quit()
        """
      let signIn = if let user { [user, try await host.password(of: "erp")] } else { [String]() }
      try await host.run(["/usr/bin/python3", "-c", script, host.path("odoo.conf")] + signIn, as: "games").wentWell()
      let mail = try await host.kept()
      #expect(mail.received == ["from app erp (uid 5)"])
      #expect(mail.text.contains(user == "erp+brandb@localhost" ? "<office@brandb.example>" : "<office@acme.example>"))
    }

    @Test func `an old device of the LAN, which signs in after STARTTLS and reads the line with the equals sign`()
      async throws
    {
      let host = try await AppHost(block: "legacy_auth")
      let password = try await host.password(of: "scanner")
      let refused = try await host.swaks(from: "127.0.0.9")
      #expect(refused.output.contains("<** 530 5.7.0 "), "\(refused)")
      let words = ["--tls", "--auth", "LOGIN", "--auth-user", "scanner", "--auth-password", password]
      let sent = try await host.swaks(from: "127.0.0.9", words).wentWell()
      #expect(sent.output.contains("<~  250 AUTH=PLAIN LOGIN"), "\(sent)")
      #expect(try await host.kept().received.count == 1)
    }

    // MARK: By another program

    @Test(arguments: ["haproxy.cfg", "nginx-stream.conf"])
    func `a proxy, which tells the client's address`(file: String) async throws {
      let host = try await AppHost(block: "proxy ")
      let front = Ports.unused()
      let text = try String(contentsOfFile: host.path(file), encoding: .utf8)
        .replacing("127.0.0.1:2526", with: host.address).replacing("192.0.2.10:25", with: "127.0.0.1:\(front)")
      let proxy: LiveCommand
      if file.hasPrefix("haproxy") {
        proxy = try await LiveCommand("haproxy", ["-db", "-f", try host.place.write(text, to: "proxy.cfg")])
      } else {
        let top = """
          load_module /usr/lib/nginx/modules/ngx_stream_module.so;
          daemon off;
          master_process off;
          pid \(host.path("nginx.pid"));
          error_log stderr;
          events {}
          """
        proxy = try await LiveCommand("nginx", ["-c", try host.place.write("\(top)\n\(text)", to: "proxy.conf")])
      }
      try await eventually("a message through \(file)") {
        try await host.swaks(from: "127.0.0.9", at: front).status == 0
      }
      withExtendedLifetime(proxy) {}
      #expect(try await host.kept().text.contains("([127.0.0.9])"))
    }

    @Test(arguments: [false, true])
    func `a Postfix that is there already, and hands on what it gets`(signsIn: Bool) async throws {
      // SCRAM, if it signs in: what Postfix takes where it has the choice.
      let host = try await AppHost(apps: "[app.mta]\n\(signsIn ? "sign_in = true" : "match = [\"user:postfix\"]")")
      var settings = try String(contentsOfFile: host.path("postfix-main.cf"), encoding: .utf8)
      if signsIn {
        let password = try await host.password(of: "mta")
        let file = try host.place.write("[127.0.0.1]:\(host.relay.port) mta:\(password)\n", to: "letterhead")
        settings = settings.replacing("/etc/postfix/letterhead", with: file)
      } else {
        settings = String(try #require(settings.split(separator: "\n\n").first))
      }
      let script = try host.place.write(Self.downstream, to: "downstream.sh")
      let ended = try await run("timeout", ["60", "sh", script, host.path("postfix"), settings])
      try ended.wentWell()
      let mail = try await host.kept()
      let log = (try? String(contentsOfFile: host.path("postfix/log"), encoding: .utf8)) ?? ""
      #expect(mail.received.first?.hasPrefix("from app mta (uid ") == true, "\(mail.text)\n\(log)")
    }

    /// A Postfix of its own, which ends when the message has left it.
    private static let downstream = """
      set -e
      mkdir -p "$1/queue" "$1/data"
      chown postfix "$1/data"
      cat > "$1/main.cf" <<END
      compatibility_level = 3.6
      queue_directory = $1/queue
      data_directory = $1/data
      maillog_file = $1/log
      maillog_file_prefixes = $1
      myhostname = mta.acme.example
      mydestination =
      alias_maps =
      alias_database =
      inet_interfaces = loopback-only
      $2
      END
      for line in 'pickup unix n - n 1 1 pickup' 'cleanup unix n - n - 0 cleanup' 'qmgr unix n - n 300 1 qmgr' \\
        'rewrite unix - - n - - trivial-rewrite' 'bounce unix - - n - 0 bounce' 'defer unix - - n - 0 bounce' \\
        'smtp unix - - n - - smtp' 'relay unix - - n - - smtp' 'postlog unix-dgram n - n - 1 postlogd'; do
        echo "$line"
      done > "$1/master.cf"
      touch -d '1 minute ago' "$1"/*.cf
      postfix -c "$1" start
      trap 'postfix -c "$1" stop' EXIT
      printf 'To: ada@example.org\\nSubject: Report\\n\\nHello.\\n' | /usr/sbin/sendmail -C "$1" -f root -t
      until grep -q 'status=' "$1/log"; do sleep 0.1; done
      """

    @Test func `a socket of systemd, by its name`() async throws {
      let host = try await AppHost(block: "systemd:", isStarted: false)
      let socket = try String(contentsOfFile: "\(Checkout.path)/Examples/letterhead-smtp.socket", encoding: .utf8)
      let name = try #require(socket.firstMatch(of: #/(?m)^FileDescriptorName=(.+)$/#)).output.1
      let words = ["-l", host.address, "--fdname=\(name)"]
      let relay = try await LiveCommand(
        "systemd-socket-activate", words + [Relay.program, "serve", "--config", host.relay.configuration])
      try await eventually("a message at the socket that was handed over") {
        try await host.swaks(from: "127.0.0.1").status == 0
      }
      #expect(try await host.kept().received.count == 1)
      withExtendedLifetime(relay) {}
    }

    @Test func `the socket unit, which systemd understands`() async throws {
      let directory = try TemporaryDirectory()
      for name in ["letterhead.service", "letterhead-smtp.socket"] {
        let unit = try String(contentsOfFile: "\(Checkout.path)/Examples/\(name)", encoding: .utf8)
        try directory.write(unit.replacing("/usr/local/bin/letterhead", with: Relay.program), to: name)
      }
      let verified = try await run("systemd-analyze", ["verify", directory.path("letterhead-smtp.socket")]).wentWell()
      #expect(verified.output.isEmpty && verified.errors.isEmpty, "\(verified)")
    }

    // MARK: Containers

    /// Docker itself is not run: this is what the relay sees of it.
    @Test(arguments: [
      (["--client", "172.17.0.5"], "app shop → entity acme"),
      (["--container", "4f1c2ab09d7e5d1b"], "app batch → entity acme"),
      (["--container", "4f1c2ab09d7e5d1b", "--user", "www-data"], "app batch → entity acme"),
      (["--container", "ffffffffffff", "--user", "www-data"], "no app → held"),
      (["--user", "www-data"], "app website → entity acme"),
    ])
    func `a container by the bridge, with the host's network, and its user, who is not the host's`(
      words: [String], found: String
    ) async throws {
      let host = try await AppHost(block: "container:", isStarted: false)
      let route = try await run(
        Relay.binary, ["route", "--from", "app@acme.example"] + words + ["--config", host.relay.configuration])
      #expect(route.output.hasPrefix(found), "\(route)")
    }
  }
}
