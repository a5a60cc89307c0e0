// Which listeners an app's form is told of.

import Control
import Letterhead
import SMTP
import Submission
import Testing

@Suite struct SignInPlacesTests {
  @Test(
    arguments: [
      ("127.0.0.1:2525", .none, ["127.0.0.1:2525"]), ("[::1]:2525", .none, ["::1:2525"]),
      ("0.0.0.0:587", .starttls, ["relay.example:587"]), ("[::]:465", .tls, ["relay.example:465"]),
      ("192.0.2.1:587", .starttls, ["192.0.2.1:587"]),
      // In clear a password is taken on this host only.
      ("0.0.0.0:25", .none, ["127.0.0.1:25"]), ("[::]:25", .none, ["::1:25"]), ("192.0.2.1:25", .none, []),
      // Neither stands in an app's form.
      ("/run/letterhead/submit.sock", .none, []), ("systemd:smtp", .none, []),
    ] as [(String, Security, [String])])
  func `are those where its password is taken`(address: String, security: Security, places: [String]) throws {
    let text = """
      hostname = "relay.example"
      [[listener]]
      address = "127.0.0.1:2525"
      [entity.acme]
      name = "Acme"
      """
    var configuration = try Configuration.parse(text, file: "/etc/letterhead/letterhead.toml")
    configuration.listeners = [ListenerSettings(address: address, security: security)]
    let found = ControlSettings(configuration).signInPlaces
    #expect(found.map { "\($0.host):\($0.port)" } == places)
    #expect(found.allSatisfy { $0.security == security })
  }
}
