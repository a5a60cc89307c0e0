// Facts that are read from addresses and from what a server offers.

import Diagnosis
import Glibc
import Mailboxes
import SMTP
import Testing
import TransportSupport

@testable import Sockets
@testable import TransportSMTP

@Suite struct `A name that leads to this network` {
  @Test(arguments: ["127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.0.1", "::1", "fd00::1"])
  func `is told by its address`(_ address: String) {
    #expect(Endpoint(host: address, port: 587).isNearby)
  }

  @Test(arguments: ["52.97.1.1", "172.32.0.1", "2603:1026::1", "100.128.0.1"])
  func `is not confused with one that leads to the Internet`(_ address: String) {
    #expect(!Endpoint(host: address, port: 587).isNearby)
  }
}

@Suite struct `A server that cannot be reached` {
  private func error(_ reason: DialError.Reason, at hosts: [String], for host: String) -> TransportError {
    let failed = hosts.map { DialError.FailedEndpoint(endpoint: Endpoint(host: $0, port: 587), reason: reason) }
    return TransportError(.failed(failed), at: .test(at: host))
  }

  @Test(
    arguments: [
      ("mail.firm.example", ["127.0.1.1"], .refused, .redirected(to: "127.0.1.1")),
      ("mail.firm.example", ["::1", "127.0.0.1"], .timedOut, .redirected(to: "::1")),
      ("mail.firm.example", ["10.0.0.1"], .refused, .refused),
      ("mail.firm.example", ["127.0.0.1", "192.0.2.1"], .refused, .refused),
      ("localhost", ["127.0.0.1"], .refused, .refused), ("127.0.0.1", ["127.0.0.1"], .refused, .refused),
      (
        "mail.firm.example", ["2001:db8::1"], .unreachable(ENETUNREACH),
        .onlyIPv6("[2001:db8::1]:587: Network is unreachable")
      ),
      (
        "mail.firm.example", ["192.0.2.1"], .unreachable(ENETUNREACH),
        .unreachable("192.0.2.1:587: Network is unreachable")
      ),
    ] as [(String, [String], DialError.Reason, TransportError)])
  func `is told by where its name leads`(
    _ host: String, _ addresses: [String], _ reason: DialError.Reason, _ told: TransportError
  ) {
    #expect(error(reason, at: addresses, for: host) == told)
  }
}

@Suite struct `An offer of extensions` {
  @Test(arguments: [
    (["SIZE 10", "XXXXXXXA"], true), (["XXXXXXXXB", "8BITMIME"], true), (["********"], true),
    (["XCLIENT NAME", "PIPELINING"], false), (["X-EXPS", "XXX"], false), ([], false),
  ])
  func `shows a firewall that wrote over it`(_ lines: [String], _ masked: Bool) {
    let extensions = Extensions(parsing: Reply(250, lines: ["smtp.provider.example"] + lines))
    #expect(extensions.areMasked == masked)
  }
}
