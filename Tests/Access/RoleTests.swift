// What a principal is to this relay, and how it is remembered.

import Glibc
import Mailboxes
import Testing

@testable import Access

/// Users and groups of a host that there is not.
private struct InventedAccounts: Accounts {
  var names: [UInt32: String] = [1001: "mara", 1002: "ivo", 1003: "ada"]
  var members: [String: [UInt32]] = ["mail-admins": [1002], "staff": [1001, 1002, 1003]]

  func name(of uid: UInt32) -> String? { names[uid] }
  func isMember(_ uid: UInt32, ofAny groups: [String]) -> Bool {
    groups.contains { members[$0]?.contains(uid) == true }
  }
  func groups(of uid: UInt32) -> [String] { members.filter { $0.value.contains(uid) }.keys.sorted() }
}

@Suite struct RoleTests {
  private static let administrators = Administrators(owner: 900, users: ["mara", "nobody"], groups: ["mail-admins"])

  @Test(
    arguments: [
      (.unixUser(uid: 0, name: "root"), .administrator),
      (.unixUser(uid: 900, name: "letterhead"), .administrator),  // to whom the state belongs
      (.unixUser(uid: 1001, name: "mara"), .administrator),  // named
      (.unixUser(uid: 1002, name: "ivo"), .administrator),  // of a group that is named
      (.unixUser(uid: 1003, name: "ada"), .member),
      (.unixUser(uid: 1003, name: "mara"), .member),  // the name is for people; the uid decides
      (.unixUser(uid: 4_000_000, name: "uid 4000000"), .member),
      (.service(unit: "backup.service", uid: 0), .administrator),  // as what it runs as
      (.service(unit: "backup.service", uid: 1001), .administrator),
      (.service(unit: "erp.service", uid: 1003), .member),
      (.app("erp"), .app),
      (.webSession(user: "anna"), .member),
      (.webSession(user: "mara"), .member),  // not the unix user of that name
      (.console(for: .webSession(user: "anna")), .member),
      (.console(for: .unixUser(uid: 0, name: "root")), .untrusted),
      (.console(for: .service(unit: "backup.service", uid: 0)), .untrusted),
      (.console(for: .app("erp")), .untrusted),
      (.console(for: .console(for: .webSession(user: "anna"))), .untrusted),
    ] as [(Principal, Role)])
  func `a principal has a role`(principal: Principal, role: Role) {
    #expect(Self.administrators.role(of: principal, in: InventedAccounts()) == role)
  }

  @Test(
    arguments: [
      (.unixUser(uid: 1001, name: "mara"), "uid:1001", "mara"),
      (.unixUser(uid: 0, name: "root (mara)"), "uid:0", "root (mara)"),
      (.service(unit: "backup.service", uid: 0), "service:backup.service", "backup.service"),
      (.app("erp"), "app:erp", "erp"),
      (.webSession(user: "anna"), "web:anna", "anna"),
      (.console(for: .webSession(user: "anna")), "web:anna", "anna"),
    ] as [(Principal, String, String)])
  func `a principal is remembered by a key of its own kind`(principal: Principal, key: String, name: String) {
    #expect(principal.requester == Requester(key: key, name: name))
  }

  @Test func `administrators are root, the relay's own user, and whoever the configuration names`() {
    func role(of uid: UInt32, _ users: [String] = [], _ groups: [String] = []) -> Role {
      Administrators(owner: geteuid(), users: users, groups: groups)
        .role(of: .unixUser(uid: uid, name: ""), in: SystemAccounts())
    }
    #expect(role(of: 0) == .administrator)
    #expect(role(of: geteuid()) == .administrator)
    #expect(role(of: 65534) == .member)
    #expect(role(of: 4_000_000) == .member)
    #expect(role(of: 65534, ["nobody"]) == .administrator)
    #expect(role(of: 65534, [], ["nosuchgroup", "nogroup"]) == .administrator)
    #expect(role(of: 65534, [], ["adm"]) == .member)
    #expect(SystemAccounts().name(of: 65534) == "nobody")
    #expect(SystemAccounts().name(of: 4_000_000) == nil)
  }
}
