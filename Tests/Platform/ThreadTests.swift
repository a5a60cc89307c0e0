// Threads of this program's own: that they end, and how others learn of it.

import Foundation
import Synchronization
import Testing

@testable import Platform

@Suite struct ThreadTests {
  @Test func `a joined thread has ended, and a second join returns at once`() {
    let hasRun = Mutex(false)
    let thread = startThread(named: "joined") { hasRun.withLock { $0 = true } }
    thread.join()
    #expect(hasRun.withLock { $0 })
    thread.join()
  }

  @Test func `a wait for all threads ends with its limit while one of them runs`() {
    let bell = Doorbell()
    let number = bell.number
    let thread = startThread(named: "waiting") {
      var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      poll(&waiting, 1, -1)
    }
    #expect(!waitForThreads(within: .milliseconds(1)))
    bell.ring()
    thread.join()
  }
}
