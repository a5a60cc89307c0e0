// The way into the mailbox's folder of sent messages: by IMAP, beside submission, with the same sign-in.

import Diagnosis
import IMAP
package import Mailboxes
import OAuth
import SMTP
import Sockets
import TLS
package import Transport

/// Where a mailbox is read.
package struct SentFolderPlace: Sendable, Equatable {
  package var server: Server
  /// The folder as people read it; empty: the one that the server marks, or that has the usual name.
  package var folder: String

  package init(server: Server, folder: String = "") {
    self.server = server
    self.folder = folder
  }
}

extension SMTPTransport {
  package func openSentFolder() async throws(SentFolderError) -> (any SentFolder)? {
    guard let place = sentFolder(), mailbox.signIn != .none else { return nil }
    // Before the line is opened: a token may take a while to come.
    let signIn = try await imapSignIn(at: place.server)
    let opening = IMAPSession.Opening(
      host: place.server.host, security: place.server.security, context: try trust(),
      timeouts: timeouts == .test ? .test : .filing, folder: place.folder)
    return try await IMAPSession.open(over: try await dial(place.server), opening, signIn: signIn)
  }

  private func imapSignIn(at server: Server) async throws(SentFolderError) -> IMAPSignIn {
    do throws(TransportError) {
      switch try await CredentialSource(mailbox, tokens, time: time).credential() {
      case .password(let username, let secret):
        return IMAPSignIn(.password(username: username, HiddenOctets(Array(secret.reveal().utf8))))
      case .token(let username, let mechanism, let token):
        let octets = HiddenOctets(Array(token.secret.reveal().utf8))
        return IMAPSignIn(
          .bearerToken(username: username, octets, host: server.host, port: Int(server.port)),
          preferred: mechanism.rawValue.uppercased())
      }
    } catch {
      throw SentFolderError(signIn: error)
    }
  }

  private func trust() throws(SentFolderError) -> TLSContext {
    do {
      return try network.tlsContext(for: mailbox)
    } catch {
      throw .unreachable(words: "the system's certificates could not be read")
    }
  }

  private func dial(_ server: Server) async throws(SentFolderError) -> Connection {
    let endpoints: [Endpoint]
    do {
      endpoints = try await network.resolver.addresses(
        of: server.host, port: server.port, on: loop, until: .now + timeouts.lookUp)
    } catch .cancelled {
      throw .cancelled
    } catch {
      throw .unreachable(words: "the name \(server.host) could not be looked up")
    }
    do {
      return try await network.dialer.connect(to: endpoints, on: loop, until: .now + timeouts.connect)
    } catch .cancelled {
      throw .cancelled
    } catch {
      throw .unreachable(words: "\(server.host) does not answer on port \(server.port)")
    }
  }
}
