// `[[listener]]`: where apps speak SMTP to, and what must be said of an address that others can reach.

import Access
import Foundation
import SMTP
import Submission
import TLS

extension ConfigurationReader {
  func listener(from section: ConfigurationSection) -> ListenerSettings {
    var listener = ConfigurationTables.listener.initial
    ConfigurationTables.listener.read(section, into: &listener)
    switch ListenerPlace(listener.address) {
    case .network(let host, _): checkReach(of: listener, host, in: section)
    case .unixSocket: checkUnixSocket(listener, in: section)
    // What systemd hands over is known when it does. Clients from elsewhere are refused there as well, but for `allow`.
    case .activated, nil: break
    }
    checkFiles(of: listener, in: section)
    section.refuseOthers()
    return listener
  }

  /// An open relay is one forgotten line away; so a listener that others can reach must say whom it serves.
  private func checkReach(of listener: ListenerSettings, _ host: String, in section: ConfigurationSection) {
    guard !ClientNetwork.loopback.contains(host), !section.contains("allow") else { return }
    section.report(
      "address",
      "\(listener.address) can be reached from other hosts, and nothing says which of them may send. "
        + "Add allow = [\"192.0.2.0/24\"], or listen on 127.0.0.1.")
  }

  private func checkUnixSocket(_ listener: ListenerSettings, in section: ConfigurationSection) {
    if listener.security != .none {
      section.report("security", "A unix socket does not leave this host and takes no TLS. Leave security out.")
    }
    for key in ["allow", "proxy"] where section.contains(key) {
      section.report(key, "\(key) names networks, and the clients of a unix socket have no address. Leave it out.")
    }
  }

  private func checkFiles(of listener: ListenerSettings, in section: ConfigurationSection) {
    for (key, value) in [("certificate", listener.certificateFile), ("key", listener.keyFile)] {
      if value == nil, listener.security != .none {
        section.report("security", "security = \"\(listener.security.rawValue)\" needs \(key) = \"FILE.pem\" as well.")
      } else if let value, opensFiles, access(value, R_OK) != 0 {
        section.report(key, "The file \(value) cannot be read: \(String(cString: strerror(errno))).")
        return
      }
    }
    guard opensFiles, let certificate = listener.certificateFile, let key = listener.keyFile else { return }
    do throws(TLSError) {
      _ = try TLSContext.server(certificateFile: certificate, keyFile: key)
    } catch {
      let words = if case .badCertificateFile(let words) = error { words } else { "\(error)" }
      section.report("certificate", "The certificate and its key are not usable. OpenSSL says: \(words)")
    }
  }
}
