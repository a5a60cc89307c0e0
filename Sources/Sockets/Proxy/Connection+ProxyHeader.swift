// Reads the PROXY header of a connection, and not one octet of what follows, which may belong to TLS.

/// Why there is no PROXY header.
package enum ProxyHeaderError: Error, Equatable {
  case malformed(ProxyHeaderFault)
  case connection(ConnectionError)
}

extension Connection {
  /// To be called before anything is read or written.
  ///
  /// - Throws: `.connection(.reset)` where the proxy has closed without a word, as health checks do.
  package func receiveProxyHeader(until deadline: Instant) async throws(ProxyHeaderError) -> ProxyHeader {
    var seen = 0
    while true {
      let progress = channel.peek(atMost: ProxyHeaderReading.mostOctets)
      guard case .octets(let count) = progress else {
        try await waitForHeader(after: progress, until: deadline)
        continue
      }
      switch ProxyHeaderReading(Array(loop.scratch[..<count])) {
      case .header(let header, let octets):
        channel.skip(octets)
        return header
      case .malformed(let fault): throw .malformed(fault)
      case .needsMore where channel.slot.hungUp && count == seen: throw .malformed(.truncated)
      case .needsMore: break
      }
      seen = count
      // The same octets are there again at the next look, so the socket counts as read out until more have come.
      if channel.slot.hungUp { continue }
      channel.slot.readable = false
      try await waitForHeader(after: .wantsRead, until: deadline)
    }
  }

  private func waitForHeader(after progress: Progress, until deadline: Instant) async throws(ProxyHeaderError) {
    do throws(ConnectionError) { try await wait(after: progress, until: deadline) } catch { throw .connection(error) }
  }
}
