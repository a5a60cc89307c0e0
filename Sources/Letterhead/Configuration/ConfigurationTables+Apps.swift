// The keys of `[app.NAME]`, `[app.NAME.limits]` and `[access]`.

import Access
import Mailboxes
import SMTP

extension ConfigurationTables {
  static let app = ConfigurationTable(
    "[app.erp]",
    "A program that sends, and what it may do. Who it is, the kernel says, or a password. Of several apps that fit, a "
      + "container goes before a unit, then user, group, net and listener; then the first in this file.",
    initial: App(name: ""),
    keys: [
      ConfigurationKey(
        "match", \.match,
        .patternsOfMatch.filled(else: "match is empty. Write match = [\"unit:erp.service\"], or leave it out."),
        "What it is recognised by; one of them is enough. Also group:NAME, container:ID, net:192.0.2.0/24 and "
          + "listener:ADDRESS. Programs in a container never match user: or group:, for their users are not the host's.",
        example: ["unit:erp.service", "user:erp"]),
      ConfigurationKey(
        "sign_in", \.signsIn, .flag, "Whether it may sign in as well: `letterhead app password erp` makes the password."
      ),
      ConfigurationKey(
        "cram_md5", \.signsInByCramMD5, .flag,
        "Whether it may sign in by CRAM-MD5, for old clients: `letterhead app password erp --cram-md5` keeps something as "
          + "good as its password, sealed. Offered at the listeners that `match` names; where it names none, at all."),
      ConfigurationKey(
        "entities", \.entities,
        .texts.filled(else: "entities is empty. Name one, or leave it out: any, by route."),
        "The entities that it may send as, its own first.", usual: "any, by route", example: ["acme"]),
      ConfigurationKey(
        "senders", \.senders, .senderPatterns.filled(else: "senders is empty. Name one, or leave it out: any."),
        "Envelope senders that it may use.", usual: "any", example: ["*@acme.example"]),
      ConfigurationKey(
        "recipients", \.recipients,
        .recipientPatterns.filled(else: "recipients is empty. Name one, or leave it out: any."),
        "Recipients that it may write to. A pattern without @ is for those without a domain.", usual: "any",
        example: ["*@acme.example", "root"]),
      ConfigurationKey(
        "choose", \.choose, .choices.filled(else: "choose is empty. Leave it out: it may not choose."),
        "How it may name another of its entities: the field X-Letterhead-Entity, erp+brandb as its user name, or "
          + "anything+brandb@… as the envelope's sender.",
        usual: "not at all", example: ["header"]),
      ConfigurationKey(
        "mode", \.mode, .mode,
        "What becomes of its messages: sent; held until somebody releases them; kept as files; or sent to this address "
          + "instead of their recipients."),
      ConfigurationKey(
        "dedupe", \.dedupe, .duration(in: .seconds(1) ... .seconds(7 * 86_400)),
        "A message with the same Message-ID to the same recipients within this time is taken and not sent again.",
        usual: "never", example: "10m"),
      ConfigurationKey(
        "storm_guard", \.stormGuard, .number(in: 1...100_000),
        "Beyond so many messages alike in ten minutes (sender and subject, numbers aside) further ones are held.",
        usual: "none", example: 100),
    ])

  static let appLimits = ConfigurationTable(
    "[app.erp.limits]", "How much one app may send.", initial: AppLimits(),
    keys: [
      ConfigurationKey(
        "messages_per_minute", \.messagesPerMinute, .number(in: 1...1_000_000), "Messages in any minute.",
        usual: "any number", example: 60),
      ConfigurationKey(
        "messages_per_day", \.messagesPerDay, .number(in: 1...100_000_000), "Messages in any 24 hours.",
        usual: "any number", example: 5000),
      ConfigurationKey(
        "recipients_per_day", \.recipientsPerDay, .number(in: 1...100_000_000), "Recipients in any 24 hours.",
        usual: "any number", example: 10_000),
      ConfigurationKey(
        "max_message_bytes", \.maxMessageOctets, .number(in: 1 << 10...1 << 31),
        "The largest message, in octets, where that is less than [limits] says.", usual: "what [limits] says",
        example: .number(26_214_400)),
      ConfigurationKey(
        "beyond", \.beyond, .choice,
        "What becomes of messages beyond: the app is asked to come again (451), they are held, or refused (550)."),
    ])

