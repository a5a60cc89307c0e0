// Telephone and cable companies, GoDaddy, Outlook and Yahoo put a code into their replies that says more than the words
// before it. Their help pages for senders explain the codes.

import Mailboxes

extension ReplyTable {
  package static let carrierRules: [Rule] =
    spectrumRules + coxRules + goDaddyRules + frenchRules
    + outlookRules + yahooRules

  /// AUP#I-1000 for mail to Spectrum's (Charter's) own addresses, AUP#O-1000 for mail from them.
  private static let spectrumRules: [Rule] = [
    Rule(
      says: "aup#…-1000", "aup#…-120…", "aup#…-121…", "aup#…-122…", "aup#…-123…", "aup#…-124…", "aup#…-1250",
      like: (.greeting, "554 AUP#I-1210"),
      means: Meaning.clientBlocked),
    Rule(
      says: "aup#…-101…", "aup#…-102…", "aup#…-103…", "aup#…-104…", "aup#…-105…", "aup#…-106…", "aup#…-107…",
      "aup#…-1080",
      like: (.mail, "550 AUP#O-1010"),
      means: Meaning.accountBlocked),
    Rule(says: "aup#…-1090", in: .message, like: (.body, "421 AUP#O-1090"), means: Meaning.busyMessage),
    Rule(
      says: "aup#…-110…", "aup#…-111…", "aup#…-112…", "aup#…-113…", "aup#…-114…", "aup#…-1150",
      like: (.greeting, "554 AUP#I-1110"),
      means: Meaning.reverseName),
    Rule(
      says: "aup#…-130…", "aup#…-131…", "aup#…-132…", "aup#…-133…", "aup#…-1340",
      like: (.greeting, "421 AUP#I-1310"),
      means: Meaning.connectionsUsedUp),
    Rule(
      says: "aup#…-135…", "aup#…-136…", "aup#…-137…", "aup#…-138…", "aup#…-139…", "aup#…-14…", "aup#…-1580",
      like: (.recipient, "452 AUP#O-1580"), (.body, "550 AUP#O-1420"),
      means: Meaning.throttled),
    Rule(says: "aup#…-1500", "aup#…-1520", like: (.mail, "550 AUP#O-1500"), means: Meaning.senderRefused),
    Rule(says: "aup#…-1530", in: .message, like: (.body, "552 AUP#O-1530"), means: Meaning.tooLarge),
    Rule(says: "aup#…-1540", in: .transaction, like: (.mail, "452 AUP#O-1540"), means: Meaning.sessionUsedUp),
    Rule(
      "5", says: "aup#…-1550", in: .transaction, like: (.recipient, "554 AUP#O-1550"),
      means: Meaning.tooManyRecipients),
  ]

  private static let coxRules: [Rule] = [
    Rule(says: "aup#cxbl", "aup#ipbl…", like: (.greeting, "554 AUP#CXBL"), means: Meaning.clientBlocked),
    Rule(says: "aup#cdrbl", like: (.greeting, "554 AUP#CDRBL"), means: Meaning.clientPaused),
    Rule(says: "aup#cxdns", like: (.greeting, "554 AUP#CXDNS"), means: Meaning.reverseName),
    Rule(says: "aup#cxcnct", like: (.greeting, "421 AUP#CXCNCT"), means: Meaning.connectionsUsedUp),
    Rule(says: "aup#cxmxrt", like: (.recipient, "452 AUP#CXMXRT"), means: Meaning.throttled),
    Rule(says: "aup#cxthrt", "aup#cxmj", like: (.body, "550 AUP#CXMJ"), means: suspiciousAccount),
    Rule(says: "aup#cxsndr", in: .transaction, like: (.mail, "550 AUP#CXSNDR"), means: Meaning.senderRefused),
    Rule("5", says: "aup#urlbl…", in: [.body], like: (.body, "554 AUP#URLBL101"), means: Meaning.spam),
  ]

