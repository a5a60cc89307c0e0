// Which clients a listener serves at all.

import Access
import Testing

@testable import Submission

@Suite struct ListenerSettingsTests {
  @Test func `this host itself is served, whatever else is allowed`() {
    let bare = ListenerSettings(address: "0.0.0.0:25")
    let lan = ListenerSettings(address: "0.0.0.0:25", allow: ["192.168.1.0/24"].compactMap(ClientNetwork.init))
    for settings in [bare, lan] {
      #expect(settings.serves("127.0.0.1") && settings.serves("127.1.2.3") && settings.serves("::1"))
      #expect(!settings.serves("203.0.113.9"))
    }
    #expect(lan.serves("192.168.1.5") && !bare.serves("192.168.1.5"))
  }
}
