import Platform
import Testing

@Suite struct HostPortTests {
  @Test(
    arguments: [
      ("smtp.example", "smtp.example", nil), ("smtp.example:587", "smtp.example", 587),
      ("127.0.0.1:0", "127.0.0.1", 0), ("[::1]:2525", "::1", 2525), ("[::1]", "::1", nil), ("::1", "::1", nil),
      ("fe80::1%eth0", "fe80::1%eth0", nil),
    ] as [(String, String, UInt16?)])
  func `a host and its port are read`(text: String, host: String, port: UInt16?) throws {
    let parsed = try #require(HostPort(parsing: text))
    #expect(parsed.host == host)
    #expect(parsed.port == port)
  }

  @Test(arguments: [
    "", ":25", "host:", "host:+25", "host:65536", "host:smtp", "[::1", "::1]", "[::1]25", "[host]:25", "[]:25",
    "[::1]:",
  ])
  func `what is neither is refused`(text: String) { #expect(HostPort(parsing: text) == nil) }

  @Test(arguments: ["127.0.0.1", "127.255.0.9", "::1", "localhost"])
  func `this host is known by name and address`(host: String) { #expect(isLoopback(host)) }

  @Test(arguments: ["128.0.0.1", "127.example", "127.0.0", "127.0.0.256", "10.127.0.1", "::2", "", "localhost.example"])
  func `another host is not taken for this one`(host: String) { #expect(!isLoopback(host)) }
}
