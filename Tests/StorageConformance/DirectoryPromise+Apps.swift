// What is kept of apps: checked whole, forgotten whole, and the same for every store.

import Foundation
import Mailboxes
import SMTP
import Testing

extension DirectoryPromise {
  static let apps = [
    DirectoryPromise("a password that one store makes is checked by another, and is stored nowhere") { stores in
      let password = try await stores.one.makePassword(PasswordOrder(app: "erp"), by: .root, at: noon)
      let found = try #require(try await stores.other.credential(of: "erp"))
      #expect(found == stores.one.apps.credentials["erp"])
      #expect(found.madeAt == noon)
      #expect(found.takes(password) && !found.hasEquivalent)
      let records = try await stores.storage.snapshot().apps
      #expect(!records.shows(password), "neither in clear nor in what is printed")
    },
    DirectoryPromise("a second password needs an order to rotate, also of two stores at once") { stores in
      let tasks = [stores.one, stores.other].map { store in
        Task { try await store.makePassword(PasswordOrder(app: "erp"), by: .root, at: noon) }
      }
      var made: [AppPassword] = []
      for task in tasks { if let password = try? await task.value { made.append(password) } }
      #expect(made.count == 1)
      await #expect(throws: StoreError.app(.hasPassword(app: "erp", madeAt: noon))) {
        _ = try await stores.other.makePassword(PasswordOrder(app: "erp"), by: .root, at: noon + 1)
      }
      let found = try #require(try await stores.other.credential(of: "erp"))
      #expect(made.filter { found.takes($0) } == made)
    },
    DirectoryPromise("with grace the older password is good until then, and without it is gone") { stores in
      var passwords = [try await stores.one.makePassword(PasswordOrder(app: "erp"), by: .root, at: noon)]
      for grace in [60, 60, 0] {
        let order = PasswordOrder(app: "erp", rotates: true, grace: grace, keepsEquivalent: true)
        passwords.append(try await stores.other.makePassword(order, by: .root, at: noon))
        let found = try #require(try await stores.one.credential(of: "erp"))
        let good = passwords.suffix(grace > 0 ? 2 : 1)
        #expect(passwords.filter { found.takes($0, at: noon + 59) } == Array(good))
        #expect(passwords.filter { found.takes($0, at: noon + 60) } == Array(passwords.suffix(1)))
        #expect(found.isReplacing(at: noon + 59) == (grace > 0))
      }
    },
    DirectoryPromise("the password for CRAM-MD5 is sealed, and stays with the older one") { stores in
      let order = PasswordOrder(app: "erp", keepsEquivalent: true)
      let first = try await stores.one.makePassword(order, by: .root, at: noon)
      let rotation = PasswordOrder(app: "erp", rotates: true, grace: 60, keepsEquivalent: true)
      let second = try await stores.other.makePassword(rotation, by: .root, at: noon)
      let found = try #require(try await stores.one.credential(of: "erp"))
      #expect(found.equivalents(at: noon) == [second.octets, first.octets])
      #expect(found.equivalents(at: noon + 60) == [second.octets])
      let records = try await stores.storage.snapshot().apps
      #expect(!records.shows(first) && !records.shows(second))
      #expect(records.credentials.first?.equivalent != nil)
    },
    DirectoryPromise("what is revoked is gone for every store, and of that app alone") { stores in
      for app in ["crm", "erp"] { _ = try await stores.one.makePassword(PasswordOrder(app: app), by: .root, at: noon) }
      let rotation = PasswordOrder(app: "erp", rotates: true, grace: 60)
      _ = try await stores.one.makePassword(rotation, by: .root, at: noon)
      try await stores.other.revokePassword(of: "erp", by: .root, at: noon)
      #expect(stores.other.apps.credentials.keys.sorted() == ["crm"])
      #expect(try await stores.one.credential(of: "erp") == nil)
      await #expect(throws: StoreError.app(.noPassword(app: "erp"))) {
        try await stores.one.revokePassword(of: "erp", by: .root, at: noon)
      }
      _ = try await stores.one.makePassword(PasswordOrder(app: "erp"), by: .root, at: noon)
    },
    DirectoryPromise("an app's password and a mailbox are sealed with one key, whichever came first") { stores in
      let order = PasswordOrder(app: "erp", keepsEquivalent: true)
      let password = try await stores.one.makePassword(order, by: .root, at: noon)
      let facts = try await stores.storage.facts(of: "acme", for: "")
      #expect(facts.otherSecret?.name == AppCredentialRecord.secretName(of: "erp"))
      let saved = try await stores.other.connect(mailbox(of: "acme"))
      #expect(try await stores.one.load().mailbox(of: "acme") == saved)
      #expect(stores.one.apps.credentials["erp"]?.equivalents(at: noon) == [password.octets])
      let secret = try await stores.storage.changeApps { DirectoryDecision(nil, answer: $0.mailboxSecret) }
      #expect(secret?.name.entity == "acme")
    },
    DirectoryPromise("apps approved here and clients denied are kept until that is taken back") { stores in
      let apps = ["wiki", "cron"].map {
        ApprovedApp(name: $0, pattern: "user:\($0)", entity: "acme", at: noon, by: .anna)
      }
      for app in apps { try await stores.one.approve(app) }
      let denied = DeniedSender(key: "uid:33/php8.2-fpm.service", at: noon + 1, by: .root)
      try await stores.other.deny(denied)
      _ = try await stores.one.load()
      #expect(stores.one.apps.approved.sorted { $0.name > $1.name } == apps)
      #expect(stores.one.apps.denied == [denied])
      var other = apps[0]
      other.entity = "beta"
      try await stores.other.approve(other)
      #expect(stores.other.apps.approved.count == 2)
      #expect(stores.other.apps.approved.contains(other))
      #expect(try await stores.one.withdrawApproval(of: "wiki", by: .root, at: noon))
      #expect(try await !stores.other.withdrawApproval(of: "wiki", by: .root, at: noon))
      #expect(try await stores.one.allow(sender: denied.key, by: .root, at: noon))
      #expect(try await !stores.other.allow(sender: denied.key, by: .root, at: noon))
      _ = try await stores.other.load()
      #expect(stores.other.apps.approved == [apps[1]])
      #expect(stores.other.apps.denied.isEmpty)
    },
    DirectoryPromise("every change of an app is in the audit list, without its secret") { stores in
      let password = try await stores.one.makePassword(PasswordOrder(app: "erp"), by: .root, at: noon)
      let rotation = PasswordOrder(app: "erp", rotates: true, grace: 60)
      _ = try await stores.other.makePassword(rotation, by: .anna, at: noon)
      try await stores.one.revokePassword(of: "erp", by: .root, at: noon)
      try await stores.one.approve(
        ApprovedApp(name: "wiki", pattern: "user:wiki", entity: "acme", at: noon, by: .root))
      try await stores.one.deny(DeniedSender(key: "net:192.0.2.7", at: noon, by: .root))
      let entries = try await stores.other.audit().reversed()
      #expect(
        entries.map { "\($0.requester.key) \($0.verb) \($0.entity) \($0.detail)" } == [
          "uid:0 password  app erp",
          "web:anna rotate  app erp, the older one is good until \((noon + 60).formatted(.iso8601))",
          "uid:0 revoke  app erp", "uid:0 approve acme app wiki user:wiki", "uid:0 deny  client net:192.0.2.7",
        ])
      #expect(!"\(entries)".contains(password.secret.reveal()))
    },
    DirectoryPromise("a store hears of the passwords that another makes and revokes") { stores in
      let changes = await stores.one.appChanges()
      _ = try await stores.other.makePassword(PasswordOrder(app: "erp"), by: .root, at: noon)
      await wait(for: changes) { $0.credentials["erp"] != nil }
      #expect(stores.one.apps.credentials["erp"] != nil, "a sign-in sees it at that moment")
      try await stores.other.revokePassword(of: "erp", by: .root, at: noon)
      await wait(for: changes) { $0.credentials["erp"] == nil }
      #expect(stores.one.apps.credentials.isEmpty)
    },
  ]
}

extension MailboxStore {
  /// As it is stored now.
  fileprivate func credential(of app: String) async throws(StoreError) -> AppCredential? {
    _ = try await load()
    return apps.credentials[app]
  }
}

extension AppCredential {
  fileprivate func takes(_ password: AppPassword, at now: Date = noon) -> Bool {
    verifier(at: now).matches(password.octets, .openSSL)
  }
}

extension AppRecords {
  /// The password can be read in what is stored, or in what is printed of it.
  fileprivate func shows(_ password: AppPassword) -> Bool {
    let octets = credentials.flatMap { [$0.equivalent, $0.older?.equivalent].compactMap(\.self) }
    let clear = password.octets.octets
    return octets.contains { $0.firstRange(of: clear) != nil } || "\(self)".contains(password.secret.reveal())
  }
}

/// Returns when the registry is as it should be. However long that takes: a test has a limit.
private func wait(for changes: AsyncStream<AppRegistry>, until isSo: (AppRegistry) -> Bool) async {
  for await found in changes where isSo(found) { return }
  Issue.record("the changes ended")
}
