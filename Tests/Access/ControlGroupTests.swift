// What control groups are called, by everybody who may name one, and how they are found by their ids.

import Foundation
import Platform
import Support
import Testing

@testable import Access

private let id = String(repeating: "4f1c2ab09d7e8853", count: 4)
private let otherID = String(repeating: "0", count: 64)

@Suite struct `A control group's path` {
  @Test(
    arguments: [
      ("/system.slice/erp.service", .unit("erp.service")),
      ("/system.slice/system-php.slice/php@8.2.service", .unit("php@8.2.service")),
      ("/init.scope", .unit("init.scope")),
      ("/user.slice/user-1000.slice/session-5.scope", .userUnit("session-5.scope", uid: 1000)),
      ("/user.slice/session-5.scope", .unit("session-5.scope")),
      ("/system.slice/a\\x2db.mount", .unit("a\\x2db.mount")),
      // Groups below a unit are named by whoever runs in it.
      ("/system.slice/erp.service/worker", .unit("erp.service")),
      ("/system.slice/erp.service/backup.service", .unit("erp.service")),
      ("/system.slice/erp.service/user@0.service/x.service", .userUnit("x.service", uid: 0)),
    ] as [(String, ControlGroup)])
  func `names the unit that the system's manager has made`(path: String, group: ControlGroup) {
    #expect(ControlGroup(path: path) == group)
  }

  @Test(arguments: [
    "/docker/ID", "/system.slice/docker-ID.scope", "/machine.slice/libpod-ID.scope", "/libpod/ID", "/libpod_parent/ID",
    "/machine.slice/libpod-ID.scope/container", "/system.slice/nerdctl-ID.scope",
    "/kubepods/burstable/pod1234-5678/ID",
    "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1234_5678.slice/cri-containerd-ID.scope",
    "/kubepods.slice/kubepods-pod1234.slice/crio-ID.scope",
    "/system.slice/containerd.service/kubepods-burstable-pod1234.slice:cri-containerd:ID",
    "/system.slice/k3s.service/kubepods/pod1234/ID", "/ecs/task-1/ID", "/lxc/ID",
    // What a container calls its own groups changes nothing.
    "/docker/ID/system.slice/erp.service", "/system.slice/docker-ID.scope/docker/OTHER",
    "/system.slice/docker-ID.scope/user@0.service/x.service", "/docker/ID/\u{1b}[2J",
  ])
  func `tells a container`(path: String) {
    let path = path.replacingOccurrences(of: "ID", with: id).replacingOccurrences(of: "OTHER", with: otherID)
    #expect(ControlGroup(path: path) == .container(id))
  }

  @Test(arguments: [
    ("/lxc/web", "web"), ("/lxc.payload.web/system.slice/erp.service", "web"),
    ("/machine.slice/systemd-nspawn@web.service/payload/system.slice/erp.service", "web"),
    ("/machine.slice/machine-web.scope/payload", "web"),
  ])
  func `tells a container that has a name instead of an id`(path: String, name: String) {
    #expect(ControlGroup(path: path) == .container(name))
    #expect(ControlGroup(path: path)?.name == "container \(name)")
  }

  @Test(arguments: [
    ("/user.slice/user-1000.slice/user@1000.service/app.slice/erp.service", "erp.service"),
    ("/user.slice/user-1000.slice/user@1000.service/init.scope", "init.scope"),
    ("/user.slice/user-1000.slice/user@1000.service/docker/\(id)", id),
    ("/user.slice/user-1000.slice/user@1000.service/system.slice/erp.service", "erp.service"),
    ("/user.slice/user-1000.slice/user@1000.service/user@0.service/erp.service", "erp.service"),
  ])
  func `below a user's own manager is that user's claim`(path: String, name: String) {
    #expect(ControlGroup(path: path) == .userUnit(name, uid: 1000))
  }

