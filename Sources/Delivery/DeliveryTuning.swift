// A queue's measures of time and number. Tests hand in others.

package struct DeliveryTuning: Equatable, Sendable {
  /// Where no limit is known. Microsoft allows three connections a mailbox.
  package var maximumSessions = 3
  /// An open session without work is closed after this, or half as long again.
  package var idle: Duration = .seconds(30)
  /// Messages drawn from the spool at once.
  package var drawnAtOnce = 64
  /// A further session is opened when so many messages wait behind each open one, or one has waited for `growAfter`.
  package var backlogPerSession = 48
  package var growAfter: Duration = .seconds(2)
  /// Between sign-ins that see whether a fault is gone.
  package var probe: Duration = .seconds(15 * 60)
  /// Network trouble: the first wait, doubled each time.
  package var firstRetry: Duration = .seconds(1)
  package var longestRetry: Duration = .seconds(60)
  /// How long a refused message is kept back to see whether the next ones are refused alike.
  package var suspense: Duration = .seconds(3)
  /// A pause that comes again at once is doubled up to this.
  package var longestPause: Duration = .seconds(3600)
  /// Between looks whether a sign-in must be used so that it does not lapse.
  package var keepAlive: Duration = .seconds(3600)

  package init() {}
}
