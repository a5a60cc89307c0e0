// Hands over messages one at a time, each in a POST of its own. What the answers mean is the business of Diagnosis.
//
// No request is ever repeated that the provider may have acted on: only a 401, and a refusal of recipients, which both say
// that nothing was sent, are followed by another one at once.

package import Diagnosis
package import Foundation
import HTTP
import Mailboxes
import Message
import OAuth
package import SMTP
package import Transport

package final class PostSession: TransportSession {
  /// Exchange takes no more recipients in one message.
  private static let recipientsAtOnce = 500
  /// How often recipients that are refused by name are left out at once.
  private static let mostRounds = 8
  /// Slower lines than this carry no mail, in octets a second.
  private static let slowest = 8 << 10

  package let mechanism: String? = nil
  package private(set) var isUsable = true
  package private(set) var messageCount = 0
  private let transport: PostTransport
  private var underWay = 0
  private var asking: Task<Result<HTTPResponse, HTTPError>, Never>?
  private var isInterrupted = false

  init(over transport: PostTransport) { self.transport = transport }

  package var capabilities: Capabilities {
    Capabilities(
      takesEnvelope: false, takesSMTPUTF8: false, maximumOctets: transport.sizes.limit,
      recipientsAtOnce: Self.recipientsAtOnce, filesSentCopies: true)
  }

  /// There may be several sessions; nothing is gained by more than one message on each.
  package var capacity: Int { isUsable && underWay == 0 ? 1 : 0 }

  // MARK: Sending

  package func send(_ message: PreparedMessage, now: Date) async -> Transmission {
    let recipients = message.envelope.recipients
    guard isUsable else { return .notBegun(recipients: recipients.count) }
    messageCount += 1
    underWay += 1
    defer { underWay -= 1 }
    var round = PostRound(recipients)
    for _ in 0..<Self.mostRounds where !round.isOver {
      round.take(await post(message, to: round.rest, now))
    }
    let transmission = round.transmission
    if let ending = transmission.ending, !ending.isAboutMessage { isUsable = false }
    return transmission
  }

  private func post(_ message: PreparedMessage, to recipients: [Address], _ now: Date) async -> PostResult {
    let begun = ContinuousClock.now
    let progress = UploadProgress()
    var result = await self.result(of: message, to: recipients, telling: progress, now)
    result.writtenAt = progress.lastPieceAt.map { now.addingTimeInterval(($0 - begun) / .seconds(1)) }
    return result
  }

  private func result(
    of message: PreparedMessage, to recipients: [Address], telling progress: UploadProgress, _ now: Date
  ) async -> PostResult {
    let name = UUID().uuidString.lowercased()
    do throws(TransportError) {
      let posted = try await PostedMessage(message, to: recipients)
      let limit = transport.sizes.limit
      guard posted.octetCount <= limit else { throw .tooLarge(octets: posted.octetCount, limit: limit) }
      let (response, token) = try await askWithToken(within: time(for: posted), named: name) {
        posted.upload(inBase64: transport.api.isBase64, telling: progress)
      }
      return self.result(of: response, to: posted, named: name, hiding: token, now)
    } catch {
      let result = PostResult(error, at: transport.mailbox, now)
      if case .lost = error { return result.noting(remark(naming: name)) }
      return result
    }
  }

  /// By what the provider's support finds a request. `nil` where it has no names.
  private func remark(naming name: String, in response: HTTPResponse? = nil) -> String? {
    guard let field = transport.api.requestNameField else { return nil }
    let others = response?["request-id"].map { "request-id \(Redaction.shown($0)), " } ?? ""
    return "\(others)\(field) \(name)"
  }

  private func time(for posted: PostedMessage) -> Duration {
    transport.answerWithin + .seconds(posted.octetCount / Self.slowest)
  }

  private func result(
    of response: HTTPResponse, to posted: PostedMessage, named name: String, hiding token: AccessToken, _ now: Date
  ) -> PostResult {
    let secrets = HiddenSecrets([token.secret])
    if let theirs = transport.api.acceptance(of: response) {
      transport.sizes.passed(posted.octetCount)
      return PostResult(acceptedAs: secrets.hidden(in: theirs), by: response.status, isReduced: posted.isReduced)
        .noting(remark(naming: name))
    }
    let answer = PostAnswer(response, hiding: secrets, now: now)
    let isTooLarge = transport.api.isTooLarge(answer, isInDoubt: transport.sizes.isInDoubt(posted.octetCount))
    if isTooLarge { transport.sizes.refused(posted.octetCount) }
    let reply = isTooLarge ? answer.replyToTooLarge : answer.reply
    let outcome = Outcome(of: reply, in: .post, for: transport.mailbox, now: now)
    return PostResult(outcome, isWhole: response.followsWholeRequest)
      .noting(remark(naming: name, in: response).map(secrets.hidden(in:)))
  }

  // MARK: Asking

  /// A refused access token is renewed and tried once more: with it nothing was done.
  ///
  /// - Parameters:
  ///   - name: of what is asked, the second time as well.
  ///   - body: asked for each request.
  private func askWithToken(
    within limit: Duration, named name: String? = nil, _ body: () -> HTTPRequest.Body
  ) async throws(TransportError) -> (HTTPResponse, AccessToken) {
    let token = try await transport.token()
    let response = try await ask(body(), token, within: limit, named: name)
    guard response.status == 401 else { return (response, token) }
    await transport.reject(token)
    let fresh = try await transport.token()
    return (try await ask(body(), fresh, within: limit, named: name), fresh)
  }

  private func ask(
    _ body: HTTPRequest.Body, _ token: AccessToken, within limit: Duration, named name: String?
  ) async throws(TransportError) -> HTTPResponse {
    guard !isInterrupted else { throw .cancelled }
    var request = transport.request("POST", transport.api.path(for: transport.mailbox), within: limit)
    request.fields = [
      ("Authorization", "Bearer \(token.secret.reveal())"), ("Content-Type", transport.api.contentType),
      ("Accept", "application/json"),
    ]
    if let field = transport.api.requestNameField, let name { request.fields.append((field, name)) }
    request.body = body
    let task = Task { [http = transport.http, request] in await http.result(of: request) }
    asking = task
    defer { asking = nil }
    let result = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    do { return try result.get() } catch { throw TransportError(error) }
  }

  // MARK: Without a message

  package func probe(
    to recipient: Address?, now: Date, observing observe: StepObserver
  ) async throws(TransportError) {
    if let outcome = try await refusalOfProbe(now) {
      throw outcome.reply.map { .answered($0, .post) } ?? .cancelled
    }
    observe(
      .passed(.permission, "\(transport.mailbox.server.host) lets this sign-in send as \(transport.mailbox.address)"))
  }

  package func refusal(of recipient: Address, now: Date) async throws(TransportError) -> Outcome? {
    try await refusalOfProbe(now)
  }

  /// What the provider says to a request that is no message, where that is about the sign-in or the mailbox.
  private func refusalOfProbe(_ now: Date) async throws(TransportError) -> Outcome? {
    let (response, token) = try await askWithToken(within: transport.answerWithin) { .octets(transport.api.probe) }
    guard response.status != 400 else { return nil }
    let answer = PostAnswer(response, hiding: HiddenSecrets([token.secret]), now: now)
    let outcome = Outcome(of: answer.reply, in: .post, for: transport.mailbox, now: now)
    return outcome.stopsMailbox ? outcome : nil
  }

  // MARK: Ending

  package func isAlive() async -> Bool { isUsable }
  package func retire() { isUsable = false }
  package func close() async { isUsable = false }

  package func interrupt() {
    isInterrupted = true
    isUsable = false
    asking?.cancel()
  }
}

extension HTTPClient {
  fileprivate func result(of request: HTTPRequest) async -> Result<HTTPResponse, HTTPError> {
    do throws(HTTPError) { return .success(try await send(request)) } catch { return .failure(error) }
  }
}
