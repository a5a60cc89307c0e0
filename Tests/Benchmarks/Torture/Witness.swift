// A client that does everything right, again and again, and notes how long it had to wait.

import Foundation
import Synchronization

final class Witness: Sendable {
  private let stopped = Stop()
  private let thread: Worker
  private let worst: Worst

  private final class Worst: Sendable {
    let seconds = Mutex(0.0)
    let served = Mutex(0)
  }

  /// - Parameter rests: seconds between two messages.
  init(_ port: UInt16, rests: Double = 0.2) {
    let worst = Worst()
    self.worst = worst
    thread = Worker { [stopped] in
      while !stopped.isSet {
        let begin = now()
        let isServed = Self.sendsOne(port)
        // Not served is worse than late.
        let seconds = isServed ? (now() - begin).inSeconds : 60
        worst.seconds.withLock { $0 = max($0, seconds) }
        if isServed { worst.served.withLock { $0 += 1 } }
        usleep(UInt32(rests * 1_000_000))
      }
    }
  }

  /// - Returns: the longest that connecting, sending and the 250 took; 60 where one was not served.
  func end() -> Double {
    stopped.set()
    thread.join()
    return worst.seconds.withLock { $0 }
  }

  var served: Int { worst.served.withLock { $0 } }

  private static func sendsOne(_ port: UInt16) -> Bool {
    guard let client = RawClient(port), client.begin() == 354 else { return false }
    client.say("Subject: witness\r\n\r\nAll is well.\r\n.\r\n")
    return client.hear() == 250 && client.ask("QUIT") == [221]
  }
}
