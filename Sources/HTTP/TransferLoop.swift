// The client's thread: one libcurl multi handle with all transfers, and an inbox that others write to.

import CCurl
import Glibc
import Synchronization
import Platform

// Unchecked: `multi` and `transfers` are the thread's alone, the inbox is under its lock, and libcurl lets any thread call
// curl_multi_wakeup.
final class TransferLoop: @unchecked Sendable {
  enum Order {
    case start(Transfer, CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>)
    case take([UInt8]?, Transfer)
    case end(Transfer, HTTPError)
    case cancel(Transfer)
  }

  private struct Inbox {
    var orders: [Order] = []
    var isClosed = false
  }

  /// Once for the whole process, before anything else is asked of libcurl.
  private static let isInitialized = curl_global_init(CCURL_EVERYTHING) == CURLE_OK

  private let inbox = Mutex(Inbox())
  private let multi: CurlHandle
  private var transfers: [CurlHandle: Transfer] = [:]
  private let thread = Mutex<RunningThread?>(nil)

  /// Connections without a request that are kept for the next one.
  private static let mostIdle = 8
  /// libcurl's own timers end each wait sooner where they must.
  private static let longestWait: Int32 = 3_600_000

  init() {
    // Fails only without memory, when any allocation of Swift would end the process too.
    guard Self.isInitialized, let multi = curl_multi_init() else { fatalError("there is no memory left for HTTP") }
    self.multi = multi
    CCurl_set_most_idle(multi, Self.mostIdle)
    thread.withLock { $0 = startThread(named: "http") { self.run() } }
  }

  /// Once the loop is closed, orders are not obeyed any more, and a start ends as `.closed`.
  func post(_ order: Order) {
    let isTaken = inbox.withLock { inbox in
      guard !inbox.isClosed else { return false }
      inbox.orders.append(order)
      // Under the lock: the thread frees `multi` once it has seen that the inbox is closed.
      curl_multi_wakeup(multi)
      return true
    }
    if !isTaken, case .start(_, let waiter) = order { waiter.resume(returning: .failure(.closed)) }
  }

  /// Ends every transfer and waits for the end of the thread.
  func close() {
    inbox.withLock { inbox in
      inbox.isClosed = true
      curl_multi_wakeup(multi)
    }
    thread.withLock { $0 }?.join()
  }

  private func run() {
    blockBrokenPipeSignal()
    while !isToEnd {
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      settleEnded()
      curl_multi_poll(multi, nil, 0, Self.longestWait, nil)
    }
    for transfer in transfers.values { end(transfer, .closed) }
    curl_multi_cleanup(multi)
  }

  /// Obeys what is in the inbox.
  private var isToEnd: Bool {
    let inbox = inbox.withLock { inbox in
      defer { inbox.orders = [] }
      return inbox
    }
    inbox.orders.forEach(obey)
    return inbox.isClosed
  }

  private func obey(_ order: Order) {
    switch order {
    case .start(let transfer, let waiter):
      transfer.waiter = waiter
      transfers[transfer.handle] = transfer
      curl_multi_add_handle(multi, transfer.handle)
    case .take(let piece, let transfer) where isUnderWay(transfer):
      if let error = transfer.take(piece) { end(transfer, error) }
    case .end(let transfer, let error) where isUnderWay(transfer): end(transfer, error)
    case .cancel(let transfer) where isUnderWay(transfer):
      end(transfer, .cancelled(mayHaveArrived: transfer.mayHaveArrived))
    default: break  // It has ended meanwhile.
    }
  }

  private func isUnderWay(_ transfer: Transfer) -> Bool { transfers[transfer.handle] === transfer }

  private func settleEnded() {
    var result = CURLE_OK
    while let handle = CCurl_next_ended(multi, &result) {
      guard let transfer = transfers.removeValue(forKey: handle) else { continue }
      curl_multi_remove_handle(multi, handle)
      transfer.end(result)
    }
  }

  private func end(_ transfer: Transfer, _ error: HTTPError) {
    transfers[transfer.handle] = nil
    curl_multi_remove_handle(multi, transfer.handle)
    transfer.end(error)
  }

  /// A write to a connection that its peer has closed fails with an error in this thread, and ends no process.
  private func blockBrokenPipeSignal() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }
}
