// Reading the system's authorities takes milliseconds and memory, so mailboxes with the same trust share a context.

import Diagnosis
import Synchronization
import TLS

final class TLSContexts: Sendable {
  private let made = Mutex<[String?: TLSContext]>([:])

  func context(trusting authorities: String?) throws(TransportError) -> TLSContext {
    if let context = made.withLock({ $0[authorities] }) { return context }
    let context: TLSContext
    do {
      context = try TLSContext.client(extraAuthorities: authorities)
    } catch {
      throw .tls(TLSFailure(error))
    }
    made.withLock { $0[authorities] = context }
    return context
  }
}
