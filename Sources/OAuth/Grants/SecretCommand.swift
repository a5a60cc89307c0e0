// A client secret that a program prints, run anew for each request: a vault's client, a decrypting tool. It is kept nowhere.

import FoundationEssentials
import Mailboxes
import Platform

struct SecretCommand {
  static let timeLimit = Duration.seconds(20)
  /// In octets.
  static let longest = 4096

  /// The program's whole path and its arguments, which no shell reads.
  let words: [String]
  var now: @Sendable () -> ContinuousClock.Instant = { .now }

  /// Blocks the thread while the program runs.
  func run() throws(ClientProofFault.CommandFault) -> Secret {
    let question = ProgramQuestion(
      words, environment: ProcessInfo.processInfo.environment, within: Self.timeLimit, longestOutput: Self.longest,
      now: now)
    let secret: [UInt8]
    do throws(ProgramQuestion.Failure) {
      secret = try question.output().trimmingLineEnds
    } catch {
      throw fault(error)
    }
    guard !secret.isEmpty else { throw .silent }
    guard secret.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .notASecret }
    return Secret(octets: secret)
  }

  private func fault(_ failure: ProgramQuestion.Failure) -> ClientProofFault.CommandFault {
    func shown(_ errors: [UInt8]) -> String { UntrustedText.cleaned(String(decoding: errors, as: UTF8.self)) }
    return switch failure {
    case .notStarted(let error): .notStarted("\(error)")
    case .ended(.exited(let code), let errors): .exited(code, words: shown(errors))
    case .ended(.signaled(let signal), let errors): .signaled(signal, words: shown(errors))
    case .tookTooLong: .tookTooLong(seconds: Int(Self.timeLimit.components.seconds))
    case .saidTooMuch: .tooLong(limit: Self.longest)
    }
  }
}
