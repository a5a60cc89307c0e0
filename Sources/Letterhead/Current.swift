// The newest value of something, for whoever must not wait for it: routes ask for the directory at every message.

import Synchronization

/// A value that is replaced whole, readable from any thread.
final class Current<Value: Sendable>: Sendable {
  private let value: Mutex<Value>

  init(_ value: Value) {
    self.value = Mutex(value)
  }

  var now: Value { value.withLock { $0 } }

  func replace(with newer: Value) {
    value.withLock { $0 = newer }
  }
}
