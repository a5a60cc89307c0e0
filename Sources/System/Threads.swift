// Threads of this program's own, for work that must not occupy the thread pool of Swift's runtime.
import CLinux
import Glibc

private final class ThreadBody {
  let name: String
  let run: () -> Void

  init(name: String, run: @escaping () -> Void) {
    self.name = name
    self.run = run
  }
}

/// Starts a detached thread that ends when `body` returns.
///
/// - Parameter name: for people who look at the process; the kernel keeps its first 15 characters.
package func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
  let box = Unmanaged.passRetained(ThreadBody(name: name, run: body))
  var thread = pthread_t()
  let status = pthread_create(
    &thread, nil,
    { argument in
      guard let argument else { return nil }
      let body = Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
      pthread_setname_np(pthread_self(), String(body.name.prefix(15)))
      body.run()
      return nil
    }, box.toOpaque())
  precondition(status == 0, "cannot start a thread: \(status)")
  pthread_detach(thread)
}
