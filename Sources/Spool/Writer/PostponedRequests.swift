// What the storage has refused and is done later, because nobody waits for it.

import Logging
import Logs

/// Their messages stay claimed, so that what is settled is not sent again meanwhile.
struct PostponedRequests {
  private var requests: [WriterRequest] = []

  mutating func takeAll() -> [WriterRequest] {
    defer { requests = [] }
    return requests
  }

  /// Answers the one who waits for a request, or keeps the request.
  mutating func refuse(_ request: WriterRequest, _ failure: EngineFailure, log: Logger) {
    switch request {
    case .accept(_, _, let continuation): continuation.resume(returning: .failure(failure.spoolError))
    case .change(let change): change.refuse(failure.spoolError)
    case .giveBack, .makeDue: requests.append(request)
    // It is asked for again.
    case .pruneHistory: break
    case .settle where failure.canBeRetried: requests.append(request)
    case .settle(let id, let settlement, let now): drop(id, settlement, now, failure, log)
    }
  }

  /// The settlement itself is at fault, or the report with it is: then it is kept without the report.
  private mutating func drop(
    _ id: MessageID, _ settlement: Settlement, _ now: Timestamp, _ failure: EngineFailure, _ log: Logger
  ) {
    let hasReport = settlement.report != nil
    log.tell(.settlementNotStored, [.id: "\(id)", .reason: failure.reason])
    guard hasReport else { return }
    var settlement = settlement
    settlement.report = nil
    requests.append(.settle(id, settlement, now: now))
  }
}
