// The Sent folder by the provider's own interface: it is looked into, and never filed into, since the provider does that.

import Diagnosis
import Foundation
import HTTP
import Mailboxes
import OAuth
import Transport

final class ListedSentFolder: SentFolder {
  private static let longestAnswer = 8 << 20
  private static let patience = Duration.seconds(30)

  private let listing: any SentListing
  private let transport: PostTransport

  init(_ listing: any SentListing, over transport: PostTransport) {
    self.listing = listing
    self.transport = transport
  }

  func newest(_ count: Int, since time: Date) async throws(SentFolderError) -> [SentHeader] {
    let path = listing.path(for: transport.mailbox, newest: count, since: time)
    var token = try await self.token()
    var response = try await ask(path, token)
    if response.status == 401 {
      await transport.reject(token)
      token = try await self.token()
      response = try await ask(path, token)
    }
    guard response.status == 200, let headers = listing.headers(in: response) else {
      throw refusal(by: response, hiding: token)
    }
    return headers.prefix(count).filter { $0.filedAt >= time }
  }

  func file(_ copy: PreparedMessage, sentAt: Date) async throws(SentFolderError) -> FiledCopy {
    throw .refused(words: "\(transport.api.transport.label) files what it takes by itself")
  }

  func close() async {}

  // MARK: Asking

  private func ask(_ path: String, _ token: AccessToken) async throws(SentFolderError) -> HTTPResponse {
    var request = transport.request("GET", path, within: Self.patience)
    request.longestAnswer = Self.longestAnswer
    request.fields = [("Authorization", "Bearer \(token.secret.reveal())"), ("Accept", "application/json")]
    do throws(HTTPError) { return try await transport.http.send(request) } catch {
      let failure = TransportError(error)
      if failure == .cancelled { throw .cancelled }
      throw .unreachable(words: Redaction.shown(failure.upstreamWords))
    }
  }

  private func token() async throws(SentFolderError) -> AccessToken {
    let token: AccessToken
    do throws(TransportError) { token = try await transport.token() } catch { throw SentFolderError(signIn: error) }
    let granted = grantedByPerson(token)
    guard granted.isEmpty || granted.contains(where: suffices) else {
      throw .notPermitted(words: "\(listing.permissions[0]) is not granted, only \(granted.joined(separator: ", "))")
    }
    return token
  }

  /// Empty where the token does not tell. What an app may do need not stand in its token: Exchange lets it in by roles of
  /// its own.
  private func grantedByPerson(_ token: AccessToken) -> [String] {
    guard case .oauth(let grant) = transport.mailbox.signIn, grant.refreshToken != nil else { return [] }
    return AccessTokenClaims(token.secret)?.permissions ?? []
  }

  private func suffices(_ permission: String) -> Bool {
    listing.permissions.contains { permission == $0 || permission.hasPrefix("\($0).") }
  }

  private func refusal(by response: HTTPResponse, hiding token: AccessToken) -> SentFolderError {
    let answer = PostAnswer(response, hiding: HiddenSecrets([token.secret]), now: .now)
    let words = Redaction.shown(answer.reply)
    return switch response.status {
    case 401, 404: .notPermitted(words: words)
    case 403: .notPermitted(words: "\(listing.permissions[0]) is not granted: \(words)")
    case 408, 429, 500...: .unreachable(words: words)
    default: .refused(words: words)
    }
  }
}
