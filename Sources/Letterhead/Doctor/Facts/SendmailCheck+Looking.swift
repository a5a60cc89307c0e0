// Whose sendmail is, and who has port 25.

import Foundation
import Submission

extension SendmailCheck {
  init(looking configuration: Configuration?, relay: Int32?) {
    let known = ["/usr/sbin/sendmail", "/usr/lib/sendmail", "/usr/local/sbin/sendmail"]
    let name = known.first { access($0, X_OK) == 0 }
    sendmail = name.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }
    let sockets = ListeningSocket.all.filter { $0.isAt(.network(host: "127.0.0.1", port: 25)) }
    let isOurs = configuration?.listeners.contains {
      if case .network(_, 25)? = ListenerPlace($0.address) { true } else { false }
    }
    // Where the relay is to listen there, the check of listeners says it.
    guard !sockets.isEmpty, isOurs != true else {
      otherOnPort25 = nil
      return
    }
    switch SocketHolders(of: Set(sockets.map(\.inode)), relay: relay).holder(of: sockets) {
    case .process(let pid, let name, _): otherOnPort25 = pid == relay ? nil : "\(name) (process \(pid))"
    case .unknown: otherOnPort25 = "another program"
    case .nobody: otherOnPort25 = nil
    }
  }
}
