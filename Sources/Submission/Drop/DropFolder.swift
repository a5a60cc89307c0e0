// The folder in which letterhead-sendmail leaves mail while no relay answers. Everybody may put files there (mode 1733)
// and only the relay may list them, take them and delete them.
//
// A file goes when its message is in the spool. A crash between the two sends the message once more.

import FoundationEssentials
import Glibc
package import Logging
import Logs
import Message
package import Platform

/// Reads the drop folder on a thread of its own.
package actor DropFolder {
  /// What is known of a file that lies there.
  private enum Memory {
    /// Looked at, told of, and left alone.
    case ignored
    case waiting(until: Date)
  }

  private let path: String
  private let maxMessageOctets: Int
  private let log: Logger
  private let time: any TimeSource
  private let worker = Worker(name: "drop")
  private let refused: RefusedDrops
  private var memories: [String: Memory] = [:]

  package nonisolated var unownedExecutor: UnownedSerialExecutor { worker.asUnownedSerialExecutor() }

  /// How long a file may be unfinished before its writer counts as dead.
  private static let patience: TimeInterval = 3600
  /// After a verdict of `later`.
  private static let pause: TimeInterval = 60
  /// More files than this are not told of: whoever makes them fills neither the log nor the memory.
  private static let mostMemories = 1000

  package init(at path: String, maxMessageOctets: Int, log: Logger, time: any TimeSource = SystemTime()) {
    self.path = path
    self.maxMessageOctets = maxMessageOctets
    self.log = log
    self.time = time
    refused = RefusedDrops(in: path)
  }

  /// Makes the folder where it is missing, and sets its mode. The folder above must be there.
  ///
  /// - Throws: `EACCES` when it belongs to somebody else, who could then read and change everybody's mail in it.
  package func prepare() throws(SystemError) {
    guard mkdir(path, 0o733) == 0 || errno == EEXIST else { throw SystemError() }
    let folder = try Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    var found = stat()
    guard fstat(folder.number, &found) == 0 else { throw SystemError() }
    guard found.st_uid == geteuid() else { throw SystemError(EACCES) }
    // Whatever the umask is.
    guard fchmod(folder.number, 0o1733) == 0 else { throw SystemError() }
    try refused.prepare()
  }

  /// Hands in what lies there and what will come, oldest first and one at a time, until the task is cancelled.
  ///
  /// - Parameter submit: called on this folder's thread, which may wait for the disk.
  package func run(_ submit: @Sendable (DroppedMessage) async -> DropVerdict) async {
    let watch = FolderWatch(path)
    await withTaskCancellationHandler {
      while !Task.isCancelled {
        // Behind what was taken there may be more of the same owner's.
        if await sweep(submit) == 0 { watch.wait(upTo: untilNext) }
      }
    } onCancel: {
      watch.end()
    }
  }

  /// Hands in what lies there and is due.
  ///
  /// - Returns: of how many files the relay is rid.
  @discardableResult
  package func sweep(_ submit: @Sendable (DroppedMessage) async -> DropVerdict) async -> Int {
    let files = listing().oldestFirst
    let present = Set(files.map(\.name))
    memories = memories.filter { name, _ in present.contains(name) }
    var gone = 0
    for file in files where !Task.isCancelled && isDue(file.name) {
      if await take(file, submit) { gone += 1 }
    }
    // What was taken must not be back after a power cut.
    if gone > 0 { try? Descriptor.open(path, O_RDONLY | O_DIRECTORY).synchronize() }
    refused.expire(now: time.now)
    return gone
  }

  private func listing() -> DropOrder {
    var order = DropOrder()
    FolderListing.read(path) { name in
      var found = stat()
      if name != RefusedDrops.name, lstat("\(path)/\(name)", &found) == 0 { order.add(name, found) }
      return true
    }
    return order
  }

  private func isDue(_ name: String) -> Bool {
    switch memories[name] {
    case .ignored: false
    case .waiting(let end): end <= time.now
    case nil: true
    }
  }

  /// Until a file that waits is due; an hour where none does, because what was set aside expires.
  private var untilNext: Duration {
    let ends = memories.values.compactMap { if case .waiting(let end) = $0 { end } else { nil } }
    let seconds = min(max(0, ends.min().map { $0.timeIntervalSince(time.now) } ?? 3600), 3600)
    return .milliseconds(Int(seconds * 1000) + 1)
  }

  // MARK: One file

  /// - Returns: true when it no longer lies there.
  private func take(_ file: DropOrder.File, _ submit: @Sendable (DroppedMessage) async -> DropVerdict) async -> Bool {
    memories[file.name] = nil
    if DropName.isUnfinished(file.name) { return awaitEnd(of: file) }
    do throws(DropFault) {
      guard DropName.isFinished(file.name) else { throw .malformed }
      let message = try DroppedMessage.open("\(path)/\(file.name)", limit: maxMessageOctets)
      return settle(file.name, message.owner, await submit(message))
    } catch {
      switch error {
      case .unfinished: return awaitEnd(of: file)
      case .unreadable(let why) where !why.isForbidden: wait(with: file.name, because: "\(error)")
      default: leave(file.name, about(file.name, "\(error)"))
      }
      return false
    }
  }

  private func settle(_ name: String, _ owner: UInt32, _ verdict: DropVerdict) -> Bool {
    switch verdict {
    case .accepted: delete(name)
    case .later(let why): wait(with: name, because: why, owner)
    case .refused(let why): return setAside(name, because: why, owner)
    }
    return verdict == .accepted
  }

  /// A file that stays in spite of that must not be handed in once more.
  private func delete(_ name: String) {
    guard unlink("\(path)/\(name)") != 0, errno != ENOENT else { return }
    memories[name] = .ignored
    log.tell(.dropNotDeleted, about(name, "\(SystemError())"))
  }

  private func wait(with name: String, because why: String, _ owner: UInt32? = nil) {
    memories[name] = .waiting(until: time.now + Self.pause)
    log.tell(.dropWaits, about(name, why, owner))
  }

  private func awaitEnd(of file: DropOrder.File) -> Bool {
    let end = file.changedAt + Self.patience
    guard end > time.now else { return setAside(file.name, because: "\(DropFault.unfinished) after an hour", nil) }
    memories[file.name] = .waiting(until: end)
    return false
  }

  private func setAside(_ name: String, because why: String, _ owner: UInt32?) -> Bool {
    do throws(SystemError) { try refused.take(name) } catch {
      leave(name, about(name, "\(why); it cannot be moved: \(error)", owner))
      return false
    }
    log.tell(.dropRefused, about(name, why, owner))
    return true
  }

  /// Does not look at it again, and tells of it once.
  private func leave(_ name: String, _ fields: LoggedFields) {
    guard memories.count < Self.mostMemories else { return }
    memories[name] = .ignored
    log.tell(.dropIgnored, fields)
  }

  private func about(_ name: String, _ why: String, _ owner: UInt32? = nil) -> LoggedFields {
    [.file: name.harmless(), .reason: why.harmless(), .uid: owner.map { "\($0)" }]
  }
}

extension SystemError {
  /// It will not be otherwise in a minute, unlike a lack of descriptors.
  fileprivate var isForbidden: Bool { code == EACCES || code == EPERM }
}
