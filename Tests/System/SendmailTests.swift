// The command lines by which the programs of a Debian host call sendmail, and what they are told.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Programs that call sendmail` {
    private struct Caller {
      let name: String
      let arguments: [String]
      /// The message; its Subject is put in front.
      let input: String
      /// The envelope's; without a domain, that of this host.
      var sender = "www-data"
      let recipients: [String]
      let body: String
    }

    private static let callers = [
      Caller(
        name: "cron", arguments: ["-FCronDaemon", "-i", "-B8BITMIME", "-oem", "www-data"],
        input: "From: root (Cron Daemon)\nTo: www-data\n\n42 files\n.\nf\u{FC}r den Keller\n",
        recipients: ["it@DOMAIN"], body: "42 files\n.\nf\u{FC}r den Keller\n"),
      Caller(
        name: "at", arguments: ["-i", "www-data"], input: "To: www-data\n\ndone\n", recipients: ["it@DOMAIN"],
        body: "done\n"),
      Caller(
        name: "logwatch", arguments: ["-t"],
        input: "To: root\nFrom: Logwatch <logwatch@vm.test>\nMIME-Version: 1.0\n\n##### Begin #####\n.\nnot sent\n",
        recipients: ["it@DOMAIN"], body: "##### Begin #####\n"),
      Caller(
        name: "mdadm", arguments: ["-t"], input: "From: mdadm monitoring <root>\nTo: root, admin@DOMAIN\n\nFail\n",
        recipients: ["it@DOMAIN", "admin@DOMAIN"], body: "Fail\n"),
      Caller(
        name: "unattended-upgrades", arguments: ["-oi", "-t"], input: "To: admin@DOMAIN\n\n.\nUpgraded\n",
        recipients: ["admin@DOMAIN"], body: ".\nUpgraded\n"),
      Caller(
        name: "fail2ban", arguments: ["-f", "fail2ban@vm.test", "abuse@DOMAIN"],
        input: "From: Fail2Ban <fail2ban@vm.test>\nTo: abuse@DOMAIN\n\nHi,\n", sender: "fail2ban@vm.test",
        recipients: ["abuse@DOMAIN"], body: "Hi,\n"),
      Caller(
        name: "bsd-mailx", arguments: ["-i", "-f", "boss", "-m", "--", "a@DOMAIN", "b@DOMAIN"],
        input: "To: a@DOMAIN\n\n..\n", sender: "boss", recipients: ["a@DOMAIN", "b@DOMAIN"], body: "..\n"),
      Caller(
        name: "PHP", arguments: ["-t", "-i", "-fbounce@shop.test"],
        input: "To: a@DOMAIN\r\nCc: b@DOMAIN\r\nBcc: c@DOMAIN\r\n\r\nOrder\r\n", sender: "bounce@shop.test",
        recipients: ["a@DOMAIN", "b@DOMAIN", "c@DOMAIN"], body: "Order\n"),
    ]

    /// Nothing is delivered before everything was looked at: a mailbox is connected last.
    @Test func `are served by their own command lines, envelope and body`() async throws {
      let rig = try await Rig.running
      let (domain, address) = (freshDomain(), freshAddress())
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try Relay.withSendmail("local_recipients = \"it@\(domain)\"")
      try await relay.start()
      for caller in Self.callers {
        let input = "Subject: \(caller.name)\n\(caller.input)".replacing("DOMAIN", with: domain)
        let sent = try await relay.sendmail(
          caller.arguments.map { $0.replacing("DOMAIN", with: domain) }, input: input)
        #expect(sent.status == 0 && sent.output.isEmpty && sent.errors.isEmpty, "\(caller.name): \(sent)")
      }
      for (mail, caller) in zip(try await relay.queued(), Self.callers) {
        let sender = caller.sender.contains("@") ? caller.sender[...] : mail.sender.prefix { $0 != "@" }
        #expect(sender == caller.sender && mail.sender.hasPrefix(caller.sender), "\(caller.name): \(mail)")
        #expect(mail.recipients == caller.recipients.map { $0.replacing("DOMAIN", with: domain) }, "\(caller.name)")
        #expect(mail.uid == 33, "\(caller.name): \(mail)")
      }
      try await relay.connect(to: "SMTP_TLS", of: rig, as: address, password: "geheim-1").wentWell()
      try await expectArrival(of: Self.callers, at: domain, of: rig)
    }

    private func expectArrival(of callers: [Caller], at domain: String, of rig: Rig) async throws {
      let arrived = try await rig.arrivals(callers.map(\.recipients.count).reduce(0, +), at: domain)
      for caller in callers {
        let copies = arrived.filter { $0.fields("Subject") == [caller.name] }
        let recipients = caller.recipients.map { $0.replacing("DOMAIN", with: domain) }
        #expect(copies.map(\.recipient).sorted() == recipients.sorted(), "\(caller.name)")
        for copy in copies {
          // An arrival has one character an octet.
          #expect(copy.body == String(caller.body.utf8.map { Character(UnicodeScalar($0)) }), "\(caller.name)")
          #expect(copy.fields("Received")[0].contains("(from uid 33)"), "\(caller.name): \(copy.fields("Received"))")
          #expect(copy.fields("Bcc").isEmpty, "\(caller.name)")
        }
      }
    }

    /// Who calls, how, and the exit code.
    private static let endings: [(user: String, arguments: [String], code: Int)] = [
      ("www-data", ["-i"], 64), ("www-data", ["-t"], 65), ("www-data", ["a@@DOMAIN"], 65),
      ("www-data", ["-f", "no address", "a@DOMAIN"], 65),
      // acme names nobody who gets root's mail.
      ("www-data", ["root"], 69),
      ("www-data", ["a@DOMAIN"], 0), ("www-data", ["a@DOMAIN"], 75),
      ("daemon", ["a@DOMAIN"], 77),
    ]
    /// These end without reading a message: who writes one to them may be ended by SIGPIPE, so nobody does.
    private static let unread: [(arguments: [String], code: Int)] = [
      (["-bd"], 64), (["-bv", "a@DOMAIN"], 64), (["-k", "a@DOMAIN"], 64), (["-bi"], 0), (["-q"], 0), (["-I"], 0),
    ]

    @Test func `learn from the exit code what became of their mail`() async throws {
      let relay = try Relay.withSendmail(
        """
        [access]
        unknown = "refuse"
        [app.site]
        match = ["user:www-data"]
        [app.site.limits]
        messages_per_day = 1
        """)
      try await relay.start()
      for ending in Self.endings {
        let arguments = ending.arguments.map { $0.replacing("DOMAIN", with: "x.test") }
        let ended = try await relay.sendmail(arguments, as: ending.user, input: "Subject: x\n\nhello\n")
        #expect(ended.status == ending.code && ended.output.isEmpty, "\(ended)")
        #expect(ended.errors.isEmpty == (ending.code == 0), "\(ended)")
      }
      for (arguments, code) in Self.unread {
        let ended = try await relay.sendmail(arguments)
        #expect(ended.status == code && ended.output.isEmpty && ended.errors.isEmpty == (code == 0), "\(ended)")
      }
      #expect(try await relay.sendmail([], called: "newaliases", as: "daemon").status == 0)
      #expect(try await relay.queued().map(\.recipients) == [["a@x.test"]])
      #expect(try FileManager.default.contentsOfDirectory(atPath: relay.drop) == ["refused"])
    }

    @Test func `see by mailq what they have sent themselves, and root sees all`() async throws {
      let relay = try Relay.withSendmail()
      try await relay.start()
      for user in ["www-data", "daemon", "root"] {
        try await relay.sendmail(["\(user)@there.test"], as: user, input: "Subject: x\n\nhello\n").wentWell()
      }
      for (user, seen) in [("www-data", ["www-data"]), ("games", []), ("root", ["www-data", "daemon", "root"])] {
        for (name, arguments) in [("mailq", []), ("sendmail", ["-bp"])] {
          let listed = try await relay.sendmail(arguments, called: name, as: user).wentWell()
          let named = ["www-data", "daemon", "root"].filter { listed.output.contains("-> \($0)@there.test") }
          #expect(named == seen, "\(user): \(listed)")
        }
      }
    }

    /// `-bs` keeps the conversation open.
    @Test func `are known by user and unit while they speak`() async throws {
      let relay = try Relay.withSendmail("[app.site]\nmatch = [\"user:www-data\"]\n")
      try await relay.start()
      let unit = try TestUnit()
      let settings = relay.sendmailSettings.map { "\($0.key)=\($0.value)" }
      let speaking = try await LiveCommand(
        "sh",
        ["-c", "echo $$ > '\(unit.path)/cgroup.procs' && exec \"$@\"", "sh", "env"] + settings
          + PublicBinary.prefix("www-data") + [relay.directory.path("bin/sendmail"), "-bs"])
      try await eventually("the greeting") { speaking.output.hasPrefix("220 ") }
      let shown = try await relay.letterhead("who").wentWell()
      #expect(shown.output.contains("uid 33 (www-data)") && shown.output.contains("site"), "\(shown)")
      #expect(shown.output.contains(unit.name) == TestUnit.isToldOfUnixPeers, "\(shown)")
      #expect(shown.output.contains("unix at \(relay.directory.path("submit.sock"))"), "\(shown)")
      try speaking.type("QUIT\r")
      try await speaking.finished().wentWell()
      #expect(speaking.output.hasSuffix("221 2.0.0 Goodbye\r\n"), "\(speaking.output)")
    }
  }
}

/// A control group that looks like a unit of systemd. Gone with the last process in it.
private final class TestUnit {
  let name = "letterhead-test-\(getpid())-\(UInt16.random(in: 0...UInt16.max)).service"
  let path: String

  /// By `PIDFD_GET_INFO`, Linux 6.13.
  static let isToldOfUnixPeers: Bool = {
    var names = utsname()
    uname(&names)
    let release = withUnsafeBytes(of: names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    return (numbers[0], numbers[1]) >= (6, 13)
  }()

  init() throws {
    let mounts = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
    guard let mount = mounts.first(where: { access("\($0)/cgroup.procs", W_OK) == 0 }) else {
      throw Failure("no control groups (cgroup2) at \(mounts)")
    }
    path = "\(mount)/\(name)"
    guard mkdir(path, 0o755) == 0 else { throw Failure("no control group can be made at \(path)") }
  }

  deinit { rmdir(path) }
}