  private static let suspiciousAccount = Assessment(
    .policy, .mailbox, .hold(probe: true),
    "{provider} has blocked or limited sending for {address} after suspicious activity of the account.",
    "Change the password at {provider} and look who else uses it, then run: {connect}")

  private static let goDaddyRules: [Rule] = [
    Rule(
      says: "ib401", in: .conversation, like: (.signIn, "535 Authentication not allowed on IBSMTP Servers. IB401"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true),
        "{host} is GoDaddy's server for incoming mail: it has no sign-in, for which there is an outgoing server.",
        "Use smtpout.secureserver.net as the server name in: {connect}")),
    Rule(says: "ib007", in: .conversation, like: (.greeting, "421 IB007"), means: Meaning.connectionsUsedUp),
    Rule(
      says: "ib103", "ib104", "ib105", "ib106", in: .conversation, like: (.greeting, "554 IB103"),
      means: Meaning.clientBlocked),
    Rule(says: "ib108", in: .conversation, like: (.greeting, "421 IB108"), means: Meaning.reverseName),
    Rule(
      says: "ib110", "ib111", "ib112", "ib113", in: .conversation, like: (.greeting, "554 IB111"),
      means: Meaning.clientPaused),
    Rule(
      says: "ib504", "ib607", in: .transaction,
      like: (.mail, "550 This IP has sent too many messages this hour. IB504"),
      means: Meaning.hourlyLimit),
    Rule(says: "ib510", in: .transaction, like: (.mail, "550 IB510"), means: Meaning.sessionUsedUp),
    Rule(says: "ib508", in: .transaction, like: (.mail, "550 IB508"), means: Meaning.senderRefused),
    Rule("5", says: "ib212", in: [.data, .body], like: (.body, "552 IB212"), means: Meaning.spam),
  ]

  /// Orange (OFR) and La Poste (LPN): the number behind the underscore.
  private static let frenchRules: [Rule] = [
    Rule(
      says: "ofr…_101", "ofr…_102", "lpn…_101", "lpn…_102",
      like: (.greeting, "550 Adresse IP source bloquee pour incident de spam. OFR006_102 [102]"),
      means: Meaning.clientBlocked),
    Rule(says: "ofr…_104", "lpn…_104", like: (.greeting, "421 OFR005_104 [104]"), means: Meaning.connectionsUsedUp),
    Rule(
      says: "ofr…_103", "ofr…_105", "ofr…_505", "ofr…_999", "lpn…_103", "lpn…_105", "lpn…_107", "lpn…_108", "lpn…_109",
      "lpn…_505", in: .conversation,
      like: (.greeting, "550 Service refuse. Veuillez essayer plus tard. OFR006_103 [103]"),
      means: Meaning.busyServer),
    Rule(
      "5", says: "ofr…_506", "lpn…_506", "ouk_513", in: [.body],
      like: (.body, "550 5.2.0 Mail rejete. Mail rejected. ofr_506 [506]"),
      means: Meaning.spam),
    Rule("5", says: "ofr…_514", "lpn…_514", in: .message, like: (.body, "552 OFR_514"), means: Meaning.tooLarge),
  ]

  /// Outlook.com and Microsoft 365 for mail that comes in.
  private static let outlookRules: [Rule] = [
    Rule(
      says: "(s77…",
      like: (.recipient, "451 4.7.650 The mail server [192.0.2.9] has been temporarily rate limited. (S775)"),
      means: Meaning.clientPaused),
    Rule(
      says: "(s31…", like: (.mail, "550 5.7.1 Part of their network is on our block list (S3150)."),
      means: Meaning.clientBlocked),
  ]

  private static let yahooRules: [Rule] = [
    Rule(
      says: "[ts0…", "[tss…",
      like: (.mail, "421 4.7.0 [TSS04] Messages from 192.0.2.9 temporarily deferred"),
      means: Meaning.clientPaused),
    Rule(
      "5", says: "[bl2…", like: (.mail, "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.9"),
      means: Meaning.clientBlocked),
  ]
}
