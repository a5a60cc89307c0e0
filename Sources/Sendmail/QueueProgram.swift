// `mailq`: the program letterhead shows the queue. It asks the relay, which knows who asks.

import Glibc
import Platform

enum QueueProgram {
  /// Returns only by throwing.
  static func replaceThisProcess() throws(SendmailFailure) {
    signal(SIGPIPE, SIG_DFL)
    var arguments = [strdup("letterhead"), strdup("queue"), nil]
    defer { for argument in arguments { free(argument) } }
    if let own = besideThisProgram { execv(own, &arguments) }
    execvp("letterhead", &arguments)
    throw SendmailFailure(.system, "letterhead, which shows the queue, cannot be started: \(SystemError()).")
  }

  private static var besideThisProgram: String? {
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, path.count - 1)
    guard count > 0 else { return nil }
    let own = String(decoding: path.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return own.lastIndex(of: "/").map { "\(own[..<$0])/letterhead" }
  }
}
