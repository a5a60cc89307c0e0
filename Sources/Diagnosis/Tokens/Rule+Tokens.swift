// Rules for what a token endpoint answers. Their codes are its `error`, or the HTTP status where that decides.

import Mailboxes

extension Rule {
  /// - Parameters:
  ///   - errors: separated by spaces, in lower case; of an HTTP status perhaps the first digit only.
  ///   - action: where it is not the usual one of the class: a grant that is gone is not tried again, what an administrator
  ///     may mend is looked at now and then, and the rest passes.
  static func token(
    _ errors: String = "", says: String..., at family: ProviderFamily? = nil, like samples: String...,
    means class: FaultClass, does action: Action? = nil, _ summary: String,
    _ remedy: String = Assessment.nothingToDo
  ) -> Rule {
    let assessment = Assessment(`class`, .mailbox, action ?? usualAction(of: `class`), summary, remedy)
    return Rule(errors, "", says, [.token], family, samples.map { Sample(phase: .token, words: $0) }, assessment)
  }

  /// A rule for Microsoft's numbers, which stand in the description as AADSTS50034. They outrank the `error`.
  static func microsoft(
    _ numbers: Int..., like samples: String..., means class: FaultClass, does action: Action? = nil, _ summary: String,
    _ remedy: String = Assessment.nothingToDo
  ) -> Rule {
    let assessment = Assessment(`class`, .mailbox, action ?? usualAction(of: `class`), summary, remedy)
    return Rule(
      "", "", numbers.map { "aadsts\($0)" }, [.token], nil, samples.map { Sample(phase: .token, words: $0) }, assessment
    )
  }

  private static func usualAction(of class: FaultClass) -> Action {
    switch `class` {
    case .auth: .hold(probe: false)
    case .throttle: .pause(.seconds(300))
    case .transient, .network: .wait()
    default: .hold(probe: true)
    }
  }
}
