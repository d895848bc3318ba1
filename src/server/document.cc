#include "server/document.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/digest.h"
#include "server/gzip.h"
#include "support/strings.h"

namespace ecsd::server {
namespace {

// Takes the next element of a comma-separated header off `list`.
std::string_view TakeElement(std::string_view& list) {
  const auto comma = list.find(',');
  const auto element = support::Trim(list.substr(0, comma));
  list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  return element;
}

// Whether the parameters of an element say q=0, q=0.0 and so on: "not at all".
bool IsRefused(std::string_view parameters) {
  const auto q = parameters.find("q=");
  if (q == std::string_view::npos) return false;
  const auto value = support::Trim(parameters.substr(q + 2));
  return !value.empty() && value.front() == '0' &&
         value.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
  const std::string lowered = support::ToLower(accept_encoding);
  std::string_view list = lowered;
  std::optional<bool> any;
  while (!list.empty()) {
    const auto element = TakeElement(list);
    const auto semicolon = element.find(';');
    const auto coding = support::Trim(element.substr(0, semicolon));
    const bool allowed =
        semicolon == std::string_view::npos || !IsRefused(element.substr(semicolon + 1));
    if (coding == "gzip" || coding == "x-gzip") return allowed;
    if (coding == "*") any = allowed;
  }
  return any.value_or(false);
}

bool NamesTag(std::string_view if_none_match, std::string_view tag) {
  while (!if_none_match.empty()) {
    auto element = TakeElement(if_none_match);
    if (element == "*") return true;
    if (element.starts_with("W/")) element.remove_prefix(2);  // If-None-Match compares weakly
    if (element == tag) return true;
  }
  return false;
}

std::shared_ptr<const Document> MakeDocument(std::string content_type, std::string bytes) {
  const auto digest = HexDigest(bytes);
  auto gzipped = Gzip(bytes);
  return std::make_shared<const Document>(Document{
      .content_type = std::move(content_type),
      .plain = std::make_shared<const std::string>(std::move(bytes)),
      .gzipped = gzipped ? std::make_shared<const std::string>(*std::move(gzipped)) : nullptr,
      .tag = '"' + digest + '"',
      .gzipped_tag = '"' + digest + "-gzip\""});
}

Response Serve(const Document& document, const Request& request) {
  const bool gzip = document.gzipped != nullptr && AcceptsGzip(request.accept_encoding);
  const auto& tag = gzip ? document.gzipped_tag : document.tag;
  Response response{.status = 200,
                    .headers = {{"Content-Type", document.content_type},
                                {"ETag", tag},
                                {"Vary", "Accept-Encoding"},
                                {"Cache-Control", "no-cache"}},
                    .body = gzip ? document.gzipped : document.plain};
  if (NamesTag(request.if_none_match, tag)) {
    response.status = 304;
    response.body = nullptr;
    return response;
  }
  if (gzip) response.headers.push_back({"Content-Encoding", "gzip"});
  return response;
}

}  // namespace ecsd::server