  @Test(arguments: [
    "", "/", "/system.slice", "/user.slice/user-1000.slice", "/user.slice/user-1000.slice/user@1000.service",
    "/user.slice/user-1000.slice/user@1000.service/two words.service",
    "/user.slice/user-1000.slice/user@1000.service/\u{1b}[2J.service",
    "/system.slice/two words.service", "/system.slice/a\nb.service", "/system.slice/f\u{fc}r.service",
    "/system.slice/\(String(repeating: "x", count: 260)).service", "/docker/4f1c2ab09d7e",
    "/lxc.payload./x", "/docker/\(String(repeating: "g", count: 64))",
  ])
  func `that tells nothing is nothing`(path: String) {
    #expect(ControlGroup(path: path) == nil)
  }

  @Test func `a container's id is shown by its beginning`() {
    #expect(ControlGroup.container(id).name == "container 4f1c2ab09d7e")
  }
}

@Suite(.timeLimit(.minutes(1))) struct `Control groups by their ids` {
  private let directory: TemporaryDirectory
  private let time = ManualTime()

  init() throws { directory = try TemporaryDirectory() }

  private var groups: ControlGroups { ControlGroups(time: time, root: directory.path) }

  @discardableResult
  private func make(_ path: String) throws -> UInt64 {
    let whole = directory.path(path)
    try FileManager.default.createDirectory(atPath: whole, withIntermediateDirectories: true)
    var found = stat()
    try #require(stat(whole, &found) == 0)
    return UInt64(found.st_ino)
  }

  @Test func `are found where they lie, and are known from then on`() async throws {
    let (erp, slice) = (try make("system.slice/erp.service"), try make("system.slice"))
    let groups = groups
    #expect(groups.cached(erp) == nil)
    #expect(await groups.finding(erp) == .group(.unit("erp.service")))
    #expect(groups.cached(erp) == .group(.unit("erp.service")))
    #expect(groups.cached(slice) == .unnamed)
  }

  @Test func `the root means nothing, nor does any where there is no tree`() async {
    #expect(groups.cached(0) == .unnamed)
    #expect(groups.cached(1) == .unnamed)
    #expect(await ControlGroups(time: time, root: nil).finding(4711) == .unnamed)
    #expect(await ControlGroups(time: time, root: directory.path("missing")).finding(4711) == .gone)
  }

  @Test func `one that is new is found by another walk, a second after the last`() async throws {
    let groups = groups
    #expect(await groups.finding(try make("system.slice/erp.service")) == .group(.unit("erp.service")))
    let (new, gone) = (try make("system.slice/new.service"), UInt64.max)
    async let first = groups.finding(new)
    async let second = groups.finding(gone)
    async let third = groups.finding(new)
    while time.sleepers < 3 { await Task.yield() }
    #expect(time.alarms == Array(repeating: time.now + 1, count: 3))
    time.advance(by: .seconds(1))
    #expect(await first == .group(.unit("new.service")))
    #expect(await second == .gone)
    #expect(await third == .group(.unit("new.service")))
    // One walk was enough for all.
    #expect(groups.cached(gone) == .gone)
  }

  @Test func `files and links are no groups, and a loop of links is not entered`() async throws {
    let erp = try make("system.slice/erp.service")
    try directory.write("", to: "system.slice/file.service")
    try FileManager.default.createSymbolicLink(
      atPath: directory.path("loop.service"), withDestinationPath: directory.path)
    #expect(ControlGroupTree(root: directory.path).findings.count == 2)
    #expect(ControlGroupTree(root: directory.path).findings[erp] == .group(.unit("erp.service")))
  }

  @Test func `nobody can hide others behind a crowd of his own`() throws {
    let user = "user.slice/user-1000.slice/user@1000.service"
    for number in 0..<(ControlGroupTree.mostOfOneOwner + 10) { mkdir(directory.path("\(number)"), 0o700) }
    try make(user)
    for number in 0..<(ControlGroupTree.mostOfOneOwner + 10) {
      rename(directory.path("\(number)"), directory.path("\(user)/x \(number)"))
    }
    let other = try make("user.slice/user-1001.slice/user@1001.service/app.slice/mail.service")
    let findings = ControlGroupTree(root: directory.path).findings
    #expect(findings[other] == .group(.userUnit("mail.service", uid: 1001)))
    #expect((ControlGroupTree.mostOfOneOwner...ControlGroupTree.mostOfOneOwner + 10).contains(findings.count))
  }
}
