// Temporary: until System is here.
package import Foundation

package protocol TimeSource: Sendable {
  var now: Date { get }
  func sleep(until time: Date) async
}

extension TimeSource {
  package func sleep(for span: Duration) async {
    await sleep(until: now + span / .seconds(1))
  }
}

package struct SystemTime: TimeSource {
  package init() {}
  package var now: Date { Date() }
  package func sleep(until time: Date) async {
    try? await Task.sleep(for: .seconds(time.timeIntervalSinceNow))
  }
}
