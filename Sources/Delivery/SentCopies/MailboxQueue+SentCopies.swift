// A queue and the worker that files the copies of what it sends: begun, told and ended with it.

import Mailboxes
import Spool

/// A worker with the task that runs it.
struct RunningSentCopyWorker: Sendable {
  let worker: SentCopyWorker
  let task: Task<Void, Never>
}

extension MailboxQueue {
  /// Whether what is sent now is to be filed.
  var filesCopies: Bool { copies != nil && entity.sentCopies.filesCopies(through: mailbox) }

  func beginFiling() {
    guard let filing = context.filing, SpoolKey.isEntity(entity.key) else { return }
    let worker = SentCopyWorker(mailbox, of: entity, in: context, filing: filing)
    copies = RunningSentCopyWorker(
      worker: worker, task: Task(executorPreference: filing.executor) { await worker.run() })
  }

  /// Returns when nothing more is filed. A server that does not answer is not waited for.
  func endFiling() async {
    copies?.task.cancel()
    await copies?.task.value
    copies = nil
  }

  /// There may be a new copy.
  ///
  /// - Parameter isHurried: a person wants to know whether the mailbox takes them now.
  func fileSoon(hurried isHurried: Bool = false) {
    guard let worker = copies?.worker else { return }
    tasks.begin { await worker.wake(hurried: isHurried) }
  }
}
