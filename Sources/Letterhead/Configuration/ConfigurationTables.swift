// Every key of the configuration, declared once. The reader, Examples/letterhead.toml, the hints of `letterhead check`
// and the notice of what a reload cannot change are made from these tables. To add a key: one entry here, and the
// property that it is read into. Those of apps and providers are in files beside.

import Access
import HTTP
import Logging
import Logs
import Mailboxes
import Message
import SMTP
import Spool
import Submission

/// What `[entity.NAME]` says: of its mail, and of who may send it.
struct EntityKeys: Sendable {
  var entity: Entity
  var allow: [AppPattern]?

  init(key: String) { entity = Entity(key: key, name: key) }
}

/// Every table of the file, and what is read into it.
package enum ConfigurationTables {
  static let top = ConfigurationTable(
    nil, "", isInExample: true, initial: Configuration(file: "", hostname: ""),
    keys: [
      ConfigurationKey(
        "state_dir", \.stateDirectory, .path,
        "Spool, saved connections and the key that seals them. Mode 0700, the relay's user alone.", effect: .restart),
      ConfigurationKey(
        "status_file", \.statusFile, .path, "What `letterhead status` and monitoring read. No secrets in it.",
        effect: .restart),
      ConfigurationKey(
        "metrics_file", \.metricsFile, .path,
        "What Prometheus reads, written as often as status_file. No secrets in it.",
        usual: "metrics.prom beside status_file", example: "/run/letterhead/metrics.prom", effect: .restart),
      ConfigurationKey(
        "drop_dir", \.dropDirectory, .path,
        "Where letterhead-sendmail leaves mail while no relay answers. The folder above it has to be there; a host without "
          + "that program needs none.", effect: .restart),
      ConfigurationKey(
        "hostname", \.hostname,
        .text.whenever(
          ConfigurationReader.isHostname,
          else: { "\"\($0)\" is no host name. Write hostname = \"relay.acme.example\"." }),
        "How the relay names itself in greetings, in EHLO and in Received lines: a full host name. In EHLO, this host's "
          + "address takes the place of a name without a domain.",
        usual: "this host's own name", example: "relay.acme.example", effect: .restart),
      ConfigurationKey(
        "log_format", \.log.format, .choice,
        "How lines of the log are written. With \"auto\" as logfmt: for the journal with the priority in front, elsewhere "
          + "with the time. \"journal\" gives the journal each field by itself."),
      ConfigurationKey(
        "log_level", \.log.level, .choice,
        "What is logged: this level and what is graver. `serve --log-level` overrules it."),
      ConfigurationKey(
        "log_addresses", \.log.addresses, .choice,
        "Whether mail addresses stand in the log whole, as *@acme.example, or not at all."),
      ConfigurationKey(
        "history", \.history.age, .durationOrNone(in: .seconds(3600) ... .seconds(3650 * 86_400)),
        "For how long `letterhead trace` knows of messages that were delivered, failed or deleted. With \"none\" it "
          + "forgets them at once."),
      ConfigurationKey(
        "history_max", \.history.most, .number(in: 0...100_000_000),
        "So many messages are remembered at most; one takes some 300 octets on the disk."),
      ConfigurationKey(
        "history_addresses", \.history.addresses, .choice,
        "How much of senders and recipients is remembered: all, the domains only, or nothing."),
    ])

  static let listener = ConfigurationTable(
    "[[listener]]", "Where apps speak SMTP to: one section for each address.", isInExample: true,
    initial: ListenerSettings(address: ""),
    keys: [
      ConfigurationKey(
        "address", \.address,
        .text.whenever(
          { ListenerPlace($0) != nil },
          else: {
            "\"\($0)\" is no address to listen on. Write \"127.0.0.1:2525\", \"[::1]:2525\", the whole path of a unix "
              + "socket, \"/run/letterhead/submit.sock\", or \"systemd:NAME\"."
          }),
        "Numeric, with its port. Loopback needs no TLS and no password. Or the whole path of a unix socket; or "
          + "systemd:NAME for what a systemd socket with FileDescriptorName=NAME hands over.",
        example: "127.0.0.1:25", isRequired: true, isInExample: true),
      ConfigurationKey(
        "allow", \.allow, .networks { "\"\($0)\" lets the whole Internet send." },
        "Which other hosts may send here. An address that they can reach must say it: this is no open relay.",
        example: ["192.0.2.0/24"]),
      ConfigurationKey(
        "security", \.security, .choice,
        "Whether apps speak TLS at once, after STARTTLS, or not at all. Certs/README.md tells how to make a certificate."
      ),
      ConfigurationKey(
        "certificate", \.certificateFile, .path, "The certificate for TLS and its chain, PEM.",
        example: "/etc/letterhead/tls/relay.pem"),
      ConfigurationKey(
        "key", \.keyFile, .path, "The certificate's private key, PEM.", example: "/etc/letterhead/tls/relay.key"),
      ConfigurationKey(
        "entity", \.entity, .text, "The entity to which everything that comes in here belongs.",
        usual: "whose `senders` match", example: "acme"),
      ConfigurationKey(
        "unknown", \.unknown, .choice, "What becomes here of clients that are no app.", usual: "what [access] says",
        example: "refuse"),
      ConfigurationKey("require_sign_in", \.requiresSignIn, .flag, "Whether only apps that sign in may send here."),
      ConfigurationKey(
        "legacy_auth", \.offersLegacyAuth, .flag,
        "Whether EHLO says AUTH=PLAIN LOGIN as well: old clients look for the equals sign."),
      ConfigurationKey(
        "proxy", \.proxies, .networks { "\"\($0)\" lets the whole Internet say for whom it connects." },
        "From where connections come by a proxy, which must tell the client's address by the PROXY protocol (1 or 2).",
        example: ["172.17.0.0/16"]),
    ])

  static let entity = ConfigurationTable(
    "[entity.acme]",
    "Whose mail it is. `letterhead connect acme …` connects its mailbox; until then mail is accepted and held.",
    isInExample: true, initial: EntityKeys(key: ""),
    keys: [
      ConfigurationKey(
        "name", \.entity.name,
        .text.whenever(
          { !$0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } },
          else: { _ in "A name is one line of text without control characters." }),
        "The name that people read.", usual: "the section's", example: "Acme S.p.A.", isInExample: true),
      ConfigurationKey(
        "default", \.entity.isDefault, .flag,
        "Mail that fits no entity is this one's. Without a default such mail is refused.", example: true,
        isInExample: true),
      ConfigurationKey(
        "senders", \.entity.senders, .senderPatterns,
        "Mail whose sender matches one of these is this entity's: the envelope's sender first, then the header's From. "
          + "\"<>\" is the empty sender of bounces.",
        example: ["*@acme.example", "erp@localhost"]),
      ConfigurationKey(
        "notify", \.entity.notify, .addresses, "Who is told when a message cannot be delivered.",
        usual: "the mailbox's own address", example: ["it@acme.example"]),
      ConfigurationKey(
        "local_recipients", \.entity.localRecipients, .addresses.orOne,
        "Who gets mail to root and other recipients without a domain. Where nobody is named, it is refused.",
        usual: "whom notify names", example: ["it@acme.example"]),
      ConfigurationKey(
        "display_name", \.entity.displayName, .choice,
        "The name that recipients see: the app's, or always the entity's or the mailbox's own."),
      ConfigurationKey(
        "reply_to", \.entity.replyTo, .choice,
        "Where answers go when the app's own From was another address: to that address, or to the mailbox."),
      ConfigurationKey(
        "sent_copy", \.entity.sentCopies.rule, .choice,
        "Who puts a copy of what is sent into the mailbox: as was found out when it was connected; the provider; Letterhead, by "
          + "IMAP; or nobody."),
      ConfigurationKey(
        "sent_copy_bcc", \.entity.sentCopies.blindRecipients, .choice,
        "Whether a copy that Letterhead files shows Bcc, as mail programs do."),
      ConfigurationKey(
        "imap", \.entity.sentCopies.server, .imapServer, "Where the mailbox is read: its folder of sent messages.",
        usual: "where its provider says", example: "imap.acme.example:993"),
      ConfigurationKey(
        "sent_folder", \.entity.sentCopies.folder, .text, "The folder of sent messages there.",
        usual: "the one that the server marks, or that has the usual name in some language", example: "Sent"),
      ConfigurationKey(
        "unknown_outcome", \.entity.unknownOutcome, .choice,
        "When a message was handed over whole and no answer came: send it again, which may make two of it; look for it in "
          + "the mailbox's Sent folder first; or keep it until `letterhead queue resolve`."),
      ConfigurationKey(
        "allow", \.allow,
        .patternsOfAllow.filled(
          else: "allow is empty, so nobody could send as this entity. Leave it out, or write allow = [\"app:erp\"]."),
        "Who may send as this entity: an app, or what [app.NAME] match takes.", usual: "everybody",
        example: ["app:erp", "group:staff"]),
    ])

  /// Of one mailbox, in `[entity.NAME.limits]` and in `[provider.NAME]`.
  static let sendingLimits = ConfigurationTable(
    "[entity.acme.limits]",
    "How much the mailbox may send, where that is other than what `letterhead providers NAME` says of its provider.",
    initial: SendingLimits(),
    keys: [
      ConfigurationKey(
        "max_connections", \.maxConnections, .number(in: 1...50), "Sessions at a time.", example: 2),
      ConfigurationKey(
        "messages_per_minute", \.messagesPerMinute, .number(in: 1...1_000_000), "Messages in any minute.",
        example: 28),
      ConfigurationKey(
        "recipients_per_message", \.recipientsPerMessage, .number(in: 1...100_000), "Recipients of one message.",
        example: 500),
      ConfigurationKey(
        "recipients_per_day", \.recipientsPerDay, .number(in: 1...100_000_000), "Recipients in any 24 hours.",
        example: 10_000),
    ])

  static let client = ConfigurationTable(
    "[oauth.microsoft]",
    "How Letterhead is registered at a provider with OAuth; `letterhead connect acme --provider microsoft --explain` "
      + "tells how to.",
    initial: Configuration.Client(),
    keys: [
      ConfigurationKey(
        "client_id", \.id, .text, "The id that the provider gave the registration.",
        example: "11111111-2222-3333-4444-555555555555"),
      ConfigurationKey(
        "tenant", \.tenant,
        .text.whenever(
          Configuration.Client.isTenant,
          else: { "\"\($0)\" is no tenant. Write its id or one of its domains." }),
        "The organisation, by its id or one of its domains.", example: "acme.onmicrosoft.com"),
      ConfigurationKey(
        "client_secret_file", \.secretFile, .path, "The file that holds the client secret.",
        example: "/etc/letterhead/microsoft-secret"),
      ConfigurationKey(
        "client_secret_command", \.secretCommand,
        .texts.whenever(
          Configuration.Client.isCommand,
          else: { _ in "Write the program's whole path and its arguments: [\"/usr/bin/vault\", \"kv\", \"get\", …]." }),
        "A program that prints the secret, with its arguments, run for each request: the secret is kept nowhere. No shell.",
        example: ["/usr/bin/vault", "kv", "get", "-field=secret", "kv/mail"]),
      ConfigurationKey(
        "client_assertion_file", \.assertionFile, .path,
        "A signed assertion in place of the secret, kept fresh by something else on this host (workload identity "
          + "federation); read for each request.", example: "/var/run/secrets/azure/tokens/azure-identity-token"),
      ConfigurationKey(
        "certificate", \.certificateFile, .path, "A certificate in place of the secret, PEM.",
        example: "/etc/letterhead/microsoft.pem"),
      ConfigurationKey(
        "key", \.keyFile, .path, "The certificate's private key, PEM; for Google the service account's JSON.",
        example: "/etc/letterhead/microsoft.key"),
      ConfigurationKey(
        "secret_expires", \.secretExpires, .day,
        "When the secret ends, which only you know; at a provider without OAuth, when the password does. A warning comes 30, "
          + "14, 7 and 1 days before.",
        example: .day("2027-03-01")),
    ])

  static let network = ConfigurationTable(
    "[network]", "The way from this host to sign-in services.", initial: Configuration.NetworkSettings(),
    keys: [
      ConfigurationKey(
        "proxy", \.proxy,
        .text.whenever(
          HTTPClient.isProxy, else: { "\"\($0)\" is no proxy. Write \"http://proxy.acme.example:3128\"." }),
        "The proxy for HTTPS. Hosts that the environment's no_proxy names are asked directly.",
        usual: "the environment's https_proxy", example: "http://proxy.acme.example:3128", effect: .restart,
        isSecret: true)
    ])

  static let admin = ConfigurationTable(
    "[admin]", "Who may connect mailboxes and change the queue besides root. Who somebody is, the kernel says.",
    initial: Configuration.Admin(),
    keys: [
      ConfigurationKey(
        "approval", \.approval, .choice,
        "With \"required\" everybody else may ask (letterhead requests, approve, deny); with \"off\" they are refused."),
      ConfigurationKey("users", \.users, .texts, "Users of this host who are administrators.", example: ["mara"]),
      ConfigurationKey(
        "groups", \.groups, .texts, "Groups of this host whose members are administrators.",
        example: ["mail-admins"]),
    ])

  static let alert = ConfigurationTable(
    "[alert]",
    "Told once when an error flag goes up, changes or comes down, and when somebody asks for an approval.",
    initial: Configuration.AlertSettings(),
    keys: [
      ConfigurationKey(
        "command", \.command,
        .text.whenever({ !$0.isEmpty }, else: { _ in "command is empty. Leave it out to run nothing." }),
        "Run by /bin/sh with JSON on its standard input, 30 seconds at most.",
        example: "/usr/local/bin/page-oncall"),
      ConfigurationKey("mail_to", \.mailTo, .addresses, "Who gets a mail.", example: ["it@acme.example"]),
      ConfigurationKey(
        "mail_from_entity", \.mailFromEntity, .text,
        "Through whose mailbox that mail goes: better not the only one, for it must work then.", example: "acme"),
    ])

  static let limits = ConfigurationTable(
    "[limits]", "Defaults that suit a small host.", initial: Configuration.LimitSettings(),
    keys: [
      ConfigurationKey(
        "max_message_bytes", \.submission.maxMessageOctets, .number(in: 1 << 10...1 << 31),
        "The largest message that is accepted, in octets."),
      ConfigurationKey(
        "max_recipients", \.submission.maxRecipients, .number(in: 100...100_000), "The most recipients of one message."),
      ConfigurationKey(
        "max_connections", \.submission.maxConnections, .number(in: 1...100_000),
        "The most clients at a time, over all listeners."),
      ConfigurationKey(
        "queue_max_age", \.queueMaxAge, .duration(in: .seconds(3600) ... .seconds(60 * 86_400)),
        "A message that could not be delivered for so long is given up, with a report.", effect: .restart),
      ConfigurationKey(
        "queue_min_free", \.queueMinFree, .size, "Below this much free disk nothing is accepted."),
    ])
}

