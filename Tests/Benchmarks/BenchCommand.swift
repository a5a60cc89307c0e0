// `letterhead-bench`: the whole comparison, and its parts by themselves for trying something out.

import ArgumentParser
import Foundation

@main
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "letterhead-bench", abstract: "Letterhead and Postfix beside each other on this machine.",
    subcommands: [
      Compare.self, TortureCommand.self, SoakCommand.self, LoadCommand.self, SinkCommand.self, DelayCommand.self,
    ])
}

extension Bench.Part: ExpressibleByArgument {}

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "run", abstract: "Measure all; as root.")

  @Flag(help: "In less than two minutes: few rounds, short cells.")
  var quick = false

  @Option(help: "The letterhead to measure.")
  var binary: String

  @Option(help: "A letterhead of an earlier tree, measured in Postfix's place.")
  var before: String?

  @Option(help: "The library made of faulty-disk.c.")
  var shim: String

  @Option(help: "A directory made by Certs/make-certs.")
  var certificates: String

  @Option(help: "An empty directory on the disk to measure; removed at the end.")
  var work: String

  @Option(help: "File for all figures, as JSON.")
  var json: String

  @Option(help: "Nothing but this: \(Bench.Part.allCases.map(\.rawValue).joined(separator: ", ")). May be given again.")
  var only: [Bench.Part] = []

  @Option(help: "File that gets the tables between its marks.")
  var into: String?

  func run() throws {
    defer { try? FileManager.default.removeItem(atPath: work) }
    guard geteuid() == 0 else { throw Failure("Run this as root: Postfix's master needs it.") }
    Child.endAllWhenInterrupted(removing: work)
    _ = Loopback.raiseDescriptorLimit()
    let places = Places(
      binary: binary, earlier: before, shim: shim, certificates: certificates, work: work)
    let bench = Bench(quick ? .quick : .full, places)
    try bench.run(only.isEmpty ? Bench.Part.allCases : only)
    try bench.report.json().write(to: URL(fileURLWithPath: json))
    let tables = bench.report.markdown()
    print(tables)
    print("All figures, round by round: \(json)")
    if let into { try MarkedPlace(name: "make bench", file: into).put(tables) }
  }
}

/// At once, also where standard output is no terminal: whoever waits for the line gets it.
private func tell(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

struct LoadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load", abstract: "Send messages to a port of this host, and say how fast they were accepted.")

  @Option var port: UInt16
  @Option var clients = 10
  @Option(help: "Of all clients together.") var messages = 10_000
  @Option(help: "Of each message.") var octets = 4096
  @Option(help: "Seconds after which nothing more is sent.") var seconds = 60.0
  @Option(name: .customLong("run"), help: "Number of this run; a sink counts the messages of one.") var ofRun: UInt32 =
    1
  @Flag(help: "One message a connection.") var reconnect = false

  func run() throws {
    _ = Loopback.raiseDescriptorLimit()
    let result = Load(
      port: port, clients: clients, reconnects: reconnect, octets: octets, seconds: seconds, messages: messages,
      giveUpAfter: seconds + 60, run: ofRun
    ).perform()
    tell("accepted \(result.accepted), refused \(result.refused), connections broken \(result.broken)")
    let times = [0.5, 0.99, 1].map { String(format: "%.2f", result.mailTo250.quantile($0)) }
    tell("\(Int(result.acceptedPerSecond)) a second; MAIL→250 p50, p99, longest: \(times.joined(separator: ", ")) ms")
  }
}

struct SinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sink", abstract: "Take everything, and say each second what came. Ends after --seconds.")

  @Option var port: UInt16
  @Option(help: "none, starttls or tls.") var security = "none"
  @Option(help: "PEM, for TLS.") var certificate = ""
  @Option(help: "PEM, for TLS.") var key = ""
  @Option(help: "File with the password or token that everybody must sign in with.") var passwordFile: String?
  @Option(help: "Milliseconds before each reply.") var replyDelay = 0.0
  @Option(name: .customLong("run"), help: "Number of the run whose messages are counted.") var ofRun: UInt32 = 1
  @Option(help: "How long.") var seconds = 60.0

  func run() throws {
    guard let security = Sink.Security(rawValue: security) else { throw ValidationError("none, starttls or tls.") }
    let password = try passwordFile.map {
      try String(contentsOfFile: $0, encoding: .utf8).trimmingCharacters(in: .newlines)
    }
    let sink = try Sink(
      Sink.Settings(
        port: port, security: security, certificate: certificate, key: key, password: password,
        replyDelay: replyDelay / 1000))
    sink.expect(ofRun)
    let end = now() + UInt64.seconds(seconds)
    while now() < end {
      usleep(1_000_000)
      let seen = sink.seen
      tell(
        "arrived \(seen.messages), twice \(seen.duplicates), short \(seen.short), others \(seen.strays), "
          + "connections \(seen.connections), sign-ins \(seen.signIns)")
    }
    sink.stop()
  }
}

struct DelayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delay", abstract: "Put a port of this host far away. Prints the port to use instead.")

  @Option(help: "The port that is to be far away.") var port: UInt16
  @Option(help: "Milliseconds, each way.") var oneWay = 40.0
  @Option(help: "How long.") var seconds = 60.0

  func run() throws {
    let proxy = try DelayProxy(to: port, oneWay: oneWay / 1000)
    tell("127.0.0.1:\(proxy.port)")
    usleep(UInt32(seconds * 1_000_000))
    proxy.stop()
  }
}
