// Why there is no answer, in facts.

/// The words are libcurl's or the system's; none of the request's are among them but host and port.
package enum HTTPError: Error, Equatable, Sendable {
  /// The address is neither https nor http to this machine. Nothing was sent.
  case notAllowed
  /// It is http to this machine, and a proxy of the environment would read it. Nothing was sent.
  case proxyWouldRead
  /// A line end or the like in the method or in a field. Nothing was sent.
  case malformed
  /// There is no connection to the server or to the proxy, or no TLS. Nothing was sent.
  case unreachable(String)
  /// The proxy makes no tunnel to the server; the status of its answer. Nothing was sent.
  case proxyRefused(status: Int)
  /// The server's certificate is not to be trusted. Nothing was sent.
  case untrusted(String)
  /// The connection broke, or what came is no HTTP. `mayHaveArrived`: the whole request had been written.
  case lost(String, mayHaveArrived: Bool)
  case timedOut(after: Duration, mayHaveArrived: Bool)
  /// The answer is longer than the request allows; the rest was not read.
  case tooLong(limit: Int)
  /// The pieces of the request's body ended with an error, or are not as long together as was said.
  case noBody(String)
  /// The caller was cancelled. `mayHaveArrived`: the whole request had been written.
  case cancelled(mayHaveArrived: Bool)
  /// The client was closed before or meanwhile.
  case closed
}
