// What can go wrong, done on purpose: a relay under load, a fault, and then the count. Each part is a file beside this
// one. All by one seed, printed; all bounded in time.

import Foundation

final class Torture {
  enum Part: String, CaseIterable { case kills, disk, upstream, unknown, clients, resources }

  let places: Places
  let isQuick: Bool
  let seed: UInt64
  var chance: SplitMix64
  /// How long a well-behaved client may wait beside others that are not. An optimized relay needs no more than 1.
  let mostSeconds: Double
  /// Of the provider's cases only those whose name holds this.
  let casesNamed: String
  private let begin = now()
  private(set) var findings: [Finding] = []
  private var lastDirectory = 0
  private var lastRun = UInt32(getpid()) << 8

  init(_ places: Places, isQuick: Bool, seed: UInt64, mostSeconds: Double, casesNamed: String) {
    self.places = places
    self.isQuick = isQuick
    self.seed = seed
    self.mostSeconds = mostSeconds
    self.casesNamed = casesNamed
    chance = SplitMix64(seed: seed)
  }

  func run(_ parts: [Part]) throws {
    for part in parts {
      // Each part by itself comes out as it does among the others.
      chance = SplitMix64(seed: seed &+ UInt64(part.rawValue.utf8.reduce(0) { $0 * 31 + Int($1) }))
      switch part {
      case .kills: try killAgainAndAgain()
      case .disk: try breakTheDisk()
      case .upstream: try misbehaveUpstream()
      case .unknown: try cutAtTheEnd()
      case .clients: try misbehaveAsClients()
      case .resources: try takeResources()
      }
    }
  }

  // MARK: What was found

  struct Finding {
    var trial: String
    var isGood: Bool
    var figures: String
  }

  func find(_ trial: String, _ isGood: Bool, _ figures: String) {
    findings.append(Finding(trial: trial, isGood: isGood, figures: figures))
    tell("\(isGood ? "good" : "BAD ")  \(trial): \(figures)")
  }

  func tell(_ text: String) {
    let time = String(format: "%5.0f s  ", (now() - begin).inSeconds)
    FileHandle.standardError.write(Data((time + text + "\n").utf8))
  }

  var isAllGood: Bool { findings.allSatisfy(\.isGood) }

  /// - Parameter command: what makes it again.
  func markdown(_ command: String) -> String {
    let machine = Machine.here(directory: places.work)
    let minutes = (now() - begin).inSeconds / 60
    let opening =
      "`\(command)`, seed \(seed), \(String(format: "%.0f", minutes)) minutes, \(machine.date) at \(machine.commit) on "
      + "\(machine.processor), \(machine.cores) cores, \(machine.memoryGiB) GiB; \(machine.system), kernel "
      + "\(machine.kernel), queues on \(machine.fileSystem)."
    let rows = findings.map { "| \($0.trial) | \($0.isGood ? "as promised" : "**not as promised**") | \($0.figures) |" }
    return ([opening, "", "| trial | | figures |", "|---|---|---|"] + rows).joined(separator: "\n")
  }

  // MARK: What trials are made of

  func freshRun() -> UInt32 {
    lastRun += 1
    return lastRun
  }

  func freshDirectory() throws -> String {
    lastDirectory += 1
    let path = "\(places.work)/\(lastDirectory)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  func trial(
    provider: Sink.Settings = Sink.Settings(), _ change: (inout Surroundings) -> Void = { _ in }
  ) throws -> Trial {
    try Trial(places, directory: freshDirectory(), run: freshRun(), provider: provider, change)
  }
}

/// Small, fast, and the same everywhere.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var x = state
    x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
    return x ^ (x >> 31)
  }
}
