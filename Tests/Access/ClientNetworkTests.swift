import Testing

@testable import Access

@Suite struct `Which hosts a network holds` {
  @Test(arguments: [
    ("192.168.1.0/24", "192.168.1.77", true),
    ("192.168.1.0/24", "192.168.2.77", false),
    ("192.168.1.9/24", "192.168.1.77", true),
    ("10.0.0.0/9", "10.127.255.255", true),
    ("10.0.0.0/9", "10.128.0.0", false),
    ("10.1.2.3", "10.1.2.3", true),
    ("10.1.2.3", "10.1.2.4", false),
    ("0.0.0.0/0", "203.0.113.9", true),
    ("0.0.0.0/0", "2001:db8::1", false),
    ("2001:db8::/32", "2001:db8:1::1", true),
    ("2001:db8::/32", "2001:db9::1", false),
    ("fe80::/10", "fe80::1%eth0", true),
    // An IPv4 client of a socket that takes both.
    ("192.168.1.0/24", "::ffff:192.168.1.77", true),
  ])
  func `a network holds a host or not`(network: String, host: String, holds: Bool) throws {
    #expect(try #require(ClientNetwork(network)).contains(host) == holds)
  }

  @Test(arguments: [
    "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "host.example", "10.0.0",
  ])
  func `what is no network is not read as one`(text: String) {
    #expect(ClientNetwork(text) == nil)
  }

  @Test(arguments: [
    ("0.0.0.0/0", true), ("::/0", true), ("0.0.0.0/1", true), ("128.0.0.0/1", true), ("2000::/3", true),
    ("10.0.0.0/8", false), ("fc00::/7", false), ("fd00::/8", false), ("192.0.2.1", false),
  ])
  func `a network that nobody owns is everybody`(network: String, isEverybody: Bool) throws {
    #expect(try #require(ClientNetwork(network)).isEverybody == isEverybody)
  }
}
