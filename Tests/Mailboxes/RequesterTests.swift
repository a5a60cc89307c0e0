// Who asks is told apart by a key, whoever let them in.

import Foundation
import Mailboxes
import Testing

@Suite struct RequesterTests {
  @Test func `a process acts as the user the kernel knows`() {
    #expect(Requester.ofThisProcess.uid == getuid())
    #expect(Requester(uid: 0).name == "root")
    #expect(Requester(uid: 4_000_000).name == "uid 4000000")
  }

  @Test(
    arguments: [
      (Requester(uid: 1001, name: "mara"), 1001, "mara (uid 1001)"),
      (Requester(key: "uid:1001", name: "mara"), 1001, "mara (uid 1001)"),
      (Requester(key: "web:anna", name: "Anna Rossi"), nil, "Anna Rossi (web:anna)"),
      (Requester(key: "app:erp", name: "erp"), nil, "erp (app:erp)"),
      (Requester(key: "uid:-1", name: "odd"), nil, "odd (uid:-1)"),
      (Requester(key: "uid:4294967296", name: "odd"), nil, "odd (uid:4294967296)"),
    ] as [(Requester, UInt32?, String)])
  func `a key says whether somebody is a unix user`(requester: Requester, uid: UInt32?, sentence: String) {
    #expect(requester.uid == uid)
    #expect(requester.sentence == sentence)
  }

  @Test(arguments: [
    (#"{"name":"mara","uid":1001}"#, Requester(uid: 1001, name: "mara")),  // as it was before there were keys
    (#"{"key":"uid:1001","name":"mara","uid":1001}"#, Requester(uid: 1001, name: "mara")),
    (#"{"key":"web:anna","name":"Anna Rossi"}"#, Requester(key: "web:anna", name: "Anna Rossi")),
  ])
  func `a requester is read from JSON with a key or with a user's number`(json: String, requester: Requester) throws {
    #expect(try JSONDecoder().decode(Requester.self, from: Data(json.utf8)) == requester)
    #expect(try JSONDecoder().decode(Requester.self, from: JSONEncoder().encode(requester)) == requester)
  }
}
