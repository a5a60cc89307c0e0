// What no reply says: one line for each way in which a conversation ends early.

import Foundation
import Mailboxes
import SMTP
import Testing
import TransportSupport

@testable import Diagnosis

struct Ending: Sendable, CustomTestStringConvertible {
  let error: TransportError
  let kind: Outcome.Kind
  let fault: FaultClass
  let says: String
  let provider: Provider

  init(
    _ error: TransportError, _ kind: Outcome.Kind, _ fault: FaultClass, _ says: String, at provider: Provider = .smtp
  ) {
    self.error = error
    self.kind = kind
    self.fault = fault
    self.says = says
    self.provider = provider
  }

  var testDescription: String { "\(error)" }

  static let all = [
    Ending(.nameNotFound, .unreachable, .network, "does not exist"),
    Ending(.nameHasNoAddress, .unreachable, .network, "has no address"),
    Ending(.lookUpFailed("SERVFAIL"), .unreachable, .network, "names at the moment (SERVFAIL)."),
    Ending(.refused, .unreachable, .network, "nothing listens on port 587"),
    Ending(.connectTimedOut, .unreachable, .network, "a firewall"),
    Ending(.unreachable("::1: no route"), .unreachable, .network, "(::1: no route)."),
    Ending(.onlyIPv6("2001:db8::1: no route"), .unreachable, .network, "has IPv6 addresses only"),
    Ending(.noGreeting(timedOut: true), .unreachable, .network, "says nothing"),
    Ending(.noGreeting(timedOut: false), .unreachable, .network, "hung up without a greeting"),
    Ending(.expectsTLS, .broken, .policy, "expects TLS from the first byte"),
    Ending(.notSMTP("SSH-2.0"), .broken, .network, "not an SMTP server"),
    Ending(.redirected(to: "10.0.0.1"), .unreachable, .network, "leads to 10.0.0.1"),
    Ending(.startTLSMissing(masked: false), .broken, .policy, "offers no encryption"),
    Ending(.startTLSMissing(masked: true), .broken, .policy, "A device on the network"),
    Ending(.startTLSInjected, .broken, .policy, "Somebody on the line"),
    Ending(.noSignInOffered, .broken, .policy, "offers no sign-in"),
    Ending(.mechanismMissing(wanted: "XOAUTH2", offered: ["PLAIN"]), .broken, .policy, "does not offer the way"),
    Ending(.wouldExposeSecret, .broken, .policy, "not encrypted"),
    Ending(.unfitCredentials, .broken, .auth, "characters that cannot be sent"),
    Ending(.serverUnproven, .broken, .policy, "could not prove"),
    Ending(
      .tls(.expired(noon)), .broken, .policy, "expired on 2026-11-22, and this machine's clock says 2026-11-22T08"),
    Ending(.tls(.notYetValid(noon)), .broken, .policy, "not valid before 2026-11-22"),
    Ending(.tls(.wrongName(["a.example", "b.example"])), .broken, .policy, "it is for a.example, b.example"),
    Ending(.tls(.unknownIssuer("CN=Box", selfSigned: true)), .broken, .policy, "of its own making"),
    Ending(.tls(.unknownIssuer("CN=Box", selfSigned: false)), .broken, .policy, "issued by CN=Box"),
    Ending(.tls(.wrongName([])), .broken, .policy, "names no host"),
    Ending(
      .tls(.unknownIssuer("CN=Box", selfSigned: false)), .broken, .policy, "is answering in its place", at: .microsoft),
    Ending(
      .tls(.unknownIssuer("CN=Box", selfSigned: true)), .broken, .policy, "is answering in its place", at: .other),
    Ending(.tls(.wrongName(["evil.example"])), .broken, .policy, "is answering in its place", at: .other),
    Ending(.tls(.untrusted("weak key")), .broken, .policy, "not to be trusted"),
    Ending(.tls(.notTLS(firstOctets: Array("220 x".utf8))), .broken, .policy, "does not speak TLS from the first byte"),
    Ending(.tls(.protocolVersion("TLSv1")), .broken, .policy, "older than 1.2"),
    Ending(.tls(.handshake("bad record")), .unreachable, .network, "could not be set up"),
    Ending(.tls(.lost), .unreachable, .network, "could not be set up"),
    Ending(.tls(.badCertificateFile("x")), .broken, .policy, "cannot be read"),
    Ending(.token(.refused(error: "invalid_grant", description: "x")), .broken, .auth, "does not accept the sign-in"),
    Ending(.token(.refused(error: "interaction_required", description: "x")), .broken, .auth, "wants a person"),
    Ending(.token(.misconfigured(error: "invalid_client", description: "x")), .broken, .auth, "client secret"),
    Ending(
      .token(.misconfigured(error: "unauthorized_client", description: "x")), .broken, .consent, "may not sign in"),
    Ending(.token(.misconfigured(error: "invalid_scope", description: "x")), .broken, .consent, "permission (scope)"),
    Ending(.token(.unavailable(words: "503")), .unreachable, .network, "sign-in service"),
    Ending(
      .token(.unavailable(words: "SSL certificate problem: unable to get local issuer certificate")), .unreachable,
      .network, "is not one that this machine trusts"),
    // Whatever it says of the grant, nothing is known about it.
    Ending(
      .token(.unavailable(status: 503, words: "invalid_grant: AADSTS50034")), .unreachable, .transient, "outage"),
    Ending(
      .token(.unavailable(status: 503, words: "server_error: AADSTS90055")), .paused, .throttle,
      "whole organisation"),
    Ending(
      .token(.unavailable(status: 407, words: "HTTP 407 without a reason")), .unreachable, .network, "A web proxy"),
    Ending(.token(.unavailable(status: 429, words: "invalid_client: x")), .paused, .throttle, "asked too often"),
    Ending(.token(.unavailable(status: 404, words: "HTTP 404 without a reason")), .broken, .policy, "token URL"),
    Ending(
      .token(.clockWrong(ahead: .seconds(-3600), error: "invalid_grant", description: "")), .broken, .network,
      "behind by 60 minutes"),
    Ending(.token(.clientProof(.file("/run/token", .missing))), .unreachable, .auth, "was not asked"),
    Ending(.token(.clientProof(.file("/run/token", .unreadable("Permission denied")))), .unreachable, .auth, "denied"),
    Ending(.token(.clientProof(.file("/run/token", .notRegular))), .unreachable, .auth, "no regular file"),
    Ending(.token(.clientProof(.file("/run/token", .writableByAll))), .unreachable, .auth, "by everybody"),
    Ending(.token(.clientProof(.file("/run/token", .empty))), .unreachable, .auth, "/run/token"),
    Ending(.token(.clientProof(.file("/run/token", .tooLong(limit: 65_536)))), .unreachable, .auth, "64 KiB"),
    Ending(.token(.clientProof(.file("/run/token", .notAnAssertion))), .unreachable, .auth, "no assertion has"),
    Ending(.token(.clientProof(.file("/run/token", .expired(noon)))), .unreachable, .auth, "was not renewed"),
    Ending(.token(.clientProof(.command("/bin/v", .notStarted("No such file")))), .unreachable, .auth, "be started"),
    Ending(.token(.clientProof(.command("/bin/v", .exited(2, words: "sealed")))), .unreachable, .auth, "\"sealed\""),
    Ending(.token(.clientProof(.command("/bin/v", .signaled(9, words: "")))), .unreachable, .auth, "signal 9"),
    Ending(.token(.clientProof(.command("/bin/v", .tookTooLong(seconds: 20)))), .unreachable, .auth, "20 seconds"),
    Ending(.token(.clientProof(.command("/bin/v", .silent))), .unreachable, .auth, "nothing"),
    Ending(.token(.clientProof(.command("/bin/v", .tooLong(limit: 4096)))), .unreachable, .auth, "4096 octets"),
    Ending(.token(.clientProof(.command("/bin/v", .notASecret))), .unreachable, .auth, "several lines"),
    Ending(
      .tokenRefused(TokenRefusal(Reply(535, EnhancedCode(5, 7, 8), "Username and Password not accepted"), after: nil)),
      .broken, .auth, "the access token"),
    Ending(
      .tokenRefused(
        TokenRefusal(Reply(535, "No"), after: TokenChallenge(Array("{\"status\":\"403\",\"scope\":\"x\"}".utf8)))),
      .broken, .consent, "lacks the permission"),
    Ending(
      .token(.misconfigured(error: "", description: "the token URL must begin with https://")), .broken, .policy,
      "would show secrets"),
    Ending(.token(.disconnected), .unreachable, .auth, "in the meantime"),
    Ending(.nonsense(.greeting), .unreachable, .network, "not SMTP"),
    Ending(.lost(.hello, timedOut: true, bodySent: false), .unreachable, .network, "did not answer in time"),
    Ending(.lost(.mail, timedOut: false, bodySent: false), .deferred, .network, "broke"),
    Ending(.lost(.body, timedOut: false, bodySent: true), .deferred, .transient, "perhaps was sent"),
    Ending(.cancelled, .deferred, .transient, "was stopped"),
    Ending(.tooLarge(octets: 30, limit: 20), .failed, .message, "30 octets"),
    Ending(.unfitMessage("a signed part"), .failed, .message, "a signed part"),
    Ending(.needsSMTPUTF8, .failed, .message, "no SMTPUTF8"),
    Ending(.bodyUnreadable("EIO"), .deferred, .transient, "cannot be read"),
    Ending(.answered(Reply(535, "No"), .signIn), .broken, .auth, "does not accept"),
  ]
}

@Suite struct `A conversation that ends early` {
  @Test(arguments: Ending.all) func `has its meaning, with sentence and command`(_ ending: Ending) {
    var mailbox = Mailbox.byToken
    mailbox.provider = ending.provider
    let outcome = Outcome(of: ending.error, for: mailbox, now: noon)
    #expect(outcome.kind == ending.kind)
    #expect(ending.error.assessment(for: mailbox).class == ending.fault)
    #expect(outcome.summary.contains(ending.says), "\(outcome.summary)")
    #expect(outcome.remedy.endsInCommand, "\(outcome.remedy)")
    let assessment = ending.error.assessment(for: mailbox)
    #expect(assessment.summary.hasSuffix(".") && assessment.summary.count <= 160 && assessment.remedy.count <= 250)
    for sentence in [outcome.summary, outcome.remedy] { #expect(!sentence.contains("{")) }
  }
}
