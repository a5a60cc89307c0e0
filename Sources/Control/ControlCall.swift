// Everything that may be asked of the relay, one case a verb. What a verb needs, and what it does, is in its own file in
// Verbs/; the command line, the admin socket and the console say the same calls.

package import Access
import Mailboxes

/// One question or order.
package enum ControlCall: Sendable, Codable {
  case readStatus(ReadStatus)

  case listMessages(ListMessages)
  case showMessage(ShowMessage)
  case changeMessages(ChangeMessages)
  case exportMessage(ExportMessage)
  case resolveMessages(ResolveMessages)
  case listCopies(ListCopies)
  case changeCopies(ChangeCopies)
  case holdEntity(HoldEntity)
  case traceMessages(TraceMessages)

  case askPermission(AskPermission)
  case connectMailbox(ConnectMailbox)
  case reconnectMailbox(ReconnectMailbox)
  case disconnectMailbox(DisconnectMailbox)
  case describeMailbox(DescribeMailbox)
  case testMailbox(TestMailbox)

  case listRequests(ListRequests)
  case approveRequest(ApproveRequest)
  case denyRequest(DenyRequest)
  case listAudit(ListAudit)

  case listApps(ListApps)
  case makePassword(MakePassword)
  case revokePassword(RevokePassword)
  case listSessions(ListSessions)
  case explainRoute(ExplainRoute)

  case listPending(ListPending)
  case approveSender(ApproveSender)
  case denySender(DenySender)

  var verb: any ControlVerb {
    switch self {
    case .readStatus(let verb): verb
    case .listMessages(let verb): verb
    case .showMessage(let verb): verb
    case .changeMessages(let verb): verb
    case .exportMessage(let verb): verb
    case .resolveMessages(let verb): verb
    case .listCopies(let verb): verb
    case .changeCopies(let verb): verb
    case .holdEntity(let verb): verb
    case .traceMessages(let verb): verb
    case .askPermission(let verb): verb
    case .connectMailbox(let verb): verb
    case .reconnectMailbox(let verb): verb
    case .disconnectMailbox(let verb): verb
    case .describeMailbox(let verb): verb
    case .testMailbox(let verb): verb
    case .listRequests(let verb): verb
    case .approveRequest(let verb): verb
    case .denyRequest(let verb): verb
    case .listAudit(let verb): verb
    case .listApps(let verb): verb
    case .makePassword(let verb): verb
    case .revokePassword(let verb): verb
    case .listSessions(let verb): verb
    case .explainRoute(let verb): verb
    case .listPending(let verb): verb
    case .approveSender(let verb): verb
    case .denySender(let verb): verb
    }
  }

  /// What the caller must be allowed for this call to be answered.
  package var permission: Permission { verb.permission }
}

/// One kind of call: what it needs, and how it is answered once it is allowed.
protocol ControlVerb: Sendable, Codable {
  var permission: Permission { get }
  /// The change of a connection that this is, for a verb that may need an approval.
  ///
  /// - Throws: `ControlRefusal` for what could never be such a change, whoever asks.
  func change(in resources: ControlResources, under settings: ControlSettings) async throws -> ConnectionChange?
  /// Why, for the administrator who has to approve the change.
  var justification: String? { get }
  /// Does what is asked.
  ///
  /// - Parameter say: told of each line before the last, as it comes.
  /// - Returns: the last line.
  /// - Throws: why nothing was done, or what `say` throws.
  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply
}

extension ControlVerb {
  func change(in resources: ControlResources, under settings: ControlSettings) async throws -> ConnectionChange? { nil }
  var justification: String? { nil }
}
