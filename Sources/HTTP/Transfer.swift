// One request on its way: libcurl's handle, what it is to send, and what it has received.

import CCurl
import Synchronization

/// An easy or a multi handle of libcurl.
typealias CurlHandle = UnsafeMutableRawPointer

/// Made on the caller's thread, then handed to the client's thread, which alone touches it from then on.
// Unchecked for that reason: the handing over is the inbox's lock in TransferLoop.
final class Transfer: @unchecked Sendable {
  let handle: CurlHandle
  var waiter: CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>?
  private let request: HTTPRequest
  private var fields: UnsafeMutablePointer<curl_slist>?
  /// libcurl's words about a failure.
  private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  private var response = HTTPResponse(status: 0)
  private var received = 0
  /// Why this client ended the transfer, where libcurl only knows that a callback did.
  private var failure: HTTPError?

  /// Told when the next piece of the body is wanted; finished when none is wanted any more.
  let demands: AsyncStream<Void>
  private let demand: AsyncStream<Void>.Continuation
  private var piece: ArraySlice<UInt8> = []
  private var isPaused = false
  private var hasWholeBody = false
  private var taken: Int64 = 0

  /// - Throws: `.unreachable` where the installed libcurl cannot do what this program wants.
  init(_ request: HTTPRequest, through proxy: Proxy) throws(HTTPError) {
    guard let handle = curl_easy_init() else { throw .unreachable("there is no memory left") }
    self.handle = handle
    self.request = request
    (demands, demand) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    if case .pieces = request.body {} else { hasWholeBody = true }
    words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    do throws(HandleError) {
      fields = try HandleOptions(handle).apply(request, through: proxy)
      try HandleOptions(handle).apply(callbacksOf: self, words: words)
    } catch {
      throw .unreachable(error.words)
    }
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(fields)
    words.deallocate()
  }

  // MARK: Orders of the caller, on the client's thread

  /// The next piece of the body; `nil` after the last one.
  ///
  /// - Returns: what is wrong with it.
  func take(_ next: [UInt8]?) -> HTTPError? {
    piece = next?[...] ?? []
    taken += Int64(piece.count)
    if case .pieces(let length?, _) = request.body {
      guard next == nil ? taken == length : taken <= length else { return .noBody("\(taken) octets, not \(length)") }
      hasWholeBody = taken == length
    } else {
      hasWholeBody = next == nil
    }
    if isPaused {
      isPaused = false
      curl_easy_pause(handle, CCURL_GO_ON)
    }
    return nil
  }

  func end(_ error: HTTPError) {
    demand.finish()
    waiter.take()?.resume(returning: .failure(error))
  }

  /// Ends with what libcurl made of it.
  func end(_ code: CURLcode) {
    guard code == CURLE_OK else { return end(failure ?? error(code)) }
    demand.finish()
    response.status = CCurl_number(handle, CURLINFO_RESPONSE_CODE)
    let address = CCurl_text(handle, CURLINFO_PRIMARY_IP).map { String(cString: $0) } ?? ""
    response.peer = "\(address) port \(CCurl_number(handle, CURLINFO_PRIMARY_PORT))"
    response.isThroughProxy = CCurl_number(handle, CURLINFO_HTTP_CONNECTCODE) != 0
    response.followsWholeRequest = mayHaveArrived
    waiter.take()?.resume(returning: .success(response))
  }

  // MARK: Calls of libcurl

  /// - Returns: how many octets were taken; anything but `octets.count` ends the transfer.
  func receive(_ octets: UnsafeRawBufferPointer, isHead: Bool) -> Int {
    received += octets.count
    guard received <= request.longestAnswer else {
      failure = .tooLong(limit: request.longestAnswer)
      return 0
    }
    if isHead { response.receive(headLine: octets) } else { response.body += octets }
    return octets.count
  }

  /// - Returns: how many octets were given; 0 at the end of the body.
  func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
    if piece.isEmpty {
      if hasWholeBody { return 0 }
      isPaused = true
      demand.yield()
      return CCURL_PAUSE_READING
    }
    let next = piece.prefix(room.count)
    room.copyBytes(from: next)
    piece = piece.dropFirst(next.count)
    return next.count
  }

  // MARK: What happened

  /// The server may have acted on it.
  var mayHaveArrived: Bool {
    guard hasBegun, hasWholeBody, piece.isEmpty else { return false }
    guard case .octets(let octets) = request.body else { return true }
    return CCurl_size(handle, CURLINFO_SIZE_UPLOAD_T) >= octets.count
  }

  private func error(_ code: CURLcode) -> HTTPError {
    let said = String(cString: words)
    let words = said.isEmpty ? String(cString: curl_easy_strerror(code)) : said
    let tunnel = CCurl_number(handle, CURLINFO_HTTP_CONNECTCODE)
    if tunnel >= 300 { return .proxyRefused(status: tunnel) }
    return switch code {
    case CURLE_OPERATION_TIMEDOUT: .timedOut(after: request.timeLimit, mayHaveArrived: mayHaveArrived)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR: .untrusted(words)
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY,
      CURLE_SSL_CONNECT_ERROR:
      .unreachable(words)
    default: mayHaveArrived || hasBegun ? .lost(words, mayHaveArrived: mayHaveArrived) : .unreachable(words)
    }
  }

  /// Whether the way to the server is open: a tunnel through a proxy, and TLS, included.
  private var hasBegun: Bool { CCurl_size(handle, CURLINFO_PRETRANSFER_TIME_T) > 0 }
}
