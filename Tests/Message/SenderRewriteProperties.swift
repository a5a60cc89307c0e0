import Message
import SMTP
import Support
import Testing

/// Whatever an app sends, what goes out is from the mailbox, once, and holds nothing the app smuggled in.
struct `Any message, however broken,` {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `goes out from the mailbox alone, with its body untouched`(seed: UInt64) {
    var mutations = Mutations(seed: seed)
    for round in 0..<600 {
      let message = mutations.message()
      let identity = Identity.office.with {
        $0.displayName = Identity.DisplayNamePolicy.allCases[round % 3]
        $0.replyTo = round % 2 == 0 ? .original : .none
      }
      let sender = round % 5 == 0 ? nil : Address("erp@app.example")
      let rewriting = Rewriting(of: message, as: identity, sender: sender)
      if let fault = rewriting.fault {
        Issue.record("seed \(seed), round \(round): \(fault)\n\(text(message))\n—\n\(text(rewriting.message))")
        return
      }
    }
  }
}
