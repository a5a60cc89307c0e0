// What unknown clients are called, and what an approval makes of them.

import Testing

@testable import Access

@Suite struct PendingKeyTests {
  private static func client(
    _ address: String = "127.0.0.1", uid: UInt32? = nil, _ service: ControlGroup? = nil
  ) -> ClientIdentity {
    ClientIdentity(
      address: address, listener: "/run/letterhead/submit.sock", user: uid.map { LocalUser(uid: $0) }, service: service)
  }

  private static let hex = String(repeating: "4f1c2ab09d7e0000", count: 4)

  @Test(
    arguments: [
      (client(uid: 33, .unit("php8.2-fpm.service")), "uid:33/php8.2-fpm.service", "unit:php8.2-fpm.service"),
      // An orphaned socket of root's: its user is not known, and its group is.
      (client("127.0.0.1", .unit("erp.service")), "unit:erp.service", "unit:erp.service"),
      (client(uid: 1000), "uid:1000", "user:1000"),
      // The user calls his units what he likes, and would have as many keys.
      (client(uid: 1000, .userUnit("erp.service", uid: 1000)), "uid:1000", "user:1000"),
      (client("127.0.0.1", .userUnit("erp.service", uid: 1000)), "net:127.0.0.1", "net:127.0.0.1/32"),
      // The container's users are not the host's.
      (client(uid: 0, .container(hex)), "container:4f1c2ab09d7e", "container:4f1c2ab09d7e"),
      (client("192.0.2.7"), "net:192.0.2.7", "net:192.0.2.7/32"),
      (client("::ffff:192.0.2.7"), "net:192.0.2.7", "net:192.0.2.7/32"),
      (client("FE80:0::1%eth0"), "net:fe80::1", "net:fe80::1/128"),
      (client(""), "listener:/run/letterhead/submit.sock", "listener:/run/letterhead/submit.sock"),
      (client(uid: 33, .unit("a b\r\n.service")), "uid:33", "user:33"),
    ] as [(ClientIdentity, String, String)])
  func `a client has one key, which leads to a pattern that matches it`(
    client: ClientIdentity, text: String, pattern: String
  ) throws {
    let key = PendingKey(client)
    #expect("\(key)" == text && key.spoolKey == "?" + text)
    #expect(PendingKey(text) == key && PendingKey(key.spoolKey) == key)
    let found = try #require(key.pattern())
    #expect(found.text == pattern && AppPattern(found.text) == found)
    #expect(key.isCovered(by: found) && found.matches(client))
  }

  @Test(arguments: [
    "", "?", "uid", "uid:", "uid:x", "uid:-1", "uid:4294967296", "uid:33/", "uid:33/a b", "unit:", "unit:a\u{1B}",
    "container:", "container:a b", "net:", "net:host", "net:192.0.2.0/24", "user:erp", "acme", "app:erp",
    "unit:é", "unit:" + String(repeating: "x", count: 400),
  ])
  func `what is no key is not read as one`(text: String) {
    #expect(PendingKey(text) == nil)
  }

  @Test func `an app of a user covers all that the user has sent`() throws {
    let own = try #require(PendingKey("uid:1000")?.pattern(user: "mara"))
    #expect(own == .user("mara"))
    #expect(PendingKey("uid:1000/cups.service")?.isCovered(by: own, user: "mara") == true)
    #expect(PendingKey("uid:1001/cups.service")?.isCovered(by: own, user: "ivo") == false)
    #expect(PendingKey("container:4f1c2ab09d7e")?.isCovered(by: own, user: "mara") == false)
    #expect(PendingKey("uid:33/a.service")?.isCovered(by: .unit("a.service")) == true)
  }

  @Test func `a key is bounded, and fit for a terminal and a file`() {
    let client = ClientIdentity(
      address: "", listener: String(repeating: "/", count: 200), user: LocalUser(uid: .max),
      service: .unit(String(repeating: "u", count: 255)))
    let key = PendingKey(client)
    #expect(key.spoolKey.utf8.count <= 300 && PendingKey(key.spoolKey) == key)
    #expect(!"?\(key)".contains { $0.isWhitespace })
  }
}
