// The newest value of something, for readers that must not wait: the directory is read at every message.

import Synchronization

/// A value that is replaced whole, readable from any thread.
final class AtomicBox<Value: Sendable>: Sendable {
  private let stored: Mutex<Value>

  init(_ value: Value) {
    stored = Mutex(value)
  }

  var value: Value { stored.withLock { $0 } }

  func replace(with newer: Value) {
    stored.withLock { $0 = newer }
  }
}
