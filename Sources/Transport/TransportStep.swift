// The steps of the way to a provider, as `connect` and `test` print them. Each transport has its own; these are the ones
// that several have.

package import Mailboxes

/// One step, named as people read it.
package struct TransportStep: Hashable, Sendable {
  package let title: String

  package init(_ title: String) {
    self.title = title
  }

  package static let name = TransportStep("Name")
  package static let tcp = TransportStep("TCP")
  package static let tls = TransportStep("TLS")
  package static let signIn = TransportStep("Sign-in")
  /// A real message is taken over.
  package static let message = TransportStep("Message")
}

/// One step that has come to an end.
package struct StepReport: Equatable, Sendable {
  package enum Result: Equatable, Sendable {
    /// What was found.
    case passed(String)
    /// It did not go as it should, and does not keep mail from being sent.
    case noted(String)
    /// The sentence, the remedy and the server's words.
    case failed(Fault)
  }

  package let step: TransportStep
  package let result: Result

  package init(_ step: TransportStep, _ result: Result) {
    self.step = step
    self.result = result
  }

  package static func passed(_ step: TransportStep, _ found: String) -> StepReport {
    StepReport(step, .passed(found))
  }

  package var fault: Fault? {
    if case .failed(let fault) = result { fault } else { nil }
  }
}

/// Told of each step as it ends, in order.
package typealias StepObserver = (StepReport) -> Void
