// How the relay learns what changed: at once of its own changes, by the storage of those of other processes.

import Foundation
import Logging
import Logs
import Synchronization

/// The newest directory and registry of apps, and who wants to hear of the next.
struct DirectoryFeed {
  /// `nil` when it is known to be out of date.
  private(set) var newest: Directory?
  /// Of the storage when `newest` was read; `nil` makes the next look read again.
  private(set) var version: Int?
  var followers: [Int: AsyncStream<Directory>.Continuation] = [:]
  var appFollowers: [Int: AsyncStream<AppRegistry>.Continuation] = [:]
  var watch: Task<Void, Never>?
  var lastTrouble: StoreError?
  private var readings = 0
  private var newestReading = 0
  private var newestAppReading = 0
  private var joined = 0

  var hasFollowers: Bool { !followers.isEmpty || !appFollowers.isEmpty }

  /// Should it fail, the next look tries again.
  mutating func startReading() -> Int {
    version = nil
    readings += 1
    return readings
  }

  mutating func outdate() {
    (newest, version) = (nil, nil)
  }

  mutating func take(_ directory: Directory, reading: Int, version: Int) {
    guard reading > newestReading else { return }
    newestReading = reading
    self.version = version
    lastTrouble = nil
    guard directory != newest else { return }
    newest = directory
    for follower in followers.values { follower.yield(directory) }
  }

  mutating func join(_ follower: AsyncStream<Directory>.Continuation) -> Int {
    joined += 1
    followers[joined] = follower
    if let newest { follower.yield(newest) }
    return joined
  }

  mutating func join(_ follower: AsyncStream<AppRegistry>.Continuation) -> Int {
    joined += 1
    appFollowers[joined] = follower
    return joined
  }

  /// - Returns: `false` when a later reading was quicker.
  mutating func takesApps(of reading: Int) -> Bool {
    guard reading > newestAppReading else { return false }
    newestAppReading = reading
    return true
  }
}

extension MailboxStore {
  /// The present state at once, and a newer one after every change, by this process or another; only the newest waits.
  ///
  /// A new refresh token is a change as well: compare generations to learn whether a connection is another.
  package func changes() -> AsyncStream<Directory> {
    let (stream, follower) = AsyncStream.makeStream(of: Directory.self, bufferingPolicy: .bufferingNewest(1))
    let number = feed.join(follower)
    follower.onTermination = { [weak self] _ in
      Task.detached { await self?.leave(number) }
    }
    if feed.watch == nil { feed.watch = watch() }
    return stream
  }

  /// What is kept of apps, now and after every change, by this process or another; only the newest waits.
  package func appChanges() -> AsyncStream<AppRegistry> {
    let (stream, follower) = AsyncStream.makeStream(of: AppRegistry.self, bufferingPolicy: .bufferingNewest(1))
    let number = feed.join(follower)
    follower.yield(apps)
    follower.onTermination = { [weak self] _ in
      Task.detached { await self?.leave(number) }
    }
    if feed.watch == nil { feed.watch = watch() }
    return stream
  }

  func take(_ registry: AppRegistry, reading: Int) {
    guard feed.takesApps(of: reading), registry != apps else { return }
    knownApps.withLock { $0 = registry }
    for follower in feed.appFollowers.values { follower.yield(registry) }
  }

  /// Brings followers up to date after a change of our own, which the storage's version need not show.
  func tellFollowers() async {
    if !feed.hasFollowers {
      feed.outdate()
    } else {
      await lookAgain()
    }
  }

  private func leave(_ number: Int) {
    feed.followers[number] = nil
    feed.appFollowers[number] = nil
    guard !feed.hasFollowers else { return }
    feed.watch?.cancel()
    feed.watch = nil
  }

  /// Detached: the looks must neither hold the store nor stay on the loop of whoever asked first.
  private func watch() -> Task<Void, Never> {
    let changes = storage.changes()
    return Task.detached { [weak self] in
      for await _ in changes { await self?.lookIfChanged() }
    }
  }

  private func lookIfChanged() async {
    do throws(StoreError) {
      if try await storage.version() != feed.version { await lookAgain() }
    } catch {
      complain(error)
    }
  }

  /// Reads all of it; followers hear of what is other.
  func lookAgain() async {
    do throws(StoreError) {
      _ = try await load()
    } catch {
      complain(error)
    }
  }

  /// The last good directory stands meanwhile. Said once for each trouble, not at every look.
  private func complain(_ error: StoreError) {
    guard feed.lastTrouble != error else { return }
    feed.lastTrouble = error
    log?.tell(.connectionsUnreadable, [.reason: "\(error)"])
  }
}
