// Encryption and signing in, wherever in the conversation a provider speaks of them.

import Mailboxes

extension Grammar {
  static let encryptionRules: [MeaningRule] = [
    MeaningRule(
      "too many handshakes", [.encryption], [.tooMany, .exceeded], without: [.version], codes: "4",
      means: Meaning.throttled),
    MeaningRule(
      "TLS version or cipher", [.version], without: [.appPassword], in: .beforeMail.union([.tls, .mail]),
      means: Meaning.tlsVersion),
    MeaningRule("certificate", [.certificate], in: .beforeMail.union([.tls]), means: Meaning.certificate),
    MeaningRule("clock", [.clock], in: .beforeMail.union([.tls]), means: Meaning.clock),
    MeaningRule("plain port", [.encryption], without: [.listed], in: [.greeting, .tls], means: Meaning.plainPort),
    MeaningRule(
      "encryption comes first", [.encryption], [.required], in: .conversation, means: Meaning.encryptionNeeded),
    MeaningRule(
      "already encrypted", [.encryption], [.misplaced], in: [.startTLS, .hello], means: Meaning.encryptionMissing),
    MeaningRule(
      "no encryption for now", [.temporary, .later, .busy, .internalFault], in: [.startTLS], codes: "4",
      means: Meaning.busyServer),
    MeaningRule(
      "no encryption", [.encryption, .unavailable, .unsupported, .denied, .misplaced], in: [.startTLS],
      means: Meaning.encryptionMissing),
    MeaningRule(
      "encryption fails", [.encryption], [.wrong, .denied, .unavailable], without: [.attachment], in: .transaction,
      means: Meaning.encryptionNeeded),
  ]

  static let signInRules: [MeaningRule] = [
    MeaningRule(
      "too many sign-ins", [.tooMany, .exceeded, .tooFast], in: [.signIn, .hello], codes: "4",
      means: Meaning.signInThrottled),
    MeaningRule(
      "machine blocked for a time", [.client], [.listed, .suspended], [.temporary, .minute, .hour, .day],
      in: [.hello, .signIn], means: Meaning.clientPaused),
    MeaningRule(
      "too many sign-ins failed", [.signIn, .credentials], [.tooMany, .exceeded], without: [.sends],
      in: [.hello, .signIn],
      means: Meaning.signInLocked),
    MeaningRule(
      "machine blocked with a temporary code", [.client], [.listed, .suspended], in: [.signIn], codes: "4",
      means: Meaning.clientPaused),
    MeaningRule("app password", [.appPassword], in: [.signIn], means: Meaning.appPassword),
    MeaningRule("browser", [.browser], in: [.signIn, .mail], means: Meaning.browser),
    MeaningRule(
      "sign-in in trouble", [.temporary, .later, .busy, .internalFault], in: [.signIn], codes: "4",
      means: Meaning.busySignIn),
    MeaningRule(
      "way to sign in not offered", [.mechanism, .unsupported, .misplaced],
      [.unavailable, .denied, .unsupported, .suspended, .required, .misplaced], in: [.signIn, .hello],
      means: Meaning.mechanism),
    MeaningRule(
      "sign-in broken at the provider", [.internalFault], without: [.credentials], in: [.signIn], codes: "5",
      means: Meaning.signInBroken),
    MeaningRule(
      "account switched off", [.suspended], without: [.expired], in: [.signIn], means: Meaning.accountBlocked),
    MeaningRule(
      "account may not sign in", [.account], [.denied], without: [.credentials, .token], in: [.signIn],
      means: Meaning.mechanism),
    MeaningRule("sign-in expired", [.token, .credentials], [.expired], in: [.signIn], means: Meaning.signInExpired),
    MeaningRule(
      "account unknown", [.account, .sender], [.unknown], without: [.credentials], in: [.signIn],
      means: Meaning.unknownAccount),
    MeaningRule(
      "machine not admitted", [.client], [.denied, .listed, .unverified], in: [.signIn], means: Meaning.clientRefused),
    MeaningRule(
      "sign-in refused", [.signIn, .credentials, .token], [.wrong, .denied, .mismatch, .unknown], in: [.signIn],
      means: Meaning.signInRefused),
  ]
}
