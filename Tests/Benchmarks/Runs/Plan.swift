// How much is measured: all of it, or what fits into two minutes.

struct Plan: Sendable {
  struct Cell: Sendable {
    var clients: Int
    var reconnects: Bool

    var name: String {
      let many = clients == 1 ? "1 client" : "\(clients) clients"
      return "\(many), \(reconnects ? "one message a connection" : "connections kept open")"
    }
  }

  var rounds = 3
  /// Of what takes long: everything but throughput and the ceiling.
  var fewRounds = 3
  /// For which a cell offers load. It ends when the last message has arrived.
  var seconds = 5.0
  var cells = Plan.cells(1, 10, 50, 200)
  var slowCells = Plan.cells(1, 50, 200)
  var syncDelays = [2, 8]
  /// Milliseconds one way, and sessions.
  var distances = [(40, 1), (40, 3), (150, 1), (150, 3)]
  var distanceSeconds = 20.0
  var idle = [1_000, 10_000]
  var queued = 100_000
  /// Postfix accepts some hundred messages a second: what it is not asked to queue is not measured of it.
  var rivalQueued = 100_000
  /// Letterhead alone, of 1 KiB each; 0 leaves it out.
  var longQueue = 1_000_000
  var largeMessages = 40
  var largeClients = [1, 8, 20]
  /// Both Postfixes beside each other in every scene, not only the one that is known to do better there.
  var hasBothRivals = true
  /// Seconds after which no further cell begins.
  var limit = 5_400.0

  static let full = Plan()
  static let quick = Plan(
    rounds: 2, fewRounds: 1, seconds: 0.8, cells: cells(1, 50), slowCells: cells(1, 50), syncDelays: [8],
    distances: [(150, 1)], distanceSeconds: 4, idle: [1_000], queued: 10_000, rivalQueued: 0, longQueue: 0,
    largeMessages: 8, largeClients: [8], hasBothRivals: false, limit: 90)

  private static func cells(_ clients: Int...) -> [Cell] {
    [true, false].flatMap { reconnects in clients.map { Cell(clients: $0, reconnects: reconnects) } }
  }
}
