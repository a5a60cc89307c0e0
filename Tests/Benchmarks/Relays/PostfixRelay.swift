// Postfix as a private instance: configuration, queue and data directory of its own, the daemons of the Debian package.
// Its sender is put on by sender_canonical_maps, which is as near to Letterhead's rewriting as it comes.

import Foundation

final class PostfixRelay: Relay {
  enum Settings: String {
    /// Debian's defaults: the fastest with a plain upstream.
    case defaults = "Postfix"
    /// For a busy relay; with TLS upstream the fastest, since it keeps TLS sessions open.
    case tuned = "Postfix, tuned"
  }

  let port: UInt16
  private(set) var pid: pid_t = 0
  private let directory: String
  private let settings: Settings
  private let surroundings: Surroundings

  var name: String { settings.rawValue }

  init(_ settings: Settings, directory: String, _ surroundings: Surroundings) throws {
    self.settings = settings
    self.directory = directory
    self.surroundings = surroundings
    port = try Loopback.unusedPort()
    let files = FileManager.default
    for name in ["config", "queue", "data"] {
      try files.createDirectory(atPath: "\(directory)/\(name)", withIntermediateDirectories: true)
    }
    try files.setAttributes([.ownerAccountName: "postfix"], ofItemAtPath: "\(directory)/data")
    try main.write(toFile: "\(directory)/config/main.cf", atomically: true, encoding: .utf8)
    try services.write(toFile: "\(directory)/config/master.cf", atomically: true, encoding: .utf8)
    // Postfix waits until its configuration is some seconds old.
    for name in ["main.cf", "master.cf"] {
      let old = Date(timeIntervalSinceNow: -60)
      try files.setAttributes([.modificationDate: old], ofItemAtPath: "\(directory)/config/\(name)")
    }
  }

  // MARK: Configuration

  private var main: String {
    """
    compatibility_level = 3.6
    queue_directory = \(directory)/queue
    data_directory = \(directory)/data
    daemon_directory = /usr/lib/postfix/sbin
    command_directory = /usr/sbin
    shlib_directory = /usr/lib/postfix
    meta_directory = /etc/postfix
    mail_owner = postfix
    setgid_group = postdrop
    maillog_file = \(directory)/postfix.log
    maillog_file_prefixes = \(directory)
    myhostname = relay.test
    mydestination =
    mynetworks = 127.0.0.0/8
    inet_interfaces = 127.0.0.1
    inet_protocols = ipv4
    alias_maps =
    alias_database =
    message_size_limit = 104857600
    mailbox_size_limit = 0
    relayhost = [127.0.0.1]:\(surroundings.provider)
    sender_canonical_maps = static:office@firm.test
    smtp_tls_security_level = \(surroundings.security == .none ? "none" : "encrypt")
    smtp_tls_wrappermode = \(surroundings.security == .tls ? "yes" : "no")
    \(signIn)
    \(tuning)
    \(sessions)
    \(slowness)

    """
  }

  private var signIn: String {
    guard !surroundings.password.isEmpty else { return "" }
    return """
      smtp_sasl_auth_enable = yes
      smtp_sasl_password_maps = static:office@firm.test:\(surroundings.password)
      smtp_sasl_security_options = noanonymous
      smtp_sasl_mechanism_filter = plain
      """
  }

  private var tuning: String {
    guard settings == .tuned else { return "" }
    return """
      in_flow_delay = 0
      default_process_limit = 300
      smtp_connection_cache_destinations = static:all
      \(surroundings.sessions == nil ? "default_destination_concurrency_limit = 50" : "")
      initial_destination_concurrency = \(surroundings.sessions ?? 20)
      qmgr_message_active_limit = 20000
      qmgr_message_recipient_limit = 20000
      smtp_tls_connection_reuse = \(surroundings.security == .none ? "no" : "yes")
      """
  }

  private var sessions: String {
    surroundings.sessions.map { "default_destination_concurrency_limit = \($0)" } ?? ""
  }

  /// Postfix's master hands its daemons a clean environment, but for these.
  private var slowness: String {
    let names = surroundings.environment.keys.sorted().joined(separator: " ")
    return names.isEmpty ? "" : "import_environment = MAIL_CONFIG MAIL_LOGTAG TZ LANG=C POSTLOG_SERVICE \(names)"
  }

  private var services: String {
    """
    127.0.0.1:\(port) inet n - n - - smtpd
    pickup    unix  n - n 60 1 pickup
    cleanup   unix  n - n - 0 cleanup
    qmgr      unix  n - n 300 1 qmgr
    tlsmgr    unix  - - n 1000? 1 tlsmgr
    rewrite   unix  - - n - - trivial-rewrite
    bounce    unix  - - n - 0 bounce
    defer     unix  - - n - 0 bounce
    trace     unix  - - n - 0 bounce
    verify    unix  - - n - 1 verify
    flush     unix  n - n 1000? 0 flush
    proxymap  unix  - - n - - proxymap
    proxywrite unix - - n - 1 proxymap
    smtp      unix  - - n - - smtp
    relay     unix  - - n - - smtp
    showq     unix  n - n - - showq
    error     unix  - - n - - error
    retry     unix  - - n - - error
    discard   unix  - - n - - discard
    lmtp      unix  - - n - - lmtp
    anvil     unix  - - n - 1 anvil
    scache    unix  - - n - 1 scache
    tlsproxy  unix  - - n - 0 tlsproxy
    postlog   unix-dgram n - n - 1 postlogd

    """
  }

  // MARK: Its life

  func start() throws {
    try command(["/usr/sbin/postfix", "-c", "\(directory)/config", "start"])
    let text = (try? String(contentsOfFile: "\(directory)/queue/pid/master.pid", encoding: .utf8)) ?? ""
    guard let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw Failure("Postfix has no master.pid. Its log:\n\(log.suffix(2000))")
    }
    self.pid = pid
    Child.keep(pid)
  }

  func stop() { if pid > 0 { Child.end(pid) } }

  func flush() throws { try command(["/usr/sbin/postqueue", "-c", "\(directory)/config", "-f"]) }

  private func command(_ words: [String]) throws {
    try Child.run(words, environment: surroundings.environment, log: "\(directory)/commands.log")
  }

  var log: String {
    let files = ["commands.log", "postfix.log"]
    return files.map { (try? String(contentsOfFile: "\(directory)/\($0)", encoding: .utf8)) ?? "" }.joined()
  }
}
