// Who may do what: the whole table, line by line.

import Testing

@testable import Access

@Suite struct DecisionTests {
  private static let readings: [Permission] = [.readStatus, .readRequests, .readQueue, .readSessions, .explainRoute]
  private static let administration: [Permission] = [
    .changeQueue, .testMailbox, .decideRequests, .readAudit, .readApps, .changeApps, .readPending, .decidePending,
  ]

  @Test(arguments: Permission.allCases)
  func `an administrator may do everything, with approvals or without, and spends none`(permission: Permission) {
    for approval in ApprovalRule.allCases {
      for isApproved in [false, true] {
        #expect(
          Decision(permission, for: .administrator, approval: approval, isApproved: isApproved) == .allowed)
      }
    }
  }

  @Test(
    arguments: [
      (.off, false, .refused(.notAdministrator)),
      (.off, true, .refused(.notAdministrator)),  // approved before it was switched off
      (.required, false, .mustAsk),
      (.required, true, .allowedByApproval),
    ] as [(ApprovalRule, Bool, Decision)])
  func `a member's change of a connection needs an approval`(
    approval: ApprovalRule, isApproved: Bool, decision: Decision
  ) {
    #expect(Decision(.changeConnection, for: .member, approval: approval, isApproved: isApproved) == decision)
  }

  @Test func `a member reads the status and requests, and administers nothing, whatever was approved`() {
    for approval in ApprovalRule.allCases {
      for isApproved in [false, true] {
        for permission in Self.readings {
          #expect(Decision(permission, for: .member, approval: approval, isApproved: isApproved) == .allowed)
        }
        for permission in Self.administration {
          #expect(
            Decision(permission, for: .member, approval: approval, isApproved: isApproved)
              == .refused(.notAdministrator))
        }
      }
    }
  }

  @Test(arguments: Permission.allCases)
  func `an app may know the status and nothing else`(permission: Permission) {
    for isApproved in [false, true] {
      let decision = Decision(permission, for: .app, approval: .required, isApproved: isApproved)
      #expect(decision == (permission == .readStatus ? .allowed : .refused(.notForApps)))
    }
  }

  @Test(arguments: Permission.allCases)
  func `who may not speak for somebody is told nothing`(permission: Permission) {
    #expect(
      Decision(permission, for: .untrusted, approval: .required, isApproved: true) == .refused(.mayNotSpeakForOthers))
  }

  @Test(arguments: [(ApprovalRule.off, Decision.refused(.notAdministrator)), (.required, .allowed)])
  func `a member may read a connection where a change of it may be asked for`(rule: ApprovalRule, decision: Decision) {
    #expect(Decision(.readConnection, for: .member, approval: rule, isApproved: false) == decision)
  }

  @Test func `every permission is in one of these tables`() {
    #expect(
      Set(Self.readings + Self.administration + [.changeConnection, .readConnection]) == Set(Permission.allCases))
  }
}
