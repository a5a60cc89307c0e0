// `letterhead-bench torture` and `letterhead-bench soak`.

import ArgumentParser
import Foundation

struct TortureOptions: ParsableArguments {
  @Option(help: "The letterhead under test.")
  var binary: String

  @Option(help: "The library made of faulty-disk.c.")
  var shim: String

  @Option(help: "The library made of faulty-world.c.")
  var world: String

  @Option(help: "An empty directory; removed at the end.")
  var work: String

  @Option(help: "The seed to repeat; a new one where there is none.")
  var seed: UInt64?

  @Option(help: "Seconds that a well-behaved client may have to wait beside others.")
  var mostSeconds = 1.0

  @Option(help: "Of the provider's cases only those whose name holds this: `reset at data`.")
  var cases = ""

  @Option(help: "File that gets the table between its marks.")
  var into: String?

  func perform(isQuick: Bool, marks name: String, as command: String, _ body: (Torture) throws -> Void) throws {
    defer { try? FileManager.default.removeItem(atPath: work) }
    guard geteuid() == 0 else { throw Failure("Run this as root: it mounts a small file system and limits processes.") }
    Child.endAllWhenInterrupted(removing: work)
    _ = Loopback.raiseDescriptorLimit()
    let seed = seed ?? UInt64.random(in: 1...999_999)
    let places = Places(binary: binary, shim: shim, certificates: "", work: work, world: world)
    let torture = Torture(places, isQuick: isQuick, seed: seed, mostSeconds: mostSeconds, casesNamed: cases)
    torture.tell("seed \(seed)")
    try body(torture)
    let table = torture.markdown(command)
    print(table)
    if let into { try MarkedPlace(name: name, file: into).put(table) }
    guard torture.isAllGood else { throw Failure("Not all is as promised. To repeat it: SEED=\(seed)") }
  }
}

extension Torture.Part: ExpressibleByArgument {}

struct TortureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "torture", abstract: "Kill it, break its disk, its provider, its clients; then count; as root.")

  @OptionGroup var options: TortureOptions

  @Flag(help: "In two or three minutes.")
  var quick = false

  @Option(
    help: "Nothing but this: \(Torture.Part.allCases.map(\.rawValue).joined(separator: ", ")). May be given again.")
  var only: [Torture.Part] = []

  func run() throws {
    let command = "make torture" + (quick ? " QUICK=1" : "")
    try options.perform(isQuick: quick, marks: "make torture", as: command) {
      try $0.run(only.isEmpty ? Torture.Part.allCases : only)
    }
  }
}

struct SoakCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soak", abstract: "A steady load and a mishap every few seconds, for a long time; as root.")

  @OptionGroup var options: TortureOptions

  @Option(help: "How long.")
  var minutes = 30.0

  @Option(help: "Messages a second.")
  var perSecond = 50.0

  func run() throws {
    try options.perform(isQuick: false, marks: "make soak", as: "make soak MINUTES=\(Int(minutes))") {
      try $0.soak(minutes: minutes, perSecond: perSecond)
    }
  }
}
