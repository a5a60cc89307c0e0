// What has arrived in one run of the load: each sequence number, how often, and when.

struct Arrivals: Sendable {
  private(set) var run: UInt32
  /// How often each sequence number came; it stops counting at 255.
  private var times: [UInt8] = []
  /// Different messages.
  private(set) var messages = 0
  /// Those that came once more.
  private(set) var duplicates = 0
  /// Of other runs, or without a stamp: not the load's.
  private(set) var strays = 0
  /// With fewer octets than were sent.
  private(set) var short = 0
  /// The first of those, in words.
  private(set) var firstShort = ""
  private(set) var first: UInt64 = 0
  private(set) var last: UInt64 = 0
  private(set) var mailToArrival = Histogram()

  /// A relay's sessions at the sink during the run.
  private(set) var connections = 0
  var handshakes = 0
  var signIns = 0
  private(set) var open = 0
  private(set) var openAtOnce = 0

  /// More than any run sends; a stamp beyond it is no stamp of ours.
  private static let mostMessages = 4 << 20

  /// - Parameter open: sessions that are there already.
  init(run: UInt32 = 0, open: Int = 0) {
    self.run = run
    self.open = open
    openAtOnce = open
  }

  /// How often the message with this number came.
  func times(_ number: UInt32) -> Int { Int(number) < times.count ? Int(times[Int(number)]) : 0 }

  mutating func connect() {
    connections += 1
    open += 1
    openAtOnce = max(openAtOnce, open)
  }

  mutating func disconnect() { open -= 1 }

  mutating func add(_ stamp: Stamp?, octets: Int, at time: UInt64) {
    guard let stamp, stamp.run == run, stamp.sequence < Self.mostMessages else {
      strays += 1
      return
    }
    let sequence = Int(stamp.sequence)
    if times.count <= sequence {
      times.append(contentsOf: repeatElement(0, count: max(sequence + 1 - times.count, times.count)))
    }
    if octets < Int(stamp.octets) {
      if short == 0 { firstShort = "\(octets) of \(stamp.octets) octets of number \(stamp.sequence)" }
      short += 1
      // Or a report on it, which repeats its header: either way it has not come.
      return
    }
    if times[sequence] > 0 {
      duplicates += 1
    } else {
      messages += 1
      if first == 0 { first = time }
      last = time
      mailToArrival.add(time &- stamp.time)
    }
    if times[sequence] < 255 { times[sequence] += 1 }
  }
}
