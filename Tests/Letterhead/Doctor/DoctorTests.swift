// What the doctor makes of what it has seen: one line a case.

@testable import Control
import Foundation
import Mailboxes
import Platform
import SMTP
import Status
import Submission
import Testing

@testable import Letterhead

@Suite struct `The doctor` {
  /// What a list of findings comes to: the worst level, and the first command of that level.
  private func judged(_ findings: [DoctorFinding]) -> [String] {
    let level = findings.level
    return [level.rawValue, findings.first { $0.level == level }?.command ?? ""]
  }

  // MARK: This host

  private static let running = ServiceCheck(
    unit: .init(load: "loaded", enabled: "enabled", active: "active"), pid: 7, runningVersion: "2",
    installedVersion: "2")

  private static func changed(_ change: (inout ServiceCheck) -> Void) -> ServiceCheck {
    var check = running
    change(&check)
    return check
  }

  private static let failedService = changed { check in
    check.pid = nil
    check.unit?.active = "failed"
  }

  private static let maskedService = changed { check in
    check.pid = nil
    check.unit?.load = "masked"
  }

  @Test(
    arguments: [
      (running, ["ok", ""]),
      (changed { $0.runningVersion = "1" }, ["warning", "systemctl restart letterhead"]),
      (changed { $0.isReplaced = true }, ["warning", "systemctl restart letterhead"]),
      (changed { $0.unit?.enabled = "disabled" }, ["warning", "systemctl enable letterhead"]),
      (changed { $0.unit = nil }, ["note", ""]),
      (changed { $0.unit?.load = "not-found" }, ["note", ""]),
      (changed { $0.pid = nil }, ["error", "systemctl start letterhead"]),
      (
        failedService,
        ["error", "journalctl -u letterhead -n 20 --no-pager; systemctl restart letterhead"]
      ),
      (
        maskedService,
        ["error", "systemctl unmask letterhead && systemctl start letterhead"]
      ),
      (changed { ($0.pid, $0.unit) = (nil, nil) }, ["error", "letterhead serve"]),
    ] as [(ServiceCheck, [String])])
  func `judges the service`(check: ServiceCheck, expected: [String]) { #expect(judged(check.findings) == expected) }

  private static func path(
    _ role: PathFacts.Purpose, _ kind: PathFacts.Kind = .file, owner: UInt32 = 9, group: UInt32 = 9, mode: UInt32
  ) -> PathFacts {
    PathFacts(path: "/x y", role: role, kind: kind, owner: owner, group: group, mode: mode)
  }

  @Test(
    arguments: [
      (path(.configuration, mode: 0o644), ["ok", ""]),
      (path(.configuration, mode: 0o664), ["warning", "chmod go-w '/x y'"]),
      (path(.configuration, .missing, mode: 0), ["error", "letterhead check"]),
      (path(.stateDirectory, .folder, mode: 0o700), ["ok", ""]),
      (path(.stateDirectory, .folder, mode: 0o750), ["error", "chmod 0700 '/x y'"]),
      (path(.stateDirectory, .file, mode: 0o700), ["error", "mv '/x y' '/x y.old'"]),
      (path(.stateDirectory, .missing, mode: 0), ["note", ""]),
      (path(.state, mode: 0o600), ["ok", ""]),
      (path(.state, mode: 0o640), ["error", "chmod 0600 '/x y'"]),
      (path(.state, owner: 0, mode: 0o600), ["error", "chown 9:9 '/x y'"]),
      (path(.state, .link, mode: 0o777), ["error", "ls -l '/x y'"]),
      (path(.statusFolder, .folder, mode: 0o755), ["ok", ""]),
      (path(.statusFolder, .folder, mode: 0o700), ["warning", "chmod 0755 '/x y'"]),
      (path(.statusFolder, .missing, mode: 0), ["note", ""]),
      (path(.secret, owner: 0, mode: 0o640), ["ok", ""]),
      (path(.secret, owner: 0, mode: 0o644), ["warning", "chmod o= '/x y'"]),
      (path(.secret, owner: 0, group: 0, mode: 0o640), ["error", "chgrp 9 '/x y' && chmod g+r '/x y'"]),
      (path(.secret, owner: 9, mode: 0o040), ["error", "chmod u+r '/x y'"]),
      (path(.secret, .missing, mode: 0), ["error", "letterhead check"]),
      (path(.secret, .hidden, mode: 0), ["note", ""]),
      (path(.certificate, owner: 0, group: 0, mode: 0o644), ["ok", ""]),
    ] as [(PathFacts, [String])])
  func `judges owners and rights`(path: PathFacts, expected: [String]) {
    #expect(judged(FileCheck(paths: [path], relay: (9, 9)).findings) == expected)
  }

  @Test(
    arguments: [
      (Int64(900), Int64(5000) as Int64?, "ok"), (190, 5000, "warning"), (90, 5000, "error"), (900, 900, "warning"),
      (900, 0, "error"), (900, nil, "ok"),
    ] as [(Int64, Int64?, String)])
  func `judges the disk`(free: Int64, files: Int64?, level: String) {
    let check = DiskCheck(path: "/x", freeOctets: free << 20, freeFiles: files, minimumOctets: 100 << 20)
    #expect(check.findings.level.rawValue == level)
    #expect(level == "ok" || check.findings[0].command != nil)
  }

  @Test(
    arguments: [
      (KeyCheck.Key.file, ["acme"], "ok"), (.credential, ["acme"], "ok"),
      (.missing, [], "ok"),  // Mailboxes without a sign-in have nothing that is sealed.
      (.missing, ["acme"], "error"), (.hidden, ["acme"], "note"),
    ] as [(KeyCheck.Key, [String], String)])
  func `judges the key`(key: KeyCheck.Key, sealed: [String], level: String) {
    #expect(KeyCheck(key: key, path: "/x/key", sealed: sealed).findings.level.rawValue == level)
  }

  private static func app(_ name: String, _ password: KeptPassword?) -> AppSummary {
    var app = AppSummary(name: name, isConfigured: true, isApprovedHere: false)
    app.cramMD5Password = password
    return app
  }

  private static let (kept, unreadable) = (app("scanner", .kept), app("scanner", .unreadable))

  /// What the key has sealed is forgotten, and nothing else.
  @Test(
    arguments: [
      (
        KeyCheck(key: .missing, path: "/x/key", sealed: ["acme", "b"]),
        "letterhead disconnect acme && letterhead disconnect b"
      ),
      (KeyCheck(key: .missing, path: "/x/key", sealed: [], apps: [unreadable]), "letterhead app revoke scanner"),
      (KeyCheck(key: .missing, path: "/x/key", sealed: [], apps: [kept]), "letterhead app revoke scanner"),
      (
        KeyCheck(key: .missing, path: "/x/key", sealed: ["acme"], apps: [kept, app("erp", nil)]),
        "letterhead disconnect acme && letterhead app revoke scanner"
      ),
      (KeyCheck(key: .file, path: "/x/key", sealed: ["acme"], apps: [unreadable]), "letterhead app revoke scanner"),
      (KeyCheck(key: .file, path: "/x/key", sealed: ["acme"], isRefused: true), "letterhead disconnect acme"),
      (KeyCheck(key: .file, path: "/x/key", sealed: ["acme"], apps: [kept]), nil),
    ] as [(KeyCheck, String?)])
  func `says of a key that is lost or wrong what has to be made anew`(check: KeyCheck, command: String?) {
    let finding = check.findings[0]
    #expect(finding.command == command && finding.level == (command == nil ? .ok : .error))
    let isOfApps = finding.sentence.contains("scanner cannot sign in by CRAM-MD5")
    let isOfMailboxes = finding.sentence.contains("connect each mailbox again")
    #expect(isOfApps == (command?.contains("revoke") ?? false), "\(finding)")
    #expect(isOfMailboxes == (command?.contains("disconnect") ?? false), "\(finding)")
  }

  // MARK: Ports

  private static let master = ListenerCheck.Holder.process(pid: 8, name: "master", service: "postfix@-.service")

  @Test(
    arguments: [
      (ListenerCheck.Holder.process(pid: 7, name: "letterhead", service: nil), 7 as Int32?, 25 as UInt16, ["ok", ""]),
      (.process(pid: 1, name: "systemd", service: nil), 7, 25, ["ok", ""]),
      (master, 7, 25, ["error", "systemctl disable --now postfix@-.service && systemctl restart letterhead"]),
      (.process(pid: 8, name: "x", service: nil), nil, 2525, ["error", "ps -fp 8"]),
      (.unknown, nil, 2525, ["error", "ss -ltnp 'sport = :2525'"]),
      (.unknown, 7, 2525, ["note", ""]),
      (.nobody, nil, 25, ["note", ""]),
      (.nobody, 7, 2525, ["error", "systemctl restart letterhead"]),
      (
        .nobody, 7, 25,
        ["error", "sysctl -w net.ipv4.ip_unprivileged_port_start=25 && systemctl restart letterhead"]
      ),
    ] as [(ListenerCheck.Holder, Int32?, UInt16, [String])])
  func `judges who listens`(holder: ListenerCheck.Holder, relay: Int32?, port: UInt16, expected: [String]) {
    let place = ListenerCheck.Place(address: "127.0.0.1:\(port)", port: port, holder: holder)
    let check = ListenerCheck(
      places: [place], relay: relay, firstFreePort: 1024, hasPrivilege: false,
      service: ServiceCommands(hasUnit: true))
    #expect(judged(check.findings) == expected)
  }

  @Test func `says how to restart a relay that no service manager runs`() {
    let place = ListenerCheck.Place(address: "127.0.0.1:2525", port: 2525, holder: .nobody)
    let check = ListenerCheck(
      places: [place], relay: 7, firstFreePort: 1024, hasPrivilege: false, service: ServiceCommands(hasUnit: false))
    #expect(judged(check.findings) == ["error", "kill 7; letterhead serve"])
  }

  @Test func `reads the kernel's lists of sockets`() {
    let tcp = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:0019 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
         1: 00000000:09DD 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0
         2: 0100007F:0019 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
      """
    let sockets = ListeningSocket.tcp(in: tcp)
    #expect(sockets.map(\.inode) == [4711, 4712])
    #expect(sockets[0].isAt(.network(host: "127.0.0.1", port: 25)))
    #expect(!sockets[0].isAt(.network(host: "127.0.0.2", port: 25)))
    #expect(sockets[1].isAt(.network(host: "192.0.2.1", port: 2525)))
    let six = """
        sl  local_address                         remote_address                        st tx_queue rx_queue tr
         0: 00000000000000000000000001000000:09DD 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 9 1
      """
    #expect(ListeningSocket.tcp(in: six)[0].isAt(.network(host: "::1", port: 2525)))
    let unix = """
      Num       RefCount Protocol Flags    Type St Inode Path
      0000: 00000002 00000000 00010000 0001 01 33 /run/letterhead/submit.sock
      0000: 00000003 00000000 00000000 0001 03 34 /run/letterhead/submit.sock
      """
    #expect(ListeningSocket.unix(in: unix).map(\.inode) == [33])
    #expect(ListeningSocket.unix(in: unix)[0].isAt(.unixSocket(path: "/run/letterhead/submit.sock")))
    #expect(SocketHolders.service(in: "0::/system.slice/postfix@-.service\n") == "postfix@-.service")
    #expect(SocketHolders.service(in: "0::/system.slice/a'; rm b.service\n") == nil)
    #expect(ListeningSocket.tcp(in: "x\ny z\n").isEmpty && ListeningSocket.unix(in: "").isEmpty)
  }

  // MARK: The network

  @Test(
    arguments: [
      (ClockCheck.Comparison.offset(2, host: "h"), "ok"), (.offset(-40, host: "h"), "warning"),
      (.offset(301, host: "h"), "error"), (.noAnswer(host: "h"), "note"), (.notNeeded, "ok"),
    ] as [(ClockCheck.Comparison, String)])
  func `judges the clock`(comparison: ClockCheck.Comparison, level: String) {
    #expect(ClockCheck(comparison: comparison).findings.level.rawValue == level)
  }

  @Test(
    arguments: [
      (nil as String?, nil as String?, ProxyCheck.RelayProxy.unseen, "ok"), ("p:1", "q:2", .seen(nil), "ok"),
      (nil, "q:2", .seen("q:2"), "ok"), (nil, "q:2", .seen(nil), "warning"), (nil, "q:2", .unseen, "ok"),
    ] as [(String?, String?, ProxyCheck.RelayProxy, String)])
  func `judges proxies`(configured: String?, shell: String?, relay: ProxyCheck.RelayProxy, level: String) {
    let check = ProxyCheck(configured: configured, ofShell: shell, ofRelay: relay)
    #expect(check.findings.level.rawValue == level)
  }

  @Test func `shows no password of a proxy`() {
    let proxy = "http://anna:hunter2@proxy.acme.example:3128/hunter2?hunter2#hunter2"
    for check in [
      ProxyCheck(looking: proxy, environment: [:], relay: nil),
      ProxyCheck(looking: nil, environment: ["https_proxy": proxy], relay: nil),
    ] {
      #expect([check.configured, check.ofShell].contains("proxy.acme.example:3128"))
      #expect(!"\(check.findings)".contains("hunter2"))
    }
  }

  @Test func `reads which servers are asked for names`() {
    let text =
      "# nameserver 192.0.2.9\nnameserver 127.0.0.53\nsearch acme.example\nnameserver\t2001:db8::1\nnameserver\n"
    #expect(ResolverCheck.servers(in: text) == ["127.0.0.53", "2001:db8::1"])
    #expect(
      ResolverCheck(servers: nil).findings.level == .warning && ResolverCheck(servers: []).findings.level == .note)
  }

  @Test(
    arguments: [
      (UpstreamCheck.Ending.answers, ["ok", ""]), (.unseen, ["note", ""]),
      (.noAnswer, ["error", "letterhead test acme"]), (.onlyOn(port: 587), ["error", "letterhead reconnect acme"]),
      (
        .failed(summary: "No.", remedy: "Find out why, or run: letterhead connect acme --smtp x"),
        ["error", "letterhead connect acme --smtp x"]
      ),
      (.failed(summary: "No.", remedy: "Ask them."), ["error", "letterhead test acme"]),
    ] as [(UpstreamCheck.Ending, [String])])
  func `judges servers`(ending: UpstreamCheck.Ending, expected: [String]) {
    let server = Server(host: "smtp.acme.example", port: 465, security: .tls)
    #expect(judged([UpstreamCheck(entity: "acme", server: server, steps: [], ending: ending).finding]) == expected)
  }

  // MARK: Mailboxes

  @Test func `repeats what the relay says of its mailboxes`() {
    let fault = Fault(
      class: .auth, since: Date(), summary: "No sign-in.", remedy: "Run: letterhead reconnect acme", upstream: "535")
    let entities: [String: EntityStatus] = [
      "acme": EntityStatus(name: "A", state: .error, address: "a@acme.example", error: fault),
      "brandb": EntityStatus(name: "B", state: .disconnected, queue: .init(queued: 3)),
      "brandc": EntityStatus(name: "C", state: .connected), "brandd": EntityStatus(name: "D", state: .paused),
      "brande": EntityStatus(name: "E", state: .disconnected),
    ]
    let now = Date()
    let findings = MailboxCheck(
      snapshot: Snapshot(version: "1", pid: 1, startedAt: now, updatedAt: now, entities: entities)
    ).findings
    #expect(findings.map(\.level) == [.error, .error, .ok, .note, .warning])
    #expect(findings[0].command == "letterhead reconnect acme" && findings[1].command?.contains("brandb") == true)
    #expect(MailboxCheck(snapshot: nil).findings.level == .note)
  }

  @Test(
    arguments: [
      ("Put it back, or run: letterhead reconnect acme --paste", "letterhead reconnect acme --paste"),
      ("When that is mended, reload: kill -HUP 7", "kill -HUP 7"),
      (
        "Mend the file (letterhead check shows all that is wrong), then reload: systemctl reload letterhead",
        "systemctl reload letterhead"
      ),
      ("Look at letterhead status, and ask them.", nil), ("Run: letterhead test acme. If that fails, ask them.", nil),
      ("Ask whoever runs it: the server refuses.", nil), ("Ask them.", nil),
    ] as [(String, String?)])
  func `shows as a command what can be pasted, and all else in the sentence`(remedy: String, command: String?) {
    let fault = Fault(class: .auth, since: Date(), summary: "No sign-in.", remedy: remedy, upstream: "535")
    let entities = ["acme": EntityStatus(name: "A", state: .error, address: "a@acme.example", error: fault)]
    let snapshot = Snapshot(version: "1", pid: 1, startedAt: Date(), updatedAt: Date(), entities: entities)
    let finding = MailboxCheck(snapshot: snapshot).findings[0]
    #expect(finding.command == command)
    #expect(finding.sentence == "acme: No sign-in." + (command == nil ? " \(remedy)" : ""))
  }
}
