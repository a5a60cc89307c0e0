// Facts that are read from addresses and from what a server offers.

import SMTP
import Sockets
import Testing

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
