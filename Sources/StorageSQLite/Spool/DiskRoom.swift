// How full the disk is. Taking a message out needs room as well: a claim and a settlement are written into the log, and
// the log must fit into the database file. A spool that has filled its disk with accepted mail would stay full for good;
// so `queue_min_free` is kept for them.

import Spool

/// Where the next batch would go, in octets.
struct DiskRoom: Equatable {
  /// On the file system, less what the database file still has to grow by to take in the log.
  var free = Int64.max
  /// In the log, before its file grows.
  var inLog: Int64 = 0
  /// In the database file, where messages stood that are gone. The file never shrinks.
  var inDatabase: Int64 = 0

  /// How many octets more fit, in the log and in the database, so that `minimum` is left for what takes messages out: on
  /// the file system, or in the two files themselves. Negative: none.
  func capacity(keeping minimum: Int64) -> Int64 {
    max(most(growingBy: free - minimum), most(growingBy: free) - minimum)
  }

  /// How much can be written into both so that they grow by no more than `limit` together. Negative: nothing.
  private func most(growingBy limit: Int64) -> Int64 {
    guard limit >= 0 else { return .min / 2 }
    let (less, more) = (min(inLog, inDatabase), max(inLog, inDatabase))
    // Up to `less` none grows, up to `more` one does, from there both.
    return limit <= more - less ? less + limit : more + (limit - (more - less)) / 2
  }
}

/// Measures the disk before each batch.
struct DiskGauge {
  /// With more than that nothing needs to be looked at closely.
  private static let plentyOctets: Int64 = 1 << 30
  /// Above `queue_min_free`: from there down the log is moved after each batch.
  private static let nearOctets: Int64 = 16 << 20
  /// What one claim or settlement writes at most, nearly always: its pages in two tables and an index, and theirs above.
  private static let requestOctets = 8 * SpoolConnection.pageOctets

  /// As the file system said, and how long that holds.
  private var free = (octets: Int64.max, until: ContinuousClock.now)
  private var room: DiskRoom?
  private var reserve: Int64 = 0

  /// The disk is near its end.
  var isTight: Bool { (room?.free ?? .max) - Self.nearOctets < reserve }

  /// Near the end, no more in one batch than the reserve has room for.
  mutating func allowance(
    of connection: SpoolConnection, unmovedFrames: Int, keeping reserve: Int64, freeOctets: () -> Int64?
  ) -> BatchAllowance {
    self.reserve = reserve
    measure(connection, unmovedFrames, freeOctets)
    guard let room else { return BatchAllowance() }
    let plenty = BatchAllowance()
    return BatchAllowance(
      requests: isTight ? Int(min(max(reserve / Self.requestOctets, 1), Int64(plenty.requests))) : plenty.requests,
      octets: room.capacity(keeping: reserve), octetsPerMessage: Self.requestOctets,
      hasRoomForHistory: room.capacity(keeping: reserve) >= Self.nearOctets)
  }

  /// Asks the file system once a second while there is plenty, else each time.
  private mutating func measure(_ connection: SpoolConnection, _ unmovedFrames: Int, _ freeOctets: () -> Int64?) {
    room = nil
    guard reserve > 0 else { return }
    let unmoved = Int64(unmovedFrames) * SpoolConnection.pageOctets
    let now = ContinuousClock.now
    if now >= free.until || free.octets - unmoved < Self.plentyOctets {
      free = (freeOctets() ?? .max, now + .seconds(1))
    }
    guard free.octets - unmoved < max(Self.plentyOctets, 2 * reserve) else { return }
    room =
      (try? connection.room(on: free.octets, logBeginsAnew: unmovedFrames == 0))
      ?? DiskRoom(free: free.octets - unmoved)
  }
}
