// A wait that somebody may end before its time. One at a time; belongs to one actor.

final class WakeableWait {
  private let tasks: TaskTracker
  private var task: Task<Void, Never>?

  init(in tasks: TaskTracker) {
    self.tasks = tasks
  }

  /// Returns when `body` has, which is cancelled by `wake` or when the caller is.
  ///
  /// - Returns: whether `body` came to its end without being cancelled.
  @discardableResult
  func wait(_ body: @escaping @Sendable () async -> Void) async -> Bool {
    guard !Task.isCancelled else { return false }
    let task = tasks.begin(body)
    self.task = task
    await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    self.task = nil
    return !task.isCancelled
  }

  func wake() { task?.cancel() }
}
