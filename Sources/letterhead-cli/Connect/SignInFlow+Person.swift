// A person signs in: by the browser on this machine, by one elsewhere, or by typing a code. The address to open stands
// alone on a line of standard output; everything else is for the person who reads along.

import Foundation
import HTTP
import Letterhead
import Mailboxes
import OAuth

extension SignInFlow {
  /// - Parameter mailbox: as described so far; sentences name it.
  func personalGrant(by registration: Registration, for mailbox: Mailbox) async throws -> OAuthGrant {
    let http = HTTPClient(proxy: proxy)
    defer { http.close() }
    let endpoint = TokenEndpoint(over: http, trusting: mailbox.authoritiesPEM)
    let person: PersonSignIn
    do throws(SignInError) {
      person =
        switch way {
        case .paste: try await paste(registration, endpoint)
        case .device: try await device(registration, endpoint)
        default: try await browser(registration, endpoint)
        }
    } catch {
      throw sentence(for: error, registration, mailbox)
    }
    try checkAccount(person, mailbox)
    if let lapses = person.lapses { print("This sign-in ends on \(lapses.formatted(.iso8601.year().month().day())).") }
    return person.grant(
      username: username, mechanism: registration.mechanism, by: registration.client,
      scopes: registration.service.scopes)
  }

  // MARK: The ways

  private func browser(_ registration: Registration, _ endpoint: TokenEndpoint) async throws(SignInError)
    -> PersonSignIn
  {
    let receiver = try LoopbackReceiver(host: registration.service.redirectHost)
    let request = try AuthorizationRequest(
      to: registration.service, tenant: registration.tenant, by: registration.client,
      redirectURI: receiver.redirectURI, loginHint: username)
    print("Open this address with a browser on this machine, and sign in as \(username):\n")
    show(request.url)
    if opensBrowser { Browser.open(request.url) }
    print("\nWaiting, ten minutes at most. Without a browser here, stop with Ctrl-C and use --paste.")
    do throws(SignInError) {
      let person = try await request.signIn(with: try await receiver.code(for: request), at: endpoint, now: Date())
      await receiver.show(isExpected(person) ? .success : .wrongAccount)
      return person
    } catch {
      await receiver.show(error.isRefusal ? .refused : .failed)
      throw error
    }
  }

  private func paste(_ registration: Registration, _ endpoint: TokenEndpoint) async throws(SignInError) -> PersonSignIn
  {
    let request = try AuthorizationRequest(
      to: registration.service, tenant: registration.tenant, by: registration.client,
      redirectURI: "http://\(registration.service.redirectHost):\(unheardPort)", loginHint: username)
    print("Open this address with a browser on any machine, and sign in as \(username):\n")
    show(request.url)
    print("\nAt the end the browser shows a page that cannot be reached. Copy its address and paste it here:")
    fflush(nil)
    var lastFault: SignInError?
    for _ in 0..<5 {
      guard let line = readLine(), !line.isEmpty else { break }
      do throws(SignInError) {
        let code = try request.code(in: Callback(pasted: line))
        return try await request.signIn(with: code, at: endpoint, now: Date())
      } catch .callback(let fault) {
        lastFault = .callback(fault)
        print("\(fault.sentence) Paste the whole address, from http to its end:")
        fflush(nil)
      }
    }
    throw lastFault ?? .timedOut
  }

  private func device(_ registration: Registration, _ endpoint: TokenEndpoint) async throws(SignInError) -> PersonSignIn
  {
    let flow = try DeviceFlow(
      at: registration.service, tenant: registration.tenant, by: registration.client, endpoint: endpoint)
    let authorization = try await flow.start()
    print("Open this address on any device, sign in as \(username), and type the code \(authorization.userCode):\n")
    print(authorization.verificationURI)
    if let complete = authorization.verificationURIComplete { print("\nWith the code in it already:\n\n\(complete)") }
    print("\nWaiting until it is done, or the code runs out.")
    fflush(nil)
    return try await flow.signIn(with: authorization)
  }

  private func show(_ url: URL) {
    print(url.absoluteString)
    fflush(nil)
  }

  // MARK: Who it was

  /// Where the provider does not tell, the mail server has the word.
  private func isExpected(_ person: PersonSignIn) -> Bool {
    guard let account = person.account, !account.names.isEmpty else { return true }
    return account.isCalled(username)
  }

  private func checkAccount(_ person: PersonSignIn, _ mailbox: Mailbox) throws {
    guard let name = person.account?.names.first else {
      return print(
        "The provider does not tell who signed in; the test shows whether that account may send as \(mailbox.address).")
    }
    guard isExpected(person) else {
      throw CommandFailure(
        "You signed in as \(name), and \(username) was wanted, so nothing was saved. Sign in as \(username) (a private "
          + "window of the browser asks anew), or, if \(name) may send as \(mailbox.address), add --username \(name).")
    }
    print("Signed in as \(name).")
  }
}

extension SignInError {
  fileprivate var isRefusal: Bool {
    if case .refused = self { true } else { false }
  }
}

/// Where the browser is sent that cannot reach this machine: `discard`, a port on which nobody listens.
private let unheardPort = 9

/// The browser of whoever runs the command.
private enum Browser {
  /// As well as it goes: the address is on the screen in any case.
  static func open(_ url: URL) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["xdg-open", url.absoluteString]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try? process.run()
  }
}
