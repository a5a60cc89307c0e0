// What the queue tells people of its next step.

import Foundation
import Mailboxes
import Message
import SMTP
import Spool

extension MailboxQueue {
  /// When it sends again, as it stands now; `nil` when it has stopped.
  var outlook: SendingOutlook? {
    switch state.mode {
    case .open: rateOutlook
    case .paused(let until, _): .notBefore(until)
    case .flagged(_, let probe), .unreachable(let probe): .nextLook(probe.time(at: now))
    case .stopped: nil
    }
  }

  private var rateOutlook: SendingOutlook {
    switch rate.permission(for: ready.first?.envelope.recipients.count ?? 0, at: now).0 {
    case .now: .open
    case .later(let time), .exhausted(let time): .notBefore(time)
    }
  }
}

extension QueueState.Probe {
  fileprivate func time(at now: Date) -> Date? {
    switch self {
    case .never: nil
    case .due(let time): time
    case .underway: now
    }
  }
}
