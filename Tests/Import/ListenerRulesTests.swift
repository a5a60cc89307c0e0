// Ports that are taken, interfaces that are open, and networks that would let everybody send.

import Letterhead
import Testing

@testable import Import

struct `Where apps speak to Letterhead after an import` {
  private func report(_ more: String, taken: Set<Int> = []) -> ImportReport {
    let text = "relayhost = [smtp.acme.example]:465\nmydestination =\n\(more)\n"
    let files = ForeignFiles { $0 == "/main.cf" ? .octets(Array(text.utf8), mode: 0o600) : .missing }
    return ForeignImport.report(on: .postfix, at: "/main.cf", files: files) { _, port in !taken.contains(port) }
  }

  private func addresses(_ report: ImportReport) -> [String] { report.plan.listeners.map(\.address) }

  @Test(
    arguments: [
      ("inet_interfaces = loopback-only", "127.0.0.1:25"),
      // Nobody but this host was served, whatever was open.
      ("inet_interfaces = all", "127.0.0.1:25"), ("", "127.0.0.1:25"),
      ("inet_interfaces = all\nmynetworks = 127.0.0.0/8 [::1]/128", "127.0.0.1:25"),
      ("inet_interfaces = all\nmynetworks = 0.0.0.0/0", "127.0.0.1:25"),
      ("inet_interfaces = all\nmynetworks = 192.0.2.0/24", "0.0.0.0:25"),
      ("inet_interfaces = ::1", "[::1]:25"),
    ])
  func `is this host alone, unless networks are named`(settings: String, address: String) {
    #expect(addresses(report(settings)) == [address])
  }

  @Test(arguments: [([], 25), ([25], 2525), ([25, 2525, 2526], 2527)] as [(Set<Int>, Int)])
  func `is the old port where it is free, else a high one`(taken: Set<Int>, port: Int) {
    #expect(addresses(report("inet_interfaces = loopback-only", taken: taken)) == ["127.0.0.1:\(port)"])
  }

  /// A pattern of sed in which `[::1]` would be a class of characters.
  @Test func `is named by its brackets on the way over`() {
    let (over, _) = report("inet_interfaces = ::1", taken: [25]).switching(in: "/etc/letterhead/letterhead.toml")
    #expect(over.contains(#"sed -i 's|"\[::1]:2525"|"[::1]:25"|' /etc/letterhead/letterhead.toml"#), "\(over)")
  }

  @Test func `is told when the port is another, with the way over and back`() {
    let report = report("inet_interfaces = loopback-only", taken: [25])
    let (over, back) = report.switching(in: "/etc/letterhead/letterhead.toml")
    #expect(
      over == [
        "systemctl disable --now postfix",
        "sed -i 's|\"127.0.0.1:2525\"|\"127.0.0.1:25\"|' /etc/letterhead/letterhead.toml",
        "systemctl restart letterhead",
      ])
    #expect(
      back == [
        "systemctl stop letterhead", "sed -i 's|\"127.0.0.1:25\"|\"127.0.0.1:2525\"|' /etc/letterhead/letterhead.toml",
        "systemctl enable --now postfix",
      ])
  }

  @Test func `never lets the whole Internet send`() throws {
    let report = report("inet_interfaces = all\nmynetworks = 0.0.0.0/0, 192.0.2.0/24")
    #expect(report.toml.contains("allow = [\"192.0.2.0/24\"]"))
    #expect(report.plan.findings.contains { $0.kind == .leftOut && $0.sentence.contains("whole Internet") })
    _ = try Configuration.parse(report.toml, file: "/etc/letterhead/letterhead.toml")
  }

  @Test(
    arguments: [
      ("listenAddress: 10.27.0.1.25", [], "127.0.0.1:25"), ("listenAddress: mail.acme.example", [], "127.0.0.1:25"),
      ("listenAddress: fe80::1%eth0", [], "127.0.0.1:25"), ("port: 0", [], "127.0.0.1:2525"),
      ("port: 65536", [], "127.0.0.1:2525"), ("port: -1", [], "127.0.0.1:2525"),
      ("port: 65535", [65_535], "127.0.0.1:2525"),
      // Nothing is free: a socket is.
      ("port: 0", Set(1...65_535), nil),
    ] as [(String, Set<Int>, String?)])
  func `is somewhere, also where the old place is none`(setting: String, taken: Set<Int>, address: String?) throws {
    let text = "send:\n  appReg:\n    id: a\nreceive:\n  \(setting)\n"
    let files = ForeignFiles { $0 == "/c.yml" ? .octets(Array(text.utf8), mode: 0o600) : .missing }
    let report = ForeignImport.report(on: .smtp2graph, at: "/c.yml", files: files) { _, port in !taken.contains(port) }
    #expect(addresses(report) == [address].compactMap(\.self))
    #expect(try Configuration.parse(report.toml, file: "/etc/letterhead/letterhead.toml").listeners.count == 1)
  }

  @Test(
    arguments: [
      ("127.0.0.1, 127.0.0.1", ["127.0.0.1:25"]), ("localhost, loopback-only", ["127.0.0.1:25"]),
      // All of this host's addresses have that one among them, whichever stands first.
      ("127.0.0.1, all", ["0.0.0.0:25"]), ("all, 127.0.0.1", ["0.0.0.0:25"]),
      ("192.0.2.1, 192.0.2.2", ["192.0.2.1:25", "192.0.2.2:25"]), ("127.0.0.1, ::1", ["127.0.0.1:25", "[::1]:25"]),
    ])
  func `is one place where two would be the same`(interfaces: String, addresses: [String]) throws {
    let report = report("inet_interfaces = \(interfaces)\nmynetworks = 192.0.2.0/24")
    #expect(self.addresses(report) == addresses)
    _ = try Configuration.parse(report.toml, file: "/etc/letterhead/letterhead.toml")
  }

  @Test func `is one place also while its port is taken, and moves once`() {
    let report = report("inet_interfaces = 127.0.0.1, all\nmynetworks = 192.0.2.0/24", taken: [25])
    #expect(addresses(report) == ["0.0.0.0:2525"])
    #expect(report.plan.switchedPorts.map(\.wanted) == ["0.0.0.0:25"])
  }
}
