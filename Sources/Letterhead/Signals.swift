// SIGTERM and SIGINT end the relay, SIGHUP reloads its configuration.

import Dispatch
import Glibc

/// What a signal asks of the relay.
package enum RelaySignal: Sendable {
  case stop, reload
}

package enum Signals {
  /// The signals from now on. To be called once, before anything else is started: until then a signal ends the process.
  package static func stream() -> AsyncStream<RelaySignal> {
    let (stream, continuation) = AsyncStream.makeStream(of: RelaySignal.self)
    let meanings: [(Int32, RelaySignal)] = [(SIGTERM, .stop), (SIGINT, .stop), (SIGHUP, .reload)]
    for (number, meaning) in meanings {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield(meaning) }
      source.activate()
      keep(source)
    }
    return stream
  }

  /// A signal source is cancelled when it is released; these are never released.
  private static func keep(_ source: any DispatchSourceSignal) {
    _ = Unmanaged.passRetained(source as AnyObject)
  }
}
