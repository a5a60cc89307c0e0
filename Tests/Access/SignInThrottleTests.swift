// What becomes of those who guess passwords.

import Access
import Foundation
import SMTP
import Testing

private let start = Date(timeIntervalSince1970: 1_764_000_000)

private func after(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

@Suite struct `The sign-in throttle` {
  @Test func `waits longer each time, and closes after six`() {
    var throttle = SignInThrottle()
    var delays: [Duration] = []
    for time in [0, 1, 3, 6, 11, 20].map(Double.init) {
      #expect(throttle.admission(of: "uid:33", at: after(time)) == .open)
      delays.append(throttle.fail("uid:33", at: after(time)) ?? .zero)
    }
    #expect(delays == [0.5, 1, 2, 4, 8, 8].map { .seconds($0) })
    #expect(throttle.admission(of: "uid:33", at: after(29)) == .closed(until: after(920)))
    #expect(SignInThrottle.refusal.code == 421)
  }

  @Test func `seven wrong passwords of one user do not slow another with the same account`() {
    var throttle = SignInThrottle()
    for second in 0..<7 { _ = throttle.fail("uid:33", at: after(Double(second))) }
    #expect(throttle.admission(of: "uid:34", at: after(7)) == .open)
    #expect(throttle.fail("uid:34", at: after(7)) == .milliseconds(500))
  }

  @Test func `forgets after a quarter of an hour`() {
    var throttle = SignInThrottle()
    for second in 0..<6 { _ = throttle.fail("uid:33", at: after(Double(second))) }
    #expect(throttle.admission(of: "uid:33", at: after(904)) != .open)
    #expect(throttle.admission(of: "uid:33", at: after(905)) == .open)
    #expect(throttle.fail("uid:33", at: after(905)) == .milliseconds(500))
  }

  @Test func `a right password clears what was wrong before`() {
    var throttle = SignInThrottle()
    for second in 0..<5 { _ = throttle.fail("uid:33", at: after(Double(second))) }
    #expect(throttle.succeed("uid:33", at: after(20)) == true)
    #expect(throttle.fail("uid:33", at: after(21)) == .milliseconds(500))
  }

  @Test func `looks at three wrong ones a second, however many connections there are`() {
    var throttle = SignInThrottle()
    for tenth in 0..<3 { _ = throttle.fail("uid:33", at: after(Double(tenth) / 10)) }
    #expect(throttle.admission(of: "uid:33", at: after(0.9)) == .closed(until: after(1)))
    #expect(throttle.admission(of: "uid:33", at: after(1)) == .open)
    // One good password among them does not open the way for more.
    #expect(throttle.succeed("uid:33", at: after(0.9)) == false)
    #expect(throttle.admission(of: "uid:33", at: after(0.95)) == .closed(until: after(1)))
    #expect(throttle.admission(of: "uid:33", at: after(1)) == .open)
  }

  @Test func `of two hundred that began at once, answers three, whatever their passwords are`() {
    var throttle = SignInThrottle()
    for _ in 0..<200 { #expect(throttle.admission(of: "uid:33", at: start) == .open) }
    #expect((0..<199).count { _ in throttle.fail("uid:33", at: start) != nil } == 3)
    #expect(throttle.succeed("uid:33", at: start) == false, "who guessed right among them is not told so")
    var second = 1.0
    while throttle.fail("uid:33", at: after(second)) != nil { second += 1 }
    #expect(second == 4, "six, and then none")
  }

  @Test func `right passwords close nobody out, however many there are at once`() {
    var throttle = SignInThrottle()
    for _ in 0..<200 { #expect(throttle.succeed("uid:33", at: start) == true) }
  }

  @Test func `a clock set back closes nobody out for longer`() {
    var throttle = SignInThrottle()
    for second in 0..<6 { _ = throttle.fail("uid:33", at: after(Double(second))) }
    #expect(throttle.admission(of: "uid:33", at: after(-1e8)) == .open)
  }

  @Test func `remembers so many peers, and those that were wrong last`() {
    var throttle = SignInThrottle()
    for number in 0..<6 { _ = throttle.fail("net:192.0.2.1", at: after(Double(number))) }
    for number in 0..<SignInThrottle.mostPeers {
      _ = throttle.fail("net:\(number)", at: after(10 + Double(number) / 1000))
    }
    #expect(throttle.admission(of: "net:192.0.2.1", at: after(30)) == .open)
    _ = throttle.fail("net:\(SignInThrottle.mostPeers - 1)", at: after(30))
    #expect(throttle.fail("net:\(SignInThrottle.mostPeers - 1)", at: after(31)) == .seconds(2))
  }
}
