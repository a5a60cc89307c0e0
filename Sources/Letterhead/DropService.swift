// The drop folder of letterhead-sendmail, where this host has one.

import Glibc
import Logging
import Logs
import Platform
import Spool
import Submission

struct DropService: Sendable {
  private let folder: DropFolder
  private let path: String
  private let intake: DropIntake<SpoolIntake>
  private let log: Logger

  init(_ configuration: Configuration, _ intake: DropIntake<SpoolIntake>, log: Logger) {
    path = configuration.dropDirectory
    folder = DropFolder(at: path, maxMessageOctets: configuration.limits.submission.maxMessageOctets, log: log)
    self.intake = intake
    self.log = log
  }

  /// Takes what lies in the folder and what comes, until the task is cancelled.
  func run() async {
    do throws(SystemError) { try await folder.prepare() } catch {
      // Without the folder above there is no letterhead-sendmail that could use it.
      guard error.code != ENOENT else { return }
      return log.tell(.dropUnusable, [.file: path, .reason: "\(error)"])
    }
    await folder.run(intake.submit)
  }
}
