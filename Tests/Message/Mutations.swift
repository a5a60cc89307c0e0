// Broken messages in any number, the same ones for the same seed.

struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// Real headers, cut, doubled, shuffled and sprinkled with what parsers trip over.
struct Mutations {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private static let seeds = [
    "From: \"ERP, Invoices\" <erp@app.example>\nSender: d@app.example\nTo: Ada <ada@example.org>\nSubject: x\n\nBody",
    "Received: from a\n\tby b; now\nFrom: =?utf-8?Q?J=C3=B6rg?= =?iso-8859-1?B?9g==?=\n <j@app.example> (c (d) e)\n\nx",
    "From: Team: a@app.example, \"B \\\" c\" <b@app.example>;\nFrom: root (Cron Daemon)\nBcc: y\nReply-To:\n\nFrom: x",
    "DKIM-Signature: v=1; h=from:to;\n b=x\nDate:\nMessage-ID:\nFrom: <@a,@b:c@d> Jörg [1.2.3.4] x@[1.2.3.4]\n\n",
    "From: \u{1b}$B;3ED\u{1b}(B <y@app.example>\nSubject: \u{e9}\nContent-Type: text/plain; charset=shift_jis\n\nx",
    "Resent-From: Rossi, Mario <m@app.example>\nX-Original-From: billing@firm.example\nAuto-Submitted: no\n\n.",
  ]
  private static let pieces = [
    "\r\n", "\n", "\r", "\0", "\"", "(", ")", "<", ">", ",", ";", ":", "@", "\\", "[", "]", "=?", "?=", "=?utf-8?Q?",
    " ",
    "\t", "From:", "From: ", "\r\nFrom: x@y.example", "\r\n\r\n", "\u{e9}", "=0D=0A", ".", "=?utf-8?B?DQpCY2M6IHg=?=",
    "billing@firm.example", "\r\n ", "\u{2028}", "Bcc: ", "\u{1b}$B", "\u{1b}(B", "\u{feff}",
    "\r\nContent-Type: text/plain; charset=gbk",
  ]

  mutating func message() -> [UInt8] {
    var bytes = wire(Self.seeds.randomElement(using: &generator) ?? "")
    for _ in 0..<Int.random(in: 0...12, using: &generator) {
      let at = Int.random(in: 0...bytes.count, using: &generator)
      switch Int.random(in: 0...4, using: &generator) {
      case 0: bytes.insert(contentsOf: Array((Self.pieces.randomElement(using: &generator) ?? "").utf8), at: at)
      case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: at)
      case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...20, using: &generator)))
      case 3: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 30)], at: at)
      default: bytes.insert(contentsOf: Array((Self.pieces.randomElement(using: &generator) ?? "").utf8), at: at)
      }
    }
    return bytes
  }

  mutating func number(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
}
