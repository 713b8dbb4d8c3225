#include "cli/http_post.h"

#include <curl/curl.h>

#include <memory>

#include "base/version.h"
#include "cli/session.h"

namespace voucher {
namespace {

struct Headers {
  curl_slist* list = nullptr;
  Headers() = default;
  ~Headers() { curl_slist_free_all(list); }
  Headers(const Headers&) = delete;
  Headers& operator=(const Headers&) = delete;
  void add(const std::string& line) { list = curl_slist_append(list, line.c_str()); }
};

std::size_t discard(char* /*data*/, std::size_t size, std::size_t count, void* /*user*/) {
  return size * count;
}

void prepare(CURL* request, const HttpPost& post, const Headers& headers) {
  curl_easy_setopt(request, CURLOPT_URL, post.url.c_str());
  curl_easy_setopt(request, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(request, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post.body.size()));
  curl_easy_setopt(request, CURLOPT_POSTFIELDS, post.body.data());
  curl_easy_setopt(request, CURLOPT_HTTPHEADER, headers.list);
  curl_easy_setopt(request, CURLOPT_TIMEOUT_MS, static_cast<long>(post.timeout.count()));
  curl_easy_setopt(request, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(request, CURLOPT_WRITEFUNCTION, discard);
}

}  // namespace

Result<> post_json(const HttpPost& post) {
  const std::string shown = without_password(post.url);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> request(curl_easy_init(),
                                                                    &curl_easy_cleanup);
  if (!request) return fail(ErrorKind::kInternal, "cannot prepare a request to {}", shown);
  Headers headers;
  headers.add("Content-Type: application/json");
  headers.add("Expect:");  // no wait for 100 Continue
  headers.add("User-Agent: voucher/" + std::string(kToolVersion));
  if (!post.bearer_token.empty()) headers.add("Authorization: Bearer " + post.bearer_token);
  prepare(request.get(), post, headers);
  const CURLcode code = curl_easy_perform(request.get());
  if (code != CURLE_OK)
    return fail(ErrorKind::kUnavailable, "cannot send to {}: {}", shown, curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(request.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status < 200 || status > 299)
    return fail(ErrorKind::kUnavailable, "{} answered with {}", shown, status);
  return {};
}

}  // namespace voucher
