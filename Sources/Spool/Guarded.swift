// A value behind a mutex, with a bell to wait for. A condition is needed here, not only a lock: the writer thread sleeps
// until there is work or a message falls due.

import Glibc

/// `@unchecked`: the value is touched only while the mutex is held.
final class Guarded<Value>: @unchecked Sendable {
  private var value: Value
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let bell = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(_ value: sending Value) {
    self.value = value
    mutex.initialize(to: pthread_mutex_t())
    bell.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // The wall clock may be set back for hours while we sleep.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(bell, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(bell)
    pthread_mutex_destroy(mutex)
    bell.deallocate()
    mutex.deallocate()
  }

  func withLock<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }

  /// Wakes one waiting thread; it looks again once the lock is free.
  func ring() { pthread_cond_signal(bell) }

  /// Sleeps while `idle` holds, at most `milliseconds` (`nil`: for ever), then runs `body` under the same lock.
  func wait<Result>(
    upTo milliseconds: Int64?, while idle: (borrowing Value) -> Bool, then body: (inout Value) -> Result
  ) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if let milliseconds {
      var end = Self.deadline(in: milliseconds)
      while idle(value), pthread_cond_timedwait(bell, mutex, &end) != ETIMEDOUT {}
    } else {
      while idle(value) { pthread_cond_wait(bell, mutex) }
    }
    return body(&value)
  }

  private static func deadline(in milliseconds: Int64) -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let nanoseconds = Int64(time.tv_nsec) + max(milliseconds, 0) * 1_000_000
    time.tv_sec += Int(nanoseconds / 1_000_000_000)
    time.tv_nsec = Int(nanoseconds % 1_000_000_000)
    return time
  }
}

/// Starts a thread of our own and lets it run.
func startThread(_ body: @escaping @Sendable () -> Void) {
  final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, nil,
    { raw in
      guard let raw else { return nil }
      Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run()
      return nil
    }, Unmanaged.passRetained(Body(body)).toOpaque())
  precondition(failure == 0, "no thread to be had: \(failure)")
  pthread_detach(thread)
}
