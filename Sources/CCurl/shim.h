// libcurl for Swift: the headers, and with their types what libcurl offers as variadic functions only.
#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H

#include <stddef.h>
#include <curl/curl.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

// What the options take. libcurl copies texts and octets.
static inline CURLcode CCurl_set_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode CCurl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode CCurl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode CCurl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode CCurl_set_octets(CURL *handle, CURLoption option, const void *octets, size_t count) {
  struct curl_blob blob = {(void *)octets, count, CURL_BLOB_COPY};
  return curl_easy_setopt(handle, option, &blob);
}
// A body in memory; POSTFIELDSIZE_LARGE first.
static inline CURLcode CCurl_set_body(CURL *handle, const void *octets) {
  return curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, octets ? octets : "");
}
// The headers want the list kept until the transfer has ended.
static inline CURLcode CCurl_set_fields(CURL *handle, struct curl_slist *fields) {
  return curl_easy_setopt(handle, CURLOPT_HTTPHEADER, fields);
}

// Who is told of the answer, and who is asked for the request's body.
static inline CURLcode CCurl_set_receivers(
  CURL *handle, curl_write_callback head, curl_write_callback body, void *owner
) {
  CURLcode result = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, head);
  if (result == CURLE_OK) result = curl_easy_setopt(handle, CURLOPT_HEADERDATA, owner);
  if (result == CURLE_OK) result = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
  if (result == CURLE_OK) result = curl_easy_setopt(handle, CURLOPT_WRITEDATA, owner);
  return result;
}
static inline CURLcode CCurl_set_sender(CURL *handle, curl_read_callback body, void *owner) {
  CURLcode result = curl_easy_setopt(handle, CURLOPT_READFUNCTION, body);
  return result == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_READDATA, owner) : result;
}

// What is known of a transfer.
static inline long CCurl_number(CURL *handle, CURLINFO info) {
  long value = 0;
  curl_easy_getinfo(handle, info, &value);
  return value;
}
static inline curl_off_t CCurl_size(CURL *handle, CURLINFO info) {
  curl_off_t value = 0;
  curl_easy_getinfo(handle, info, &value);
  return value;
}
static inline const char *CCurl_text(CURL *handle, CURLINFO info) {
  char *value = NULL;
  curl_easy_getinfo(handle, info, &value);
  return value;
}
// The next transfer that has ended, with its result; NULL when there is none.
static inline CURL *CCurl_next_ended(CURLM *multi, CURLcode *result) {
  int left;
  for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
    if (message->msg != CURLMSG_DONE) continue;
    *result = message->data.result;
    return message->easy_handle;
  }
  return NULL;
}
static inline CURLMcode CCurl_set_most_idle(CURLM *multi, long connections) {
  return curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
}

static const size_t CCURL_PAUSE_READING = CURL_READFUNC_PAUSE;
static const long CCURL_TLS_1_2 = CURL_SSLVERSION_TLSv1_2;
static const long CCURL_HTTP_1_1 = CURL_HTTP_VERSION_1_1;
static const int CCURL_GO_ON = CURLPAUSE_CONT;
static const long CCURL_EVERYTHING = CURL_GLOBAL_DEFAULT;

#endif
