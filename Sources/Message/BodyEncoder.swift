// A body with some ranges of it encoded or replaced while it is sent.

import SMTP

/// Encodes a body on its way out, as planned by `TransferEncoding`.
package struct BodyEncoder: Sendable {
  /// A range of the body, in octets from its start, and what replaces it.
  struct Edit: Sendable {
    enum Operation: Sendable {
      case replace([UInt8])
      case quotedPrintable(mending: Bool)
      case base64
    }
    let range: Range<Int>
    let operation: Operation
  }

  private enum OpenEdit {
    case skip
    case quotedPrintable(QuotedPrintable)
    case base64(Base64Wrapping)
  }

  /// In the order of the body; no two overlap.
  private let edits: [Edit]
  private var next = 0
  private var position = 0
  private var current: OpenEdit?

  /// Of two edits at one position the one of an empty range is first: a header where none was, before its text.
  init(_ edits: [Edit]) {
    self.edits = edits.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
  }

  /// `piece` is the next of the body that was examined, cut anywhere.
  package mutating func feed(_ piece: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    var rest = piece[...]
    while !rest.isEmpty {
      begin(into: &output)
      let stretch = next < edits.count ? limit(edits[next]) - position : rest.count
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(stretch))
      pass(part, into: &output)
      position += part.count
      rest = rest.dropFirst(part.count)
      end(into: &output)
    }
  }

  /// Call once, after the last piece.
  package mutating func finish(into output: inout [UInt8]) {
    begin(into: &output)
    end(into: &output)
  }

  /// Where something changes next: the edit's end within it, else its start.
  private func limit(_ edit: Edit) -> Int { current == nil ? edit.range.lowerBound : edit.range.upperBound }

  private mutating func pass(_ part: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    switch current {
    case nil: output.append(contentsOf: part)
    case .skip: break
    case .quotedPrintable(var encoder):
      encoder.feed(part, into: &output)
      current = .quotedPrintable(encoder)
    case .base64(var wrapping):
      wrapping.feed(part, into: &output)
      current = .base64(wrapping)
    }
  }

  private mutating func begin(into output: inout [UInt8]) {
    while current == nil, next < edits.count, edits[next].range.lowerBound == position {
      switch edits[next].operation {
      case .replace(let bytes):
        output += bytes
        current = .skip
      case .quotedPrintable(let mending): current = .quotedPrintable(QuotedPrintable(mending: mending))
      case .base64: current = .base64(Base64Wrapping())
      }
      // An edit of no octets, such as a header where none was, is over at once.
      end(into: &output)
    }
  }

  private mutating func end(into output: inout [UInt8]) {
    guard let encoder = current, edits[next].range.upperBound == position else { return }
    switch encoder {
    case .skip: break
    case .quotedPrintable(var encoder): encoder.finish(into: &output)
    case .base64(let wrapping): wrapping.finish(into: &output)
    }
    current = nil
    next += 1
  }
}
