// How many messages may be under way at once. Pure.

import Testing

@testable import TransportSMTP

@Suite struct `The pipelining window` {
  private func widened(to limit: Int) -> PipelineWindow {
    var window = PipelineWindow()
    while window.limit < limit { window.conclude(0, isPrompt: true) }
    return window
  }

  private func filled(_ window: PipelineWindow, with octets: Int) -> PipelineWindow {
    var window = window
    while window.room > 0 {
      window.enter()
      window.write(octets)
    }
    return window
  }

  @Test func `opens with what is delivered, to 64 at most`() {
    var window = PipelineWindow()
    #expect(window.room == 1, "one at first")
    for expected in 2...100 {
      window.enter()
      window.write(1)
      window.conclude(1, isPrompt: true)
      window.leave()
      #expect(window.limit == min(expected, 64) && window.room == window.limit)
    }
    #expect(filled(window, with: 1).count == 64)
  }

  @Test func `narrows by half with what is not, or not in time`() {
    var window = widened(to: 21)
    window.conclude(0, isPrompt: false)
    #expect(window.limit == 10)
    window.conclude(0, isPrompt: false)
    #expect(window.limit == 5)
    for _ in 0..<5 { window.conclude(0, isPrompt: false) }
    #expect(window.limit == 1)
  }

  @Test func `takes no more than a megabyte`() {
    #expect(filled(widened(to: 64), with: 64 << 10).count == 16)
  }

  @Test func `takes any message when nothing is under way`() {
    var window = widened(to: 64)
    window.enter()
    window.write(2 << 20)
    #expect(window.room == 0)
    window.conclude(2 << 20, isPrompt: true)
    window.leave()
    #expect(window.room == 64)
  }
}
