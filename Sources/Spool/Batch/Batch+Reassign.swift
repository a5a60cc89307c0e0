// From one key to another: what was held for an unknown client becomes an entity's mail.

extension Batch {
  /// - Returns: false for what is under way, which stays where it is.
  mutating func reassign(_ record: inout MessageRecord, to entity: String) throws(EngineFailure) -> Bool {
    guard record.entity != entity, !isUnderWay(record.id) else { return false }
    self[record.entity].giveUp(record)
    // What a person has held, and what has failed, stays so.
    if record.state == .waiting || record.envelope?.heldBecause != nil {
      record.free()
      try engine.update(record)
    }
    try engine.move(record.id, to: entity)
    self[entity].takeOver(record)
    // Nothing of it is claimed, and nothing that comes for it overtakes, before all are moved.
    self[entity].leaveUnclaimed(until: Timestamp(milliseconds: 0))
    result.beginsReleasing.insert(entity)
    return true
  }

  mutating func endReassigning(to entity: String) {
    result.endsReleasing.insert(entity)
    result.needsCensus = true
  }
}

extension MessageRecord {
  /// Waits, and is due now. While nobody knows whether the message was taken, it waits for that.
  mutating func free() {
    (state, due, owner) = (envelope?.unknown == nil ? .waiting : .unknown, since, nil)
    envelope?.heldBecause = nil
  }
}
