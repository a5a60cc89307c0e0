// What a process may run out of: descriptors, memory, a clock that goes forward, names that are found.

import Foundation
import Glibc

extension Torture {
  func takeResources() throws {
    try useUpDescriptors()
    try limitMemory()
    try setClock(by: 86_400, "forward")
    try setClock(by: -86_400, "back")
    try hangLookUps()
  }

  /// 128 descriptors and 400 clients that want one each, while mail is sent.
  private func useUpDescriptors() throws {
    let trial = try trial { $0.limits = ["/usr/bin/prlimit", "--nofile=128:128"] }
    defer { trial.end() }
    _ = try trial.relay.startAndGreet()
    // These have their connections before the crowd comes.
    trial.startLoad {
      $0.clients = 8
      $0.perSecond = 100
      $0.others = [300_000]
    }
    usleep(300_000)
    let crowd = IdleClients(400, port: trial.relay.port, seconds: 4)
    let used = trial.descriptors
    let during = trial.stopLoad()
    let share = trial.idleShare()
    crowd.close()
    usleep(1_500_000)
    let after = trial.send(100)
    trial.recover(during)
    trial.recover(after)
    let account = trial.account(during, after)
    let isGood =
      (60..<128).contains(used) && share < 0.1 && after.accepted == 100 && during.accepted > 50 && account.nothingLost
      && Child.isAlive(trial.relay.pid)
    find(
      "descriptors used up (ulimit -n 128)", isGood,
      String(
        format: "%d of 128 in use with %d clients of 400; %.0f %% of a processor when idle; %@", used, crowd.served,
        share * 100, account.text))
  }

  /// As much address space as it has when started, and 48 MiB; then 10,000 clients and large messages at once.
  private func limitMemory() throws {
    let trial = try trial()
    defer { trial.end() }
    _ = try trial.relay.startAndGreet()
    let idle = trial.send(20)
    let limit = addressSpace(of: trial.relay.pid) + (48 << 20)
    try Child.run(
      ["/usr/bin/prlimit", "--pid", "\(trial.relay.pid)", "--as=\(limit):\(limit)"],
      log: trial.directory + "/prlimit.log")
    let crowd = IdleClients(5_000, port: trial.relay.port, seconds: 10)
    let load = trial.send(100, clients: 20) { $0.others = [4 << 20] }
    crowd.close()
    let isAlive = Child.isAlive(trial.relay.pid)
    // Whether it lived or not: what was accepted arrives.
    if !isAlive { _ = try trial.relay.startAndGreet() }
    usleep(1_000_000)
    let after = trial.send(50)
    for result in [idle, load, after] { trial.recover(result) }
    let account = trial.account(idle, load, after)
    find(
      "memory limited (ulimit -v, 48 MiB over what it had)", isAlive && account.nothingLost && after.accepted == 50,
      "\(isAlive ? "it lived" : "it ended"), \(crowd.served) of 5,000 clients served; \(account.text), "
        + "\(account.broken) connections broken")
  }

  private func addressSpace(of pid: pid_t) -> Int {
    let pages = ProcFile.text("/proc/\(pid)/statm")?.split(separator: " ").first.flatMap { Int($0) } ?? 0
    return pages * 4096
  }

  /// Some wait to be tried again while the clock is set; those before and those after arrive without help.
  private func setClock(by seconds: Int, _ name: String) throws {
    let file = places.work + "/clock"
    unlink(file)
    defer { unlink(file) }
    let trial = try trial { $0.settings = ["LD_PRELOAD": places.world, "FAULTY_WORLD_CLOCK": file] }
    defer { trial.end() }
    _ = try trial.relay.startAndGreet()
    trial.sink.manners.misbehave(.reset, at: .mail, times: 3)
    let before = trial.send(50)
    try "\(seconds)".write(toFile: file, atomically: true, encoding: .utf8)
    let share = trial.idleShare(of: 4)
    let after = trial.send(50)
    let arrived = arrive(trial, before.accepted + after.accepted, within: 60)
    let account = trial.account(before, after)
    find(
      "clock set \(name) a day", arrived && account.nothingLost && share < 0.1,
      String(format: "%@, without help; %.0f %% of a processor after it was set", account.text, share * 100))
  }

  private func arrive(_ trial: Trial, _ count: Int, within seconds: Double) -> Bool {
    let end = now() + UInt64.seconds(seconds)
    while trial.sink.count < count, now() < end { usleep(50_000) }
    return trial.sink.count >= count
  }

  /// The provider's name is looked up for 30 seconds and not found. Clients are served; the relay stops when told to.
  private func hangLookUps() throws {
    let trial = try trial {
      $0.host = "localhost"
      $0.settings = ["LD_PRELOAD": places.world, "FAULTY_WORLD_LOOKUP_MS": "30000"]
    }
    defer { trial.end() }
    _ = try trial.relay.startAndGreet()
    let witness = Witness(trial.relay.port)
    let load = trial.send(200)
    let share = trial.idleShare()
    usleep(isQuick ? 1_000_000 : 60_000_000)
    let most = witness.end()
    let begin = now()
    trial.relay.stop()
    let stopping = (now() - begin).inSeconds
    find(
      "name look-ups that hang for 30 s", load.accepted == 200 && most < mostSeconds && share < 0.1 && stopping < 15,
      String(
        format: "%d of 200 accepted, another client waited %.2f s at most; %.0f %% of a processor; stopped in %.1f s",
        load.accepted, most, share * 100, stopping))
  }
}
