// The programs from which a configuration can be taken over.

/// A program that sent this host's mail before.
package enum ForeignSystem: String, Sendable, CaseIterable {
  case emailOAuth2Proxy = "email-oauth2-proxy"
  case postfix
  case saslXOAUTH2 = "sasl-xoauth2"
  case msmtp
  case ssmtp
  case nullmailer
  case dma
  case exim
  case smtp2graph

  /// As its makers write it.
  package var label: String {
    switch self {
    case .emailOAuth2Proxy: "Email OAuth 2.0 Proxy"
    case .postfix: "Postfix"
    case .saslXOAUTH2: "Postfix with sasl-xoauth2"
    case .msmtp: "msmtp"
    case .ssmtp: "sSMTP"
    case .nullmailer: "nullmailer"
    case .dma: "dma"
    case .exim: "Exim"
    case .smtp2graph: "SMTP2Graph"
    }
  }

  /// Where its configuration is, the likeliest place first.
  package var usualPaths: [String] {
    switch self {
    case .emailOAuth2Proxy:
      ["/etc/emailproxy.config", "/etc/emailproxy/emailproxy.config", "/opt/email-oauth2-proxy/emailproxy.config"]
    case .postfix, .saslXOAUTH2: ["/etc/postfix/main.cf"]
    case .msmtp: ["/etc/msmtprc"]
    case .ssmtp: ["/etc/ssmtp/ssmtp.conf"]
    case .nullmailer: ["/etc/nullmailer/remotes"]
    case .dma: ["/etc/dma/dma.conf"]
    case .exim: ["/etc/exim4/update-exim4.conf.conf"]
    case .smtp2graph: ["/etc/smtp2graph/config.yml", "/opt/smtp2graph/config.yml"]
    }
  }

  /// A file that is there only where this system and not its neighbour is in use.
  package var telltale: String? { self == .saslXOAUTH2 ? "/etc/sasl-xoauth2.conf" : nil }

  /// The unit that holds its port or sends its queue; `nil`: nothing runs between two messages.
  var unit: String? {
    switch self {
    case .emailOAuth2Proxy: "emailproxy"
    case .postfix, .saslXOAUTH2: "postfix"
    case .nullmailer: "nullmailer"
    case .exim: "exim4"
    case .smtp2graph: "smtp2graph"
    case .msmtp, .ssmtp, .dma: nil
    }
  }

  /// Programs reach it as /usr/sbin/sendmail.
  var isSendmail: Bool {
    switch self {
    case .emailOAuth2Proxy, .smtp2graph: false
    default: true
    }
  }
}
