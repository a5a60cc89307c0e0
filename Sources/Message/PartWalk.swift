// Reads the parts of a MIME body line by line, and notes which ranges have to be encoded. RFC 2046 §5.1. Keeps nothing
// of the body but the header of the present part.

import SMTP

struct PartWalk: Sendable {
  /// A part whose end has not come yet.
  private struct Part {
    var header: Header
    /// Where its header stands in the body; `nil` for the message itself.
    var headerRange: Range<Int>?
    var bodyStart: Int
    var kind: Kind
    var needs = PartNeeds()
    /// Of a multipart: where the text in front of its parts, or behind them, starts.
    var textStart: Int
    /// A multipart some of whose parts were encoded.
    var hasEncoded = false

    enum Kind {
      case leaf
      case multipart(boundary: [UInt8], isDigest: Bool)
      /// Must not be encoded, for this reason.
      case opaque(TransferEncoding.Refusal)
    }
  }

  private let takes8Bit: Bool
  private(set) var edits: [BodyEncoder.Edit] = []
  private(set) var refusal: TransferEncoding.Refusal?
  /// The message's own header, changed when the whole body has been read.
  private(set) var header: Header
  private(set) var hasEncodedTop = false

  /// The message itself and each multipart around the present line; the last may be a leaf.
  private var open: [Part] = []
  /// The header of a part while it passes.
  private var partHeader: (start: Int, bytes: [UInt8])?
  private var lines = PassingLines()

  private static let maximumDepth = 20
  private static let maximumPartHeaderOctets = 64 << 10
  private static let maximumEdits = 20_000

  init(_ header: Header, takes8Bit: Bool) {
    self.header = header
    self.takes8Bit = takes8Bit
    open = [part(header, at: nil, bodyStart: 0, inDigest: false)]
  }

  mutating func examine(_ piece: UnsafeRawBufferPointer) {
    var rest = piece[...]
    while let stretch = lines.next(in: &rest) { take(stretch) }
  }

  mutating func finish() {
    lines.finish()
    if let (start, bytes) = partHeader {
      partHeader = nil
      openPart(bytes, at: start)
    }
    while !open.isEmpty { closePart(at: lines.position) }
  }

  // MARK: Lines

  private mutating func take(_ stretch: PassingLines.Stretch) {
    if partHeader != nil {
      takeHeader(stretch)
    } else {
      open[open.count - 1].needs.note(stretch)
    }
    guard stretch.endsLine, let (depth, isLast) = boundary(lines.opening) else {
      if stretch.endsLine, partHeader != nil { endHeaderIfDone() }
      return
    }
    cross(boundaryOf: depth, isLast: isLast)
  }

  /// The multipart that this line divides or ends. The innermost is asked first; an outer one's boundary ends all
  /// within it (RFC 2046 §5.1.2).
  private func boundary(_ line: [UInt8]) -> (depth: Int, isLast: Bool)? {
    guard line.starts(with: "--".utf8) else { return nil }
    var text = line[2...]
    while let last = text.last, last.isBlank || last == .cr || last == .lf { text.removeLast() }
    for depth in open.indices.reversed() {
      guard case .multipart(let boundary, _) = open[depth].kind, text.starts(with: boundary) else { continue }
      let rest = text.dropFirst(boundary.count)
      if rest.isEmpty { return (depth, false) }
      if rest.elementsEqual("--".utf8) { return (depth, true) }
    }
    return nil
  }

  private mutating func cross(boundaryOf depth: Int, isLast: Bool) {
    // The line end before a boundary belongs to it.
    if let (start, bytes) = partHeader {
      partHeader = nil
      openPart(Array(bytes.prefix(max(0, lines.lineStart - start))), at: start)
    }
    let end = lines.lineStart - lines.endOfLineBefore
    if open.count == depth + 1 {
      var around = open[depth]
      closeText(of: &around, at: end)
      open[depth] = around
    }
    while open.count > depth + 1 { closePart(at: end) }
    open[depth].needs = PartNeeds()
    open[depth].textStart = lines.position
    if !isLast { partHeader = (lines.position, []) }
  }

  /// Text before, between and after the parts is for readers without MIME; others ignore it, encoded or not.
  private mutating func closeText(of part: inout Part, at end: Int) {
    guard part.needs.mustEncode(takes8Bit: takes8Bit), part.textStart < end else { return }
    edits.append(BodyEncoder.Edit(range: part.textStart..<end, operation: .quotedPrintable(mending: false)))
    part.hasEncoded = true
  }

