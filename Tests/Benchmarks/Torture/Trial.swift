// One relay, one provider, one load, and the account of what was promised and what came.

import Foundation
import Glibc
import Synchronization

final class Trial {
  let relay: LetterheadRelay
  let sink: Sink
  let directory: String
  private let number: UInt32
  /// Messages that got their 250 beside the load's.
  var promised = 0
  private var load: Running?
  /// No two loads of a trial share a number.
  private var nextNumber: UInt32 = 0

  private struct Running {
    let thread: Worker
    let stop: Stop
    let result: Kept
  }

  private final class Kept: Sendable {
    let result = Mutex(LoadResult())
  }

  init(
    _ places: Places, directory: String, run: UInt32, provider: Sink.Settings, _ change: (inout Surroundings) -> Void
  ) throws {
    self.directory = directory
    number = run
    sink = try Sink(provider)
    sink.expect(run)
    var surroundings = Surroundings(provider: sink.port, shim: places.shim)
    change(&surroundings)
    relay = try LetterheadRelay(binary: places.binary, directory: directory, surroundings)
  }

  func end() {
    relay.stop()
    sink.stop()
  }

  // MARK: Load

  /// Begins to send on a thread of its own, until `stopLoad` or until all is sent.
  func startLoad(_ change: (inout Load) -> Void) {
    let stop = Stop()
    let kept = Kept()
    var load = Load(port: relay.port, clients: 10)
    load.run = number
    load.stop = stop
    load.first = nextNumber
    load.mostBroken = 1_000_000
    load.pauseMilliseconds = 20
    load.giveUpAfter = 3600
    change(&load)
    let thread = Worker { [load] in
      let result = load.perform()
      kept.result.withLock { $0 = result }
    }
    self.load = Running(thread: thread, stop: stop, result: kept)
  }

  /// Returns when every client has its last answer.
  func stopLoad() -> LoadResult {
    load?.stop.set()
    return waitForLoad()
  }

  private func waitForLoad() -> LoadResult {
    guard let running = load.take() else { return LoadResult() }
    running.thread.join()
    let result = running.result.result.withLock { $0 }
    nextNumber += UInt32(result.begun)
    return result
  }

  /// Sends so many and returns when all are answered.
  func send(_ messages: Int, clients: Int = 4, _ change: (inout Load) -> Void = { _ in }) -> LoadResult {
    startLoad {
      $0.messages = messages
      $0.clients = clients
      $0.giveUpAfter = 60
      $0.mostBroken = 10_000
      change(&$0)
    }
    return waitForLoad()
  }

  // MARK: The account

  struct Account {
    var accepted = 0
    var refused = 0
    var broken = 0
    var lost = 0
    var twice = 0
    var short = 0
    var firstShort = ""
    /// Answered with a refusal, and arrived all the same.
    var refusedAndArrived = 0

    var nothingLost: Bool { lost == 0 && short == 0 && refusedAndArrived == 0 }
    var text: String {
      var text = "\(accepted) accepted, \(lost) lost, \(twice) came once more"
      if refused > 0 { text += ", \(refused) refused" }
      if refusedAndArrived > 0 { text += ", \(refusedAndArrived) refused and yet sent" }
      if short > 0 { text += ", \(short) cut short (\(firstShort))" }
      return text
    }
  }

  func account(_ results: LoadResult...) -> Account {
    let seen = sink.seen
    var account = Account(twice: seen.duplicates, short: seen.short, firstShort: seen.firstShort)
    for result in results {
      account.accepted += result.accepted
      account.refused += result.refused
      account.broken += result.broken
      account.lost += result.acceptedNumbers.count { seen.times($0) == 0 }
      account.refusedAndArrived += result.refusedNumbers.count { seen.times($0) > 0 }
    }
    return account
  }

  /// As a person would after trouble: connects again where a flag is up, and has everything tried now; until all has
  /// come or the time is over.
  func recover(_ result: LoadResult, within seconds: Double = 90) {
    let end = now() + UInt64.seconds(seconds)
    var hurry = now()
    while now() < end {
      let seen = sink.seen
      if result.acceptedNumbers.allSatisfy({ seen.times($0) > 0 }) { break }
      if now() >= hurry {
        if status.contains("\"error_flag\" : true") { try? relay.connect() }
        try? relay.command("queue", "retry", "--all")
        hurry = now() + UInt64.seconds(3)
      }
      usleep(100_000)
    }
    // One that comes once more comes soon.
    usleep(300_000)
  }

  /// Until the queue is empty, as the status file has it.
  func isEmpty(within seconds: Double) -> Bool {
    let end = now() + UInt64.seconds(seconds)
    repeat {
      if status.contains("\"queued\" : 0") { return true }
      usleep(200_000)
    } while now() < end
    return false
  }

  var status: String { (try? String(contentsOfFile: directory + "/status.json", encoding: .utf8)) ?? "" }

  // MARK: What it costs

  var descriptors: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(relay.pid)/fd").count) ?? 0 }

  var logLines: Int {
    let log = FileManager.default.contents(atPath: relay.logFile) ?? Data()
    return log.count { $0 == 10 }
  }

  /// The share of one processor that it takes while nothing happens.
  func idleShare(of seconds: Double = 2) -> Double {
    let (before, start) = (relay.tree.processorSeconds, now())
    usleep(UInt32(seconds * 1_000_000))
    return (relay.tree.processorSeconds - before) / (now() - start).inSeconds
  }
}
