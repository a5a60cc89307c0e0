import Testing

@testable import TransportSMTP

@Suite struct HelloNameTests {
  /// The host's name, this end of the connection, and what stands in EHLO.
  @Test(arguments: [
    ("relay.acme.example", "192.0.2.7", "relay.acme.example"), ("crm", "192.0.2.7", "[192.0.2.7]"),
    ("localhost", "127.0.0.1", "[127.0.0.1]"), ("crm.localdomain", "10.0.0.5", "[10.0.0.5]"),
    ("localhost.localdomain", "::1", "[IPv6:::1]"), ("crm", "2001:db8::7", "[IPv6:2001:db8::7]"),
    ("crm", "fe80::1%eth0", "[IPv6:fe80::1]"), ("crm", "::ffff:192.0.2.7", "[192.0.2.7]"), ("crm", "", "crm"),
  ])
  func `EHLO has a name with its domain, or an address`(hostname: String, local: String, text: String) {
    #expect(HelloName.text(hostname: hostname, local: local) == text)
  }
}
