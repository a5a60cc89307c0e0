// How full the disk is. Taking a message out needs room as well: a claim and a settlement are written into the log, and
// the log must fit into the database file. A spool that has filled its disk with accepted mail would stay full for good;
// so `queue_min_free` is kept for them.

import Synchronization
import System

/// Where the next batch would go, in octets.
struct DiskRoom: Equatable {
  /// On the file system, less what the database file still has to grow by to take in the log.
  var free = Int64.max
  /// In the log, before its file grows.
  var inLog: Int64 = 0
  /// In the database file, where messages stood that are gone. The file never shrinks.
  var inDatabase: Int64 = 0

  /// Whether `octets` more fit, in the log and in the database, and `minimum` is left for what takes messages out: on
  /// the file system, or in the two files themselves.
  func takes(_ octets: Int64, keeping minimum: Int64) -> Bool {
    growth(by: octets) + minimum <= free || growth(by: octets + minimum) <= free
  }

  private func growth(by octets: Int64) -> Int64 { max(0, octets - inLog) + max(0, octets - inDatabase) }
}

extension Writer {
  /// With more than that nothing needs to be looked at closely.
  static let plentyOctets: Int64 = 1 << 30
  /// Above `queue_min_free`: from there down the log is moved after each batch.
  static let nearOctets: Int64 = 16 << 20
  /// What one claim or settlement writes at most, nearly always: its pages in two tables and an index, and theirs above.
  static let pieceOctets = 8 * Store.frameOctets

  /// `queue_min_free`, with which one can still count.
  private var reserve: Int64 { min(minimumFree.load(ordering: .relaxed), 1 << 60) }

  /// Before each batch. Asks the file system once a second while there is plenty, else each time.
  func measureDisk() {
    guard reserve > 0, let store else { return room = DiskRoom() }
    let unmoved = Int64(unmovedFrames) * Store.frameOctets
    if Self.uptime >= free.until || free.octets - unmoved < Self.plentyOctets {
      free = (settings.freeOctets?() ?? directory.freeOctets ?? .max, Self.uptime + 1000)
    }
    guard free.octets - unmoved < max(Self.plentyOctets, 2 * reserve) else { return room = DiskRoom() }
    let measured = try? store.room(on: free.octets, logBeginsAnew: unmovedFrames == 0)
    room = measured ?? DiskRoom(free: free.octets - unmoved)
  }

  /// The disk is near its end.
  var isDiskTight: Bool { room.free - Self.nearOctets < reserve }

  /// In one batch: near the end, no more than `queue_min_free` has room for.
  var mostPieces: Int {
    guard isDiskTight else { return Self.mostPieces }
    return Int(min(max(reserve / Self.pieceOctets, 1), Int64(Self.mostPieces)))
  }

  /// Messages for which there is no room get their answer here.
  func refuseWhereDiskIsFull(_ pieces: [Piece]) -> [Piece] {
    guard room != DiskRoom() else { return pieces }
    var taken: Int64 = 0
    return pieces.filter { piece in
      guard case .accept(let message, _, let continuation) = piece else { return true }
      let octets = Int64(message.content.octetsInMemory) + Self.pieceOctets
      guard room.takes(taken + octets, keeping: reserve) else {
        continuation.resume(returning: .failure(.full))
        return false
      }
      taken += octets
      return true
    }
  }
}
