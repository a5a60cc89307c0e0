// The sentence each store error makes: what is wrong, and what mends it.

import Platform

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .connectedToAnother(let entity, let address):
      "\(entity) is connected to \(address). To connect another address, first run: letterhead disconnect \(entity)"
    case .notConnected(let entity):
      "\(entity) is not connected, or was connected anew meanwhile. Run: letterhead status"
    case .request(let refusal):
      "\(refusal)"
    case .app(let refusal):
      "\(refusal)"
    case .directory(let error):
      error.description
    case .keyMissing(let path):
      "The key \(path) is gone, and the saved sign-ins cannot be opened without it. Put it back from a backup, or run "
        + "letterhead disconnect for every entity, and letterhead app revoke for every app that signs in by CRAM-MD5, and begin "
        + "anew with these. Where the relay has its key as a systemd "
        + "credential, start the relay, which has it, and run this command again."
    case .keyIsCredential(let mark):
      "The relay has its key as a systemd credential, which this command has not, so nothing was saved. Start the relay "
        + "(systemctl start letterhead), and run the same command again. If there is no such credential any more, remove "
        + "\(mark)."
    case .keyMalformed(let path):
      "The key \(path) is not 32 octets (raw, hexadecimal or base64). Put the right one back, or make one with: "
        + "openssl rand -base64 32"
    case .keyMismatch(let path, let name) where name.hasPrefix("app:"):
      "The saved password of \(name.dropFirst(4)) was not sealed with the key \(path). Put the right key back, or run: "
        + "letterhead app revoke \(name.dropFirst(4)), and make it anew."
    case .keyMismatch(let path, let entity):
      "The saved sign-in of \(entity) was not sealed with the key \(path). Put the right key back, or run: letterhead "
        + "disconnect \(entity), and connect it again."
    case .connectionsLost(let path):
      "\(path) is missing or empty, and there were saved connections: they are lost, or this is not their directory. Restore "
        + "state_dir from a backup; or begin without connections, and connect each entity again: letterhead serve "
        + "--accept-loss"
    case .newerSchema(let path, let version):
      "\(path) was written by a newer Letterhead (schema \(version)). Install that one again."
    case .busy(let path):
      "Another process is keeping \(path) locked. Try again; if it stays so, look for a hanging letterhead process."
    case .unusable(let path, let reason):
      "\(path) cannot be used: \(reason)."
    }
  }
}

extension RequestRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooManyWaiting:
      "\(Request.waitingLimit) requests of yours are waiting already. Ask an administrator to decide them first."
    case .noSuch(let number):
      "There is no request \(number). `letterhead requests` lists them."
    case .decided(let number, let state):
      "Request \(number) is \(state) already. Nothing was changed."
    case .otherApproved(let number, let differences):
      "Request \(number) is approved for something else: "
        + "\(differences.map(\.sentence).joined(separator: "; ")). Run the command as it was approved, or ask anew with "
        + "--justification TEXT."
    case .notApproved(let change):
      "There is no approved request of yours to \(change.sentence). An approval is good "
        + "for one use within 7 days. Run the same command again with --justification."
    }
  }
}
