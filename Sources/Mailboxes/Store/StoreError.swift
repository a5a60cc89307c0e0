// What can go wrong with the saved connections, in facts, and the one sentence each makes for people.

package import Platform

/// Carries paths, keys and addresses, never a secret.
package enum StoreError: Error, Equatable {
  /// Another address is connected to the entity: it has to be disconnected first.
  case connectedToAnother(entity: String, address: String)
  /// The entity is not connected (any more), or not by the connection that was meant.
  case notConnected(entity: String)
  /// A request, or a decision on one, is not taken.
  case request(RequestRefusal)
  /// What was asked about an app's password is not done.
  case app(AppRefusal)
  /// The state directory, or a file in it, is not this user's alone or cannot be used.
  case directory(StateDirectoryError)
  /// Sign-ins are saved, but the key they were sealed with is not there.
  case keyMissing(path: String)
  /// The relay has its key as a systemd credential, and this process does not; `mark` shows it.
  case keyIsCredential(mark: String)
  /// The key is there, and is not 32 octets.
  case keyMalformed(path: String)
  /// A saved sign-in does not open with the key: it is another's key, or the database was tampered with.
  case keyMismatch(path: String, entity: String)
  /// There were saved connections, and their database is missing or empty.
  case connectionsLost(path: String)
  /// Written by a newer Letterhead.
  case newerSchema(path: String, version: Int)
  /// Another process held the database for too long.
  case busy(path: String)
  /// The database cannot be read or written; `reason` is the system's.
  case unusable(path: String, reason: String)
}

extension StoreError {
  /// The store can be read, and what is sealed in it cannot be opened.
  package var isOfKey: Bool {
    switch self {
    case .keyMissing, .keyIsCredential, .keyMalformed, .keyMismatch: true
    default: false
    }
  }

  /// It is not here, or is with the relay alone.
  package var isOfMissingKey: Bool {
    switch self {
    case .keyMissing, .keyIsCredential: true
    default: false
    }
  }
}

/// Turns what the state directory refuses into the store's error.
package func inStateDirectory<Result: ~Copyable>(
  _ body: () throws(StateDirectoryError) -> Result
) throws(StoreError) -> Result {
  do throws(StateDirectoryError) { return try body() } catch { throw .directory(error) }
}
