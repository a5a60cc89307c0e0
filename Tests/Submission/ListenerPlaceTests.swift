import Submission
import Testing

@Suite struct ListenerPlaceTests {
  @Test(
    arguments: [
      ("127.0.0.1:25", .network(host: "127.0.0.1", port: 25)), ("[::1]:0", .network(host: "::1", port: 0)),
      ("/run/letterhead/submit.sock", .unixSocket(path: "/run/letterhead/submit.sock")),
      ("systemd:smtp", .activated(name: "smtp")),
      ("localhost:25", nil), ("127.0.0.1", nil), ("127.0.0.1:70000", nil), ("", nil), ("run/submit.sock", nil),
      ("/", nil), ("/run/a b", nil), ("/run/\0", nil), ("systemd:", nil), ("systemd:a:b", nil), ("systemd:ü", nil),
    ] as [(String, ListenerPlace?)])
  func `an address is numeric, a whole path, or a name of systemd's`(text: String, place: ListenerPlace?) {
    #expect(ListenerPlace(text) == place)
  }

  @Test func `a path is no longer than the kernel takes`() {
    let path = "/" + String(repeating: "a", count: 106)
    #expect(ListenerPlace(path) == .unixSocket(path: path) && ListenerPlace(path + "a") == nil)
  }
}
