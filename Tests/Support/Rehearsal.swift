// A transcript played against a value: no socket, no thread. For dialogues that are fed and answer at once.

extension Transcript {
  /// Plays one side of this transcript against a dialogue that is a value, and checks every line of the other.
  ///
  /// - Parameters:
  ///   - side: who the transcript is played as; the dialogue under test is the other.
  ///   - opening: what the dialogue says before it hears anything (a server's greeting), line ends included.
  ///   - cut: how what is said reaches the dialogue: whole, octet by octet, or cut at random.
  ///   - event: told of each event; answers with what the dialogue says to it.
  ///   - hear: one piece of what the played side says; answers with what the dialogue says to it.
  /// - Throws: `Divergence` at the first line that is not as written, and when something is left unsaid.
  package func rehearse(
    as side: Side = .client, opening: [UInt8] = [], cut: Pieces = .whole,
    event: (Event) throws -> [UInt8] = { _ in [] }, hear: ([UInt8]) throws -> [UInt8]
  ) throws {
    var said = opening
    var index = 0
    while index < steps.count {
      switch steps[index].action {
      case .event(let happening):
        said += try event(happening)
        index += 1
      case .line, .raw:
        if steps[index].side == side {
          let (octets, next) = burst(from: index, of: side)
          for piece in cut.pieces(of: octets) { said += try hear(piece) }
          index = next
        } else {
          try check(&said, at: index)
          index += 1
        }
      }
    }
    if !said.isEmpty { throw Divergence(from: self, at: steps.count, instead: "also said: \(readable(said))") }
  }

  /// Everything one side says in one breath, and the step after it.
  package func burst(from start: Int, of side: Side) -> (octets: [UInt8], next: Int) {
    var octets: [UInt8] = []
    var index = start
    while index < steps.count, steps[index].side == side {
      switch steps[index].action {
      case .line(let line): octets += line + [13, 10]
      case .raw(let raw): octets += raw
      case .event: return (octets, index)
      }
      index += 1
    }
    return (octets, index)
  }

  private func check(_ said: inout [UInt8], at index: Int) throws(Divergence) {
    func part(_ instead: String) -> Divergence { Divergence(from: self, at: index, instead: instead) }
    switch steps[index].action {
    case .event: return
    case .raw(let raw):
      guard said.starts(with: raw) else { throw part("said: \(readable(said))") }
      said.removeFirst(raw.count)
    case .line(let written):
      guard let end = said.firstIndex(of: 10) else {
        throw part(said.isEmpty ? "nothing was said" : "said, without a line end: \(readable(said))")
      }
      let line = said[..<end]
      guard line.last == 13 else { throw part("the line ends in a bare LF: \(readable(line))") }
      guard Self.line(line.dropLast(), matches: written) else { throw part("said: \(readable(line.dropLast()))") }
      said.removeFirst(end + 1)
    }
  }
}
