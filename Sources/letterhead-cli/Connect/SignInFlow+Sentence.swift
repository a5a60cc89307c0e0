// Why a person's sign-in came to nothing, as the person reads it. What a server said is looked up in the table of
// upstream errors, as everywhere.

import Cryptography
import Diagnosis
import Foundation
import Letterhead
import Mailboxes
import OAuth
import TransportSMTP

extension SignInFlow {
  func sentence(for error: SignInError, _ registration: Registration, _ mailbox: Mailbox) -> CommandFailure {
    var mailbox = mailbox
    mailbox.signIn = .oauth(registration.grant(for: username, .refreshToken(Secret(""))))
    func looked(up error: TokenError) -> CommandFailure {
      let outcome = Outcome(of: .token(TokenFailure(error)), for: mailbox, now: Date())
      let words = outcome.words.isEmpty ? "" : "\n  The provider said: \(outcome.words)"
      return CommandFailure("\(outcome.summary) \(outcome.remedy) Nothing was saved.\(words)")
    }
    return switch error {
    case .refused(let error, let description): looked(up: .refused(error: error, description: description))
    case .token(let error): looked(up: error)
    case .notOffered: CommandFailure("\(provider.label) does not offer this way to sign in.")
    case .cannotListen(let words):
      CommandFailure("No port of this machine's loopback can be opened (\(words)). Use --paste instead.")
    case .timedOut:
      CommandFailure("Nobody signed in in time, so nothing was saved. Run the same command again.")
    case .callback(let fault): CommandFailure("\(fault.sentence) Nothing was saved; run the same command again.")
    case .noRefreshToken:
      CommandFailure(
        "\(provider.label) gave access for the moment only and no lasting sign-in, so nothing was saved. "
          + "\(lastingAccessHint(registration))")
    case .scopeMissing(let scope, let granted):
      CommandFailure(
        "Permission to send mail (\(scope)) was not granted, so nothing was saved. Run the same command again and leave "
          + "every box ticked; granted was: \(granted.isEmpty ? "nothing" : granted).")
    case .cancelled: CommandFailure("Stopped; nothing was saved.")
    }
  }

  private func lastingAccessHint(_ registration: Registration) -> String {
    registration.service.scopes.contains("offline_access")
      ? "Allow offline_access in the app registration, then run the same command again."
      : "Remove the app from the account's list of connected apps, then run the same command again."
  }
}

extension SignInError.CallbackFault {
  var sentence: String {
    switch self {
    case .unreadable: "That is no address with an answer in it."
    case .noState: "That is not the whole address: the part with state= is missing."
    case .otherState: "That address belongs to another sign-in."
    case .otherIssuer: "That answer came from another identity server than the one asked."
    case .noCode: "That address holds neither a code nor a refusal."
    case .otherNonce: "The identity server answered for another sign-in."
    }
  }
}

extension ServiceAccountFile.Failure {
  var sentence: String {
    switch self {
    case .unreadable: "it is not JSON. In Google's console: IAM & Admin › Service accounts › Keys › Add key › JSON."
    case .otherKind(let type):
      "it says of itself that it is \"\(type)\". What is wanted is the key of a service account, not of an OAuth client."
    case .missing(let field): "\(field) is missing in it. Take the file as Google's console gives it."
    case .otherTokenURL(let url): "it is for the sign-in service \(url), which is not this provider's."
    case .privateKey(let error): "its private key \(error.sentence)"
    }
  }
}

extension SigningKey.Failure {
  var sentence: String {
    switch self {
    case .privateKey(let error): "the private key \(error.sentence)"
    case .certificate(let error): "the certificate \(error.sentence)"
    case .otherKey: "the private key belongs to another certificate."
    }
  }
}

extension PEMError {
  fileprivate var sentence: String {
    switch self {
    case .unreadable: "is not in PEM form (-----BEGIN …)."
    case .encrypted: "is protected by a passphrase. Take it off: openssl pkey -in FILE -out FILE."
    case .notRSA: "is no RSA key, which alone can sign here."
    case .tooShort(let bits): "has \(bits) bits, and at least 2,048 are needed."
    }
  }
}
