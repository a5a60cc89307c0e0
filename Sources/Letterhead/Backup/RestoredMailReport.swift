// What `letterhead restore` says of the queue that it has restored, and the commands that go on from there.

import Diagnosis
import Platform
import Spool
package import StorageSQLite

package struct RestoredMailReport: Equatable, Sendable {
  private let mail: RestoredMail
  private let queue: RestoredQueue
  private let manifest: BackupManifest

  package init(_ mail: RestoredMail, as queue: RestoredQueue, of manifest: BackupManifest) {
    self.mail = mail
    self.queue = queue
    self.manifest = manifest
  }

  package var lines: [String] { difference + decided + heldBefore + damaged + named + onHold }

  private static func count(_ number: Int) -> String { "queued message".counted(number) }

  private var decided: [String] {
    guard mail.count > 0 else { return [] }
    let messages = Self.count(mail.count)
    switch queue {
    case .held:
      return [
        "\(messages) held, because they may have been delivered after the backup was made. To see them: letterhead queue",
        "To send them: letterhead queue release --all", "To drop them: letterhead queue delete --all",
      ]
    case .discard: return ["\(messages) left out."]
    case .due:
      let exception = mail.entitiesOnHold.isEmpty ? "" : ", but for the mail of entities that are on hold"
      return ["\(messages) will be sent as soon as the relay runs and a mailbox is connected\(exception)."]
    }
  }

  private var heldBefore: [String] {
    guard mail.heldBefore > 0 else { return [] }
    return [
      "\(Self.count(mail.heldBefore)) had been held by a person before, and stay so. To let them go: "
        + "letterhead queue release --all"
    ]
  }

  /// What was counted when the backup was made, and what is in it.
  private var difference: [String] {
    guard (mail.queued, mail.failed) != (manifest.queued, manifest.failed) else { return [] }
    return [
      "This backup says that it has \(manifest.queued) queued messages and \(manifest.failed) failed ones. It has "
        + "\(mail.queued) and \(mail.failed): it was changed after it was made."
    ]
  }

  private var damaged: [String] {
    guard mail.damaged.count > 0 else { return [] }
    let numbers = mail.damaged.texts(ofOctets: 200, atMost: 1).map(\.text).joined()
    return [
      "\(Self.count(mail.damaged.count)) damaged, so that nothing is left to send (\(numbers)). What is left: "
        + "letterhead queue show ID"
    ]
  }

  private var named: [String] {
    mail.entitiesNamed.map {
      "The backup has messages of an entity without a name, which is called \($0) now: no mailbox sends them. To see them: "
        + "letterhead queue --entity \(shellWord($0))"
    }
  }

  private var onHold: [String] {
    mail.entitiesOnHold.map {
      "\($0) was on hold when the backup was made, and is again: its mail waits, new mail too. To end that: "
        + "letterhead queue release --entity \(shellWord($0))"
    }
  }
}
