// The disk: calls that fail by chance, syncs that fail all, and a small file system that fills.

import Foundation
import Glibc

extension Torture {
  func breakTheDisk() throws {
    for (fault, name) in [
      ("write:ENOSPC:20", "ENOSPC on one write in 20"), ("write:EIO:20", "EIO on one write in 20"),
      ("fsync:EIO:5", "EIO on one sync in 5"), ("fsync:ENOSPC:5", "ENOSPC on one sync in 5"),
      ("write:EIO:40,fsync:EIO:10,open:EIO:10,rename:EIO:5,truncate:EIO:5", "EIO on anything, by chance"),
    ] {
      try failByChance(fault, name)
    }
    try failAll("fsync:EIO:1", "every sync fails")
    try failAll("write:ENOSPC:1", "every write finds no space")
    try fillSmallDisk()
  }

  private func trialOn(_ fault: String, failingWhile file: String) throws -> Trial {
    try trial {
      $0.settings = [
        "LD_PRELOAD": places.shim, "FAULTY_DISK_UNDER": places.work, "FAULTY_DISK_SWITCH": file,
        "FAULTY_DISK_SEED": "\(chance.next() % 1_000_000)", "FAULTY_DISK_FAIL": fault,
      ]
      $0.configuredLimits = "queue_min_free = \"1M\""
    }
  }

  private func set(_ file: String) { close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0o644)) }

  /// Load all the time, faults on and off. Refused is 4yz and never sent on; what got its 250 arrives.
  private func failByChance(_ fault: String, _ name: String) throws {
    let file = places.work + "/disk-fails"
    let trial = try trialOn(fault, failingWhile: file)
    defer { trial.end() }
    _ = try trial.relay.startAndGreet()
    trial.startLoad {
      $0.clients = 10
      $0.perSecond = 300
      $0.others = [300, 100_000, 300_000]
    }
    for _ in 0..<(isQuick ? 2 : 10) {
      usleep(500_000)
      set(file)
      usleep(UInt32.random(in: 300_000...2_000_000, using: &chance))
      unlink(file)
    }
    usleep(1_500_000)
    let result = trial.stopLoad()
    let after = trial.send(20)
    trial.recover(result)
    trial.recover(after)
    let account = trial.account(result, after)
    let bound = Self.inFlight * (isQuick ? 2 : 10)
    find(
      name,
      account.nothingLost && result.refused > 0 && after.accepted == 20 && account.twice <= bound
        && result.refusals.keys.allSatisfy { $0 == 452 || $0 == 451 },
      "\(account.text) (\(codes(result))); with the disk well again \(after.accepted) of 20 accepted, without a restart"
    )
  }

  private func codes(_ result: LoadResult) -> String {
    result.refusals.sorted { $0.key < $1.key }.map { "\($0.value) times \($0.key)" }.joined(separator: ", ")
  }

  /// Nothing gets its 250 while all fails, not even long after.
  private func failAll(_ fault: String, _ name: String) throws {
    let file = places.work + "/disk-fails"
    let trial = try trialOn(fault, failingWhile: file)
    defer { trial.end() }
    _ = try trial.relay.startAndGreet()
    let before = trial.send(20)
    trial.recover(before)
    set(file)
    let during = trial.send(30) { $0.others = [300_000] }
    usleep(1_000_000)
    let arrived = trial.sink.count
    let idle = trial.idleShare()
    unlink(file)
    usleep(1_500_000)
    let after = trial.send(20)
    usleep(1_500_000)
    let isGood =
      before.accepted == 20 && during.accepted == 0 && during.refused == 30 && arrived == 20 && after.accepted == 20
      && trial.sink.count == 40 && idle < 0.1
    find(
      name, isGood,
      "\(during.accepted) of \(during.begun) accepted meanwhile (\(codes(during))), \(arrived - 20) of them sent; "
        + "afterwards \(after.accepted) of 20; idle \(Int(idle * 100)) % of a processor")
  }

  /// 4 MiB of tmpfs, the provider away: the queue alone fills it, clients get 452. Then the provider comes back, and what
  /// is sent makes room.
  private func fillSmallDisk() throws {
    let place = try freshDirectory()
    guard mount("tmpfs", place, "tmpfs", 0, "size=4m,mode=0700") == 0 else {
      throw Failure.errno("Cannot mount a tmpfs on \(place)")
    }
    defer { umount2(place, Int32(MNT_DETACH)) }
    let trial = try trial {
      $0.state = place + "/state"
      $0.configuredLimits = "queue_min_free = \"64K\""
    }
    defer { trial.end() }
    _ = try trial.relay.startAndGreet()
    trial.sink.stop()
    let full = trial.send(2000, clients: 10) { $0.others = [100_000] }
    let idle = trial.idleShare()
    try trial.sink.start()
    trial.recover(full, within: 60)
    let account = trial.account(full)
    let isEmpty = trial.isEmpty(within: 20)
    let after = trial.send(100)
    find(
      "a tmpfs of 4 MiB fills",
      account.nothingLost && account.accepted > 0 && account.refused > 0 && account.twice == 0 && after.accepted == 100
        && isEmpty && full.refusals.keys.allSatisfy { $0 == 452 } && idle < 0.1,
      "\(account.text) (\(codes(full))); with space again \(after.accepted) of 100 accepted, without a restart; idle when "
        + "full \(Int(idle * 100)) % of a processor")
  }
}
