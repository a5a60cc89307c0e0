// A server's reply: three digits, an enhanced code (RFC 3463) and words. Written by our own server, read from
// providers.

/// An enhanced status code, `class.subject.detail` (RFC 3463).
package struct EnhancedCode: Hashable, Sendable, CustomStringConvertible {
  package let kind: Int
  package let subject: Int
  package let detail: Int

  package init(_ kind: Int, _ subject: Int, _ detail: Int) {
    self.kind = kind
    self.subject = subject
    self.detail = detail
  }

  package var description: String { "\(kind).\(subject).\(detail)" }
}

/// One reply, Letterhead's or a provider's.
package struct Reply: Hashable, Sendable {
  package let code: Int
  /// `nil` in the greeting and in the reply to EHLO (RFC 2034 §4), and from servers without enhanced codes.
  package let enhanced: EnhancedCode?
  /// The text of each line, without code, enhanced code and line end. Never empty.
  package let lines: [String]

  package init(_ code: Int, _ enhanced: EnhancedCode? = nil, lines: [String]) {
    self.code = code
    self.enhanced = enhanced
    self.lines = lines.isEmpty ? [""] : lines
  }

  package init(_ code: Int, _ enhanced: EnhancedCode?, _ text: String) {
    self.init(code, enhanced, lines: [text])
  }

  package init(_ code: Int, _ text: String) {
    self.init(code, nil, lines: [text])
  }

  package var isPositive: Bool { (200..<400).contains(code) }
  package var isTransient: Bool { (400..<500).contains(code) }
  package var isPermanent: Bool { (500..<600).contains(code) }
}