  static let access = ConfigurationTable(
    "[access]", "What holds for clients that are no app.", initial: AccessRules(),
    keys: [
      ConfigurationKey(
        "unknown", \.unknown, .choice,
        "What becomes of their messages. Held ones wait for `letterhead app approve`.",
        usual: "allow while there is no app, then hold", example: "hold"),
      ConfigurationKey(
        "unknown_max_messages", \.unknownMaxMessages, .number(in: 1...1_000_000),
        "The most messages of unknown clients that are held, altogether."),
    ])
}

extension ValueType where Value: Collection {
  /// - Parameter sentence: about an empty list.
  func filled(else sentence: String) -> Self { whenever({ !$0.isEmpty }, else: { _ in sentence }) }
}

extension ValueType<[AppPattern]> {
  fileprivate static var patternsOfMatch: Self {
    list(
      of: { text in pattern(text).flatMap { if case .app = $0 { nil } else { $0 } } }, text: { $0.text },
      else: complaint)
  }

  static var patternsOfAllow: Self { list(of: pattern, text: { $0.text }, else: complaint) }

  /// A unit's name has its kind behind a dot; without one it would match nobody.
  @Sendable private static func pattern(_ text: String) -> AppPattern? {
    guard let pattern = AppPattern(text) else { return nil }
    if case .unit(let name) = pattern, !name.contains(".") { return nil }
    return pattern
  }

  @Sendable private static func complaint(about text: String) -> String {
    switch text.prefix(while: { $0 != ":" }) {
    case "unit" where text.count > 5: "\"\(text)\" is no unit's whole name. Write \"\(text).service\"."
    case "container":
      "\"\(text)\" names no container. Write 12 or more digits of its id, \"container:4f1c2ab09d7e\"."
    case "net": "\"\(text)\" names no network. Write \"net:192.0.2.0/24\" or \"net:2001:db8::/32\"."
    case "app":
      "\"\(text)\" is for allow of an entity. Write what the program is, \"unit:erp.service\" or \"user:erp\"."
    default:
      "\"\(text)\" matches nobody. Write \"unit:erp.service\", \"user:erp\", \"group:staff\", "
        + "\"container:4f1c2ab09d7e\", \"net:192.0.2.0/24\" or \"listener:127.0.0.1:2525\"."
    }
  }
}

extension ValueType<[SenderPattern]> {
  /// Nobody writes to the null sender.
  fileprivate static var recipientPatterns: Self {
    list(
      of: { $0 == "<>" ? nil : SenderPattern($0) }, text: { $0.text },
      else: { "\"\($0)\" is no recipient pattern. Write \"ada@acme.example\", \"*@acme.example\" or \"root\"." })
  }
}

extension ValueType<[App.Choice]> {
  fileprivate static var choices: Self {
    list(
      of: { App.Choice(rawValue: $0) }, text: { $0.rawValue },
      else: { "\"\($0)\" is no way to choose. Write \"header\", \"user\" or \"address\"." })
  }
}

extension ValueType<App.Mode> {
  private static var redirect: String { "redirect:" }

  fileprivate static var mode: Self {
    ValueType("one of \"normal\", \"hold\", \"sandbox\", \"redirect:ADDRESS\"", write: { .text(text(of: $0)) }) {
      value, _ throws(ValueProblem) in
      guard case .text(let text) = value else { throw .wrongKind }
      switch text {
      case "normal": return .normal
      case "hold": return .hold
      case "sandbox": return .sandbox
      default:
        guard text.hasPrefix(redirect) else { throw .wrongKind }
        return .redirect(try address(String(text.dropFirst(redirect.count))))
      }
    }
  }

  private static func address(_ text: String) throws(ValueProblem) -> Address {
    guard let address = Address(text), !address.domain.isEmpty else {
      throw .unfit(["\"\(text)\" is no mail address. Write mode = \"redirect:test@acme.example\"."])
    }
    return address
  }

  private static func text(of mode: App.Mode) -> String {
    switch mode {
    case .normal: "normal"
    case .hold: "hold"
    case .sandbox: "sandbox"
    case .redirect(let address): redirect + address.text
    }
  }
}
