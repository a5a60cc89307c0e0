// The listeners that are open now, as today's configuration wants them.

import Glibc
import Logging
import SMTP
package import Sockets
import Spool
import Submission
package import TLS

/// Opens, replaces and closes listeners. Apps in the middle of a message keep their session while others change.
actor Doors {
  private struct Door {
    let listener: ListenerSettings
    let server: SubmissionServer<SpoolIntake>
    let serving: Task<Void, Never>
  }

  private let loop: EventLoop
  private let intake: SpoolIntake
  private let log: Logger
  private var front: FrontDoor
  private var open: [Door] = []
  private var closing: [Task<Void, Never>] = []

  init(loop: EventLoop, intake: SpoolIntake, configuration: Configuration, log: Logger) {
    self.loop = loop
    self.intake = intake
    self.log = log
    front = FrontDoor(configuration, log: log)
  }

  /// Opens what the configuration names and closes what it no longer does. Listeners that stay as they are go on
  /// undisturbed; those with TLS are opened anew, since their certificate may have been renewed.
  /// - Returns: one sentence for each that could not be opened; the others are open.
  func follow(_ configuration: Configuration) -> [DoorError] {
    let next = FrontDoor(configuration, log: log)
    let isSameFront = next.hostname == front.hostname && next.limits == front.limits
    let wanted = configuration.listeners
    for door in open where !isSameFront || door.listener.files != nil || !wanted.contains(door.listener) {
      close(door)
    }
    if !isSameFront { front = next }
    let missing = wanted.filter { listener in !open.contains { $0.listener == listener } }
    return missing.compactMap { listener -> DoorError? in
      do throws(DoorError) { try open(listener) } catch { return error }
      return nil
    }
  }

  /// Lets nobody in any more, and returns when the last session has ended: each does at its next idle point.
  func closeAll() async {
    open.forEach(close)
    for session in closing { await session.value }
  }

  private func close(_ door: Door) {
    door.server.shut()
    closing.append(
      Task { [loop] in
        await door.server.stop(on: loop)
        await door.serving.value
      })
    open.removeAll { $0.server === door.server }
  }

  private func open(_ listener: ListenerSettings) throws(DoorError) {
    let address = listener.address
    let tls: TLSContext?
    do throws(TLSError) {
      tls = try listener.files.map { files throws(TLSError) in
        try TLSContext.server(certificateFile: files.certificate, keyFile: files.key)
      }
    } catch {
      throw DoorError(address: address, obstacle: .certificate(error))
    }
    do throws(ListenError) {
      let server = try SubmissionServer(listener, door: front, intake: intake, tls: tls)
      let serving = loop.start { [loop] in await server.run(on: loop) }
      open.append(Door(listener: listener, server: server, serving: serving))
      log.info("listening", metadata: ["address": "\(server.endpoint)"])
    } catch {
      throw DoorError(address: address, obstacle: .socket(error))
    }
  }
}

/// A listener cannot be opened.
package struct DoorError: Error, CustomStringConvertible {
  package enum Obstacle: Sendable {
    case socket(ListenError)
    case certificate(TLSError)
  }

  package let address: String
  package let obstacle: Obstacle

  package var description: String {
    switch obstacle {
    case .socket(.inUse):
      "Cannot listen on \(address): another program does already. Stop it (ss -ltnp shows which), or take another port."
    case .socket(.notPermitted):
      "Cannot listen on \(address): ports below 1024 need a privilege. Use the service unit, which has it, or a port above."
    case .socket(.noSuchAddress):
      "Cannot listen on \(address): this machine has no such address. `ip address` shows those it has."
    case .socket(.notAnAddress):
      "Cannot listen on \(address): it is no address. Write \"127.0.0.1:2525\" or \"[::1]:2525\"."
    case .socket(.failed(_, let code)):
      "Cannot listen on \(address): \(String(cString: strerror(code)))."
    case .certificate(.badCertificateFile(let words)):
      "Cannot listen on \(address) with TLS: the certificate or key is not usable. OpenSSL says: \(words)"
    case .certificate(let error):
      "Cannot listen on \(address) with TLS: \(error)."
    }
  }
}

extension ListenerSettings {
  fileprivate var files: (certificate: String, key: String)? {
    guard security != .none, let certificateFile, let keyFile else { return nil }
    return (certificateFile, keyFile)
  }
}

extension FrontDoor {
  fileprivate convenience init(_ configuration: Configuration, log: Logger) {
    self.init(
      hostname: configuration.hostname, instance: Instance.word(in: configuration.stateDirectory),
      limits: configuration.limits.submission, log: log)
  }
}