extension ConfigurationTables {
  /// In the order of the example file. The keys of `[provider.NAME]` are printed by `letterhead providers NAME`.
  package static let descriptions = [
    top.description, listener.description, entity.description, sendingLimits.description, app.description,
    appLimits.description, access.description, client.description, network.description, admin.description,
    alert.description, limits.description,
  ]

  /// Where a key of this name may stand, for who wrote it elsewhere: TOML gives a key to the table above it.
  static func places(of key: String) -> String? {
    let places = descriptions.filter { $0.keys.contains { $0.name == key } }.map {
      $0.header.map { "below \($0)" } ?? "above the first table"
    }
    return places.isEmpty ? nil : places.joined(separator: " or ")
  }

  /// The keys whose new value holds only after a restart, as people name them.
  ///
  /// Tables that a file may have several of are not looked at: no key of theirs needs a restart.
  package static func restartKeys(from old: Configuration, to new: Configuration) -> [String] {
    top.restartKeys(from: old, to: new) + access.restartKeys(from: old.access, to: new.access)
      + network.restartKeys(from: old.network, to: new.network) + admin.restartKeys(from: old.admin, to: new.admin)
      + alert.restartKeys(from: old.alert, to: new.alert) + limits.restartKeys(from: old.limits, to: new.limits)
  }
}

extension ValueType<[ClientNetwork]> {
  /// - Parameter danger: the sentence about a network that is the whole Internet.
  fileprivate static func networks(_ danger: @escaping @Sendable (String) -> String) -> Self {
    list(
      of: { ClientNetwork($0).flatMap { $0.isEverybody ? nil : $0 } }, text: { $0.description },
      else: {
        ClientNetwork($0) == nil
          ? "\"\($0)\" is no network. Write \"192.0.2.0/24\" or \"2001:db8::/32\"."
          : "\(danger($0)) Name your own networks: \"192.0.2.0/24\" or \"2001:db8::/32\"."
      })
  }
}

extension ValueType<[SenderPattern]> {
  static var senderPatterns: Self {
    list(
      of: { SenderPattern($0) }, text: { $0.text },
      else: { "\"\($0)\" is no sender pattern. Write \"erp@localhost\", \"*@acme.example\" or \"<>\"." })
  }
}