  // MARK: Headers of parts

  private mutating func takeHeader(_ stretch: PassingLines.Stretch) {
    guard let count = partHeader?.bytes.count, count + stretch.octets.count <= Self.maximumPartHeaderOctets else {
      return refuse(.tooComplex)
    }
    partHeader?.bytes.append(contentsOf: stretch.octets)
  }

  private mutating func endHeaderIfDone() {
    guard let (start, bytes) = partHeader, refusal != .tooComplex else { return }
    let lineOctets = lines.position - lines.lineStart
    let isBlankLine = lineOctets <= 2 && lines.opening.allSatisfy { $0 == .cr || $0 == .lf }
    guard isBlankLine || !HeaderReader.canBelong(to: lines.opening) else { return }
    partHeader = nil
    openPart(bytes, at: start)
  }

  private mutating func openPart(_ bytes: [UInt8], at start: Int) {
    let header = Header(parsing: bytes)
    let bodyStart = start + header.bodyStart
    var inDigest = false
    if case .multipart(_, let isDigest)? = open.last?.kind { inDigest = isDigest }
    open.append(part(header, at: start..<bodyStart, bodyStart: bodyStart, inDigest: inDigest))
    // A line that belongs to no header is the first line of the text.
    open[open.count - 1].needs.note(octets: bytes[header.bodyStart...])
  }

  private func part(_ header: Header, at headerRange: Range<Int>?, bodyStart: Int, inDigest: Bool) -> Part {
    let type = header.first(.contentType).map { ParameterizedValue(parsing: $0.value) }
    let kind: Part.Kind
    if open.count > Self.maximumDepth {
      kind = .opaque(.tooComplex)
    } else {
      kind = Self.kind(type, inDigest: inDigest)
    }
    return Part(header: header, headerRange: headerRange, bodyStart: bodyStart, kind: kind, textStart: bodyStart)
  }

  private static func kind(_ type: ParameterizedValue?, inDigest: Bool) -> Part.Kind {
    guard let type, !type.main.isEmpty else { return inDigest ? .opaque(.attachedMessage) : .leaf }
    if type.main.starts(with: "message/".utf8) { return .opaque(.attachedMessage) }
    guard type.main.starts(with: "multipart/".utf8) else { return .leaf }
    if type.main.elementsEqual("multipart/signed".utf8) { return .opaque(.signedPart) }
    guard let boundary = type.parameter("boundary"), !boundary.isEmpty, boundary.count <= 200 else {
      return .opaque(.tooComplex)
    }
    return .multipart(boundary: boundary, isDigest: type.main.elementsEqual("multipart/digest".utf8))
  }

  // MARK: The end of a part

  private mutating func closePart(at end: Int) {
    var part = open.removeLast()
    let end = max(end, part.bodyStart)
    let mustEncode = part.needs.mustEncode(takes8Bit: takes8Bit)
    var hasChanged = false
    switch part.kind {
    case .opaque(let reason):
      if part.needs.exceeds(takes8Bit: takes8Bit) { refuse(reason) }
    case .multipart:
      closeText(of: &part, at: end)
      if part.hasEncoded, !takes8Bit { hasChanged = part.header.relabel("8bit", "binary", as: "7bit") }
    case .leaf where mustEncode:
      guard let operation = part.header.label(encoded: part.needs) else {
        refuse(.unknownEncoding)
        break
      }
      edits.append(BodyEncoder.Edit(range: part.bodyStart..<end, operation: operation))
      hasChanged = true
      open.indices.forEach { open[$0].hasEncoded = true }
    case .leaf: break
    }
    settle(part, hasChanged: hasChanged)
  }

  private mutating func settle(_ part: Part, hasChanged: Bool) {
    var part = part
    guard let range = part.headerRange else {
      header = part.header
      hasEncodedTop = hasChanged || part.hasEncoded
      return
    }
    let before = part.header.octetCount
    let hasMended = HeaderEncoding.mend(&part.header, allASCII: !takes8Bit, around: DeclaredCharset(of: header))
    if hasMended || hasChanged || part.header.octetCount != before {
      edits.append(BodyEncoder.Edit(range: range, operation: .replace(part.header.serialized())))
      open.indices.forEach { open[$0].hasEncoded = true }
    }
    if edits.count > Self.maximumEdits { refuse(.tooComplex) }
  }

  private mutating func refuse(_ reason: TransferEncoding.Refusal) { refusal = refusal ?? reason }
}
