// A value behind a mutex, with a condition to wait on. Mutex of the standard library has no condition, hence POSIX's two.
package import Glibc

/// `@unchecked`: the value is touched only while the mutex is held.
// Inlinable, because generic code is otherwise not specialized for the module that uses it, and the spool's writer uses
// this for every message.
package final class Monitor<Value>: @unchecked Sendable {
  @usableFromInline var value: Value
  @usableFromInline let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  @usableFromInline let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  package init(_ value: sending Value) {
    self.value = value
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // The wall clock may be set back for hours during a wait.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` while no other thread can see the value.
  @inlinable
  package func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }

  /// Wakes one waiting thread, which then looks at the value again.
  package func signal() { pthread_cond_signal(condition) }

  /// Wakes all waiting threads.
  package func broadcast() { pthread_cond_broadcast(condition) }

  /// Waits until `mustWait` is false of the value, or until `limit` has passed (`nil`: without a limit). Then runs `body`
  /// under the same lock.
  @inlinable
  package func wait<Result>(
    upTo limit: Duration?, while mustWait: (borrowing Value) -> Bool, then body: (inout Value) -> Result
  ) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    let end = limit.map { monotonicNanoseconds(in: $0) }
    while mustWait(value), waitForSignal(until: end) {}
    return body(&value)
  }

  /// - Parameter end: as ``monotonicNanoseconds(in:)`` counts; `nil` for ever.
  /// - Returns: false when the time is over.
  @usableFromInline
  func waitForSignal(until end: Int?) -> Bool {
    guard let end else { return pthread_cond_wait(condition, mutex) == 0 }
    var time = timespec(tv_sec: end / 1_000_000_000, tv_nsec: end % 1_000_000_000)
    return pthread_cond_timedwait(condition, mutex, &time) != ETIMEDOUT
  }
}

/// The monotonic clock's reading after `span`.
@usableFromInline
func monotonicNanoseconds(in span: Duration) -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  // A century is as good as for ever, and does not overflow.
  let (seconds, attoseconds) = min(max(span, .zero), .seconds(100 * 365 * 86_400)).components
  return (time.tv_sec + Int(seconds)) * 1_000_000_000 + time.tv_nsec + Int(attoseconds / 1_000_000_000)
}
