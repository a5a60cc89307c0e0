// Postfix: main.cf, the tables it names, and which ports master.cf opens.

import Mailboxes
import Platform
import SMTP

/// One import from Postfix.
struct PostfixParser {
  var context: ImportContext
  let settings: MainCF
  let folder: String

  static func parse(_ path: String, into context: inout ImportContext) {
    guard let file = context.file(path, as: .continued) else { return }
    let folder = path.halvesOfPath.folder
    var parser = PostfixParser(context: context, settings: MainCF(file), folder: folder)
    parser.parse()
    context = parser.context
  }

  private mutating func parse() {
    if let name = settings.filled("myhostname") { context.setHostname(name, of: "myhostname") }
    readServers()
    readRewriting()
    if context.plan.isUseful {
      readListeners()
      readLimits()
      readLocalMail()
    }
    let head = context.plan.entities.first?.source
    context.tell(settings.settings, of: head) { [settings] name, value in
      settings.referred.contains(name) ? .part : Self.meaning(of: name, value)
    }
  }

  // MARK: What is said of the rest

  private static func meaning(of name: String, _ value: String) -> SettingMeaning? {
    if parts.contains(name) { return .part }
    if let advice = advice[name] { return value.isEmpty ? .needless : .leftOut(advice) }
    if needless.contains(name) || needlessPrefixes.contains(where: name.hasPrefix) { return .needless }
    return nil
  }

  /// All that are known.
  static let names = parts.union(advice.keys).union(needless).sorted()

  /// They make the mailbox, its server and its sign-in.
  private static let parts: Set = [
    "relayhost", "sender_dependent_relayhost_maps", "smtp_sasl_auth_enable", "smtp_sasl_password_maps",
    "smtp_sasl_security_options", "smtp_sasl_tls_security_options", "smtp_sasl_type", "smtp_sasl_mechanism_filter",
    "smtp_sender_dependent_authentication", "smtp_use_tls", "smtp_enforce_tls", "smtp_tls_wrappermode",
    "smtp_tls_security_level", "smtp_tls_CAfile", "smtp_tls_CApath", "sender_canonical_maps", "canonical_maps",
    "smtp_generic_maps", "smtp_header_checks", "masquerade_domains",
  ]

  private static let advice = [
    "virtual_alias_maps": "recipients are not rewritten. Write the addresses that are meant in the apps.",
    "virtual_mailbox_domains": "Letterhead delivers no mail on this host. Keep Postfix for it.",
    "virtual_transport": "Letterhead delivers no mail on this host. Keep Postfix for it.",
    "relay_domains": "everything goes to the mailbox's provider. Keep Postfix where it takes mail for domains.",
    "transport_maps": "everything of an entity goes through its one mailbox. Keep Postfix for other ways.",
    "recipient_canonical_maps": "recipients are not rewritten.",
    "always_bcc": "no copies are sent. The provider keeps what was sent in the Sent folder.",
    "sender_bcc_maps": "no copies are sent. The provider keeps what was sent in the Sent folder.",
    "recipient_bcc_maps": "no copies are sent.",
    "content_filter": "messages go through no filter.",
    "smtpd_milters": "milters are not called. A DKIM signature is the provider's to make.",
    "non_smtpd_milters": "milters are not called. A DKIM signature is the provider's to make.",
    "header_checks": "rules for headers are not carried. What an app may do is said in [app.NAME].",
    "body_checks": "rules for bodies are not carried.",
    "smtp_fallback_relay": "an entity has one mailbox and no second server.",
    "smtp_bind_address": "connections leave from the address that the kernel chooses.",
    "smtp_tls_fingerprint_cert_match": "certificates are checked by their authority; name it with --ca-file.",
    "smtp_tls_cert_file": "no client certificate is shown.",
    "smtp_tls_policy_maps": "every connection is encrypted, and its certificate checked.",
  ]

  private static let needless: Set = [
    "compatibility_level", "biff", "append_dot_mydomain", "append_at_myorigin", "readme_directory", "mydomain",
    "recipient_delimiter", "mailbox_size_limit", "mailbox_command", "html_directory", "manpage_directory",
    "sample_directory", "sendmail_path", "newaliases_path", "mailq_path", "mail_owner", "setgid_group",
    "queue_directory", "command_directory", "daemon_directory", "data_directory", "meta_directory",
    "shlib_directory", "debug_peer_level", "debugger_command", "delay_warning_time", "local_recipient_maps",
    "mail_spool_directory", "home_mailbox", "maillog_file", "maillog_file_permissions", "myorigin", "inet_protocols",
    "disable_dns_lookups", "smtp_host_lookup", "smtputf8_enable", "strict_rfc821_envelopes", "disable_vrfy_command",
    "default_transport", "relay_transport", "local_transport", "mynetworks_style", "parent_domain_matches_subdomains",
    "unknown_local_recipient_reject_code", "soft_bounce", "notify_classes", "minimal_backoff_time",
    "export_environment",
    "maximal_backoff_time", "queue_run_delay", "bounce_queue_lifetime", "alias_database", "smtp_address_preference",
    "smtp_always_send_ehlo", "myhostname", "mynetworks", "mydestination", "alias_maps", "message_size_limit",
    "maximal_queue_lifetime", "smtp_destination_concurrency_limit", "default_destination_concurrency_limit",
    "smtp_destination_rate_delay", "default_destination_rate_delay", "smtp_helo_name", "smtpd_banner",
    "smtpd_helo_required", "default_database_type",
    "tls_random_source",
    "smtp_cname_overrides_servername", "sender_canonical_classes", "canonical_classes", "broken_sasl_auth_clients",
    "always_add_missing_headers", "inet_interfaces", "mail_name", "smtpd_relay_restrictions", "stress",
    "owner_request_special",
  ]

  /// Of the server's side: who may send is what `allow` and [app.NAME] say.
  private static let needlessPrefixes = [
    "smtpd_tls_", "smtp_tls_", "tls_", "smtpd_client_", "smtpd_helo_", "smtpd_sender_", "smtpd_recipient_",
    "smtpd_data_", "smtpd_end_of_data_", "smtpd_sasl_", "smtpd_delay_", "smtpd_restriction_", "smtpd_discard_",
    "lmtp_", "allowed_domains_only", "postscreen_", "address_verify_", "milter_", "error_notice_", "bounce_notice_",
    "double_bounce_", "smtp_connect_", "smtp_data_", "smtp_helo_timeout", "smtp_mail_", "smtp_quit_", "smtp_rcpt_",
    "smtpd_timeout", "smtpd_soft_", "smtpd_hard_", "smtpd_error_",
  ]
}

extension String {
  /// The folder, with its last slash, and the file's name.
  var halvesOfPath: (folder: String, name: String) {
    guard let slash = lastIndex(of: "/") else { return ("", self) }
    return (String(self[...slash]), String(self[index(after: slash)...]))
  }

  /// A full name that EHLO may carry.
  var isHostName: Bool {
    let labels = split(separator: ".", omittingEmptySubsequences: false)
    return labels.count > 1 && utf8.count <= 253
      && labels.allSatisfy { label in
        !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
          && label.utf8.allSatisfy {
            $0 == 0x2D || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          }
      }
  }
}
