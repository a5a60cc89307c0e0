// Who files copies of what goes out through a mailbox: found out with a letter that the mailbox sends to itself, for `connect`
// and `test --sent`. Nothing that comes of it keeps a mailbox from being connected.

import Diagnosis
package import Foundation
package import Mailboxes
import Message
import SMTP

package struct SentCopyTest: Sendable {
  package enum Question: Equatable, Sendable {
    /// Nobody knows what the provider does.
    case whoFiles
    /// Letterhead is to file them; whether it can is open.
    case canFile
  }

  private let transport: any Transport
  private let hostname: String
  private let looks: [Duration]
  private let pause: @Sendable (Duration) async -> Void

  /// Spans between looks, half a minute together: some providers file a copy late, and a person waits.
  package static let usualLooks: [Duration] = [1, 2, 4, 8, 15].map { .seconds($0) }
  /// A message that was filed by a clock so far behind is still the one.
  private static let clockDifference: TimeInterval = 120
  private static let mostHeaders = 50

  /// - Parameters:
  ///   - transport: of a mailbox that can send.
  ///   - hostname: as the letter names this machine.
  ///   - pause: waits, unless the task is cancelled.
  package init(
    of transport: any Transport, hostname: String, looks: [Duration] = usualLooks,
    pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
  ) {
    self.transport = transport
    self.hostname = hostname
    self.looks = looks
    self.pause = pause
  }

  /// Must be called on the transport's executor.
  ///
  /// - Parameter report: told of the one step that this is.
  /// - Returns: `nil` where nothing could be found out, and asking again may help.
  package func run(_ question: Question, now: Date = Date(), report: StepObserver) async -> SentCopyFinding? {
    do throws(SentFolderError) {
      guard let folder = try await transport.openSentFolder() else { return nil }
      let (finding, words): (SentCopyFinding?, String)
      do throws(SentFolderError) { (finding, words) = try await answer(question, in: folder, now) } catch {
        await folder.close()
        throw error
      }
      await folder.close()
      report(finding == nil ? StepReport(.sentCopies, .noted(words)) : .passed(.sentCopies, words))
      return finding
    } catch {
      report(StepReport(.sentCopies, .noted("\(error.sentence), so no copies are filed")))
      return error.isLasting ? SentCopyFinding.none : nil
    }
  }

  private func answer(
    _ question: Question, in folder: any SentFolder, _ now: Date
  ) async throws(SentFolderError) -> (SentCopyFinding?, String) {
    if question == .canFile {
      do throws(SentFolderError) { _ = try await folder.newest(1, since: now) } catch .noFolder {}
      return (.append, "Letterhead files them")
    }
    let letter = TestLetter(
      from: transport.mailbox, to: transport.mailbox.address, hostname: hostname, now: now, text: .sentCopy)
    if let trouble = await send(letter, now) { return (nil, "not found out: \(trouble)") }
    for span in looks {
      await pause(span)
      if try await count(letter, in: folder, since: now) > 0 { return (.provider, "the provider files them") }
    }
    let filed = try await folder.file(letter.message, sentAt: now)
    let copies = try await count(letter, in: folder, since: now)
    // It came between the last look and ours.
    if copies > 1 { return (.provider, "the provider files them, half a minute late") }
    return (.append, "the provider files none, so Letterhead files them in \"\(filed.folder)\"")
  }

  private func count(
    _ letter: TestLetter, in folder: any SentFolder, since now: Date
  ) async throws(SentFolderError) -> Int {
    do throws(SentFolderError) {
      return try await folder.newest(Self.mostHeaders, since: now - Self.clockDifference).count { header in
        header.messageIDs.contains { letter.isNamed($0) }
      }
    } catch .noFolder {
      return 0
    }
  }

  /// - Returns: why it was not taken; `nil`: it was.
  private func send(_ letter: TestLetter, _ now: Date) async -> String? {
    do throws(TransportError) {
      let session = try await transport.open()
      let transmission = await session.send(letter.message, now: now)
      await session.close()
      guard let outcome = transmission.outcomes.first, outcome.kind != .delivered else { return nil }
      return outcome.summary
    } catch {
      return Outcome(of: error, for: transport.mailbox, now: now).summary
    }
  }
}

extension TransportStep {
  /// Who files copies is found out.
  package static let sentCopies = TransportStep("Sent copies")
}

extension SentFolderError {
  /// Without an end.
  fileprivate var sentence: String {
    switch self {
    case .notPermitted(let words): "the sign-in may not read the mailbox (\(words))"
    case .unreachable(let words): "the mailbox cannot be read (\(words))"
    case .noFolder: "there is no folder of sent messages, and none could be made"
    case .full(let words): "the mailbox is full (\(words))"
    case .refused(let words): "the server takes no copy (\(words))"
    case .cancelled: "it was broken off"
    }
  }

  fileprivate var isLasting: Bool {
    switch self {
    case .notPermitted, .noFolder, .refused: true
    case .unreachable, .full, .cancelled: false
    }
  }
}
