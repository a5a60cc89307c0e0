// Threads of our own, for what must not share the pool of the language.
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
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
  let box = Unmanaged.passRetained(ThreadBody(name: name, run: body))
  var thread = pthread_t()
  let status = pthread_create(
    &thread, nil,
    { argument in
      guard let argument else { return nil }
      let body = Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
      // The kernel takes 15 characters.
      pthread_setname_np(pthread_self(), String(body.name.prefix(15)))
      body.run()
      return nil
    }, box.toOpaque())
  precondition(status == 0, "cannot start a thread: \(status)")
  pthread_detach(thread)
}
