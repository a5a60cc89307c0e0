// What a libcurl handle is told for every request, and for this one.

import CCurl
import FoundationEssentials

/// An option that the installed libcurl does not take.
struct HandleError: Error {
  let words: String
}

/// The proxy of the configuration, if there is one; else libcurl reads the environment (`https_proxy`, `no_proxy`).
struct Proxy: Sendable {
  var configured: String?
}

struct HandleOptions {
  private let handle: CurlHandle

  init(_ handle: CurlHandle) { self.handle = handle }

  /// - Returns: the header's fields, to be kept as long as the handle.
  func apply(_ request: HTTPRequest, through proxy: Proxy) throws(HandleError) -> UnsafeMutablePointer<curl_slist>? {
    try beCareful()
    try set(CURLOPT_URL, request.url.absoluteString)
    try set(CURLOPT_TIMEOUT_MS, max(1, Int(request.timeLimit / .milliseconds(1))))
    if !request.isIdempotent {
      try set(CURLOPT_FRESH_CONNECT, 1)
      try set(CURLOPT_FORBID_REUSE, 1)
    }
    if let proxy = proxy.configured, request.url.scheme?.lowercased() == "https" { try set(CURLOPT_PROXY, proxy) }
    if let authorities = request.authoritiesPEM { try trust(authorities) }
    try setMethod(request)
    let fields = fieldList(of: request)
    try check(CCurl_set_fields(handle, fields))
    return fields
  }

  func apply(callbacksOf transfer: Transfer, words: UnsafeMutablePointer<CChar>) throws(HandleError) {
    let owner = Unmanaged.passUnretained(transfer).toOpaque()
    try check(CCurl_set_receivers(handle, receiveHead, receiveBody, owner))
    try check(CCurl_set_sender(handle, giveBody, owner))
    try check(CCurl_set_pointer(handle, CURLOPT_PRIVATE, owner))
    try check(CCurl_set_pointer(handle, CURLOPT_ERRORBUFFER, words))
  }

  /// No cookies, no cache, no .netrc and no redirects are libcurl's own defaults; here is what else a secret wants.
  private func beCareful() throws(HandleError) {
    try set(CURLOPT_PROTOCOLS_STR, "http,https")
    try set(CURLOPT_FOLLOWLOCATION, 0)
    try set(CURLOPT_SSLVERSION, CCURL_TLS_1_2)
    try set(CURLOPT_HTTP_VERSION, CCURL_HTTP_1_1)
    try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    try set(CURLOPT_USERAGENT, "letterhead")
    // A signal could reach any thread. Without QUICK_EXIT the end of a transfer waits for its look-up of a name, which may
    // hang for half a minute, and all other transfers wait with it.
    try set(CURLOPT_NOSIGNAL, 1)
    try set(CURLOPT_QUICK_EXIT, 1)
  }

  /// libcurl takes either its own file of authorities or ours; both are wanted.
  private func trust(_ authorities: String) throws(HandleError) {
    let file = CCurl_text(handle, CURLINFO_CAINFO).map { String(cString: $0) }
    let usual = file.flatMap { FileManager.default.contents(atPath: $0) } ?? Data()
    let all = Array(usual) + Array("\n\(authorities)\n".utf8)
    try check(CCurl_set_octets(handle, CURLOPT_CAINFO_BLOB, all, all.count))
  }

  private func setMethod(_ request: HTTPRequest) throws(HandleError) {
    switch request.body {
    case .none where ["GET", "DELETE", "OPTIONS"].contains(request.method): break
    case .none where request.method == "HEAD": try set(CURLOPT_NOBODY, 1)
    case .none: try setBody([])
    case .octets(let octets): try setBody(octets)
    case .pieces(let length, _):
      try set(CURLOPT_UPLOAD, 1)
      try check(CCurl_set_size(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(length ?? -1)))
    }
    if request.method != "GET", request.method != "HEAD" { try set(CURLOPT_CUSTOMREQUEST, request.method) }
  }

  private func setBody(_ octets: [UInt8]) throws(HandleError) {
    try check(CCurl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(octets.count)))
    try check(octets.withUnsafeBytes { CCurl_set_body(handle, $0.baseAddress) })
  }

  private func fieldList(of request: HTTPRequest) -> UnsafeMutablePointer<curl_slist>? {
    // A name without a value keeps libcurl from adding its own. With Expect it would wait a second for a 100.
    var lines = ["Expect:"]
    let names = Set(request.fields.map { $0.name.lowercased() })
    if !names.contains("content-type") { lines.append("Content-Type:") }
    lines += request.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    return lines.reduce(nil) { list, line in curl_slist_append(list, line) }
  }

  private func set(_ option: CURLoption, _ number: Int) throws(HandleError) {
    try check(CCurl_set_number(handle, option, number))
  }

  private func set(_ option: CURLoption, _ text: String) throws(HandleError) {
    try check(CCurl_set_text(handle, option, text))
  }

  private func check(_ result: CURLcode) throws(HandleError) {
    guard result == CURLE_OK else { throw HandleError(words: String(cString: curl_easy_strerror(result))) }
  }
}

// MARK: What libcurl calls, on the client's thread

private func transfer(_ owner: UnsafeMutableRawPointer?) -> Transfer? {
  owner.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

private func receiveHead(
  _ octets: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
  transfer(owner)?.receive(UnsafeRawBufferPointer(start: octets, count: size * count), isHead: true) ?? 0
}

private func receiveBody(
  _ octets: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
  transfer(owner)?.receive(UnsafeRawBufferPointer(start: octets, count: size * count), isHead: false) ?? 0
}

private func giveBody(
  _ room: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
  transfer(owner)?.give(UnsafeMutableRawBufferPointer(start: room, count: size * count)) ?? Int(CURL_READFUNC_ABORT)
}
