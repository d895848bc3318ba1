#include "server/document.h"

#include <fmt/core.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "output/fingerprint.h"
#include "server/gzip.h"
#include "server/request.h"
#include "server/response.h"
#include "support/mutex.h"
#include "support/pieces.h"
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

// The first 128 bits as lower-case hexadecimal digits. Throws where OpenSSL has no memory, rather
// than give all bytes the same tag.
std::string TagOf(output::Fingerprint& fingerprint) {
  constexpr std::size_t kSize = 16;
  std::string hex;
  for (const char byte : fingerprint.Finish().value().substr(0, kSize)) {
    hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return hex;
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

Document::Document(std::string content_type, const support::Pieces& pieces)
    : content_type_(std::move(content_type)) {
  output::Fingerprint fingerprint;
  std::string plain;
  auto gzipped = Gzip([&](const support::TakePiece& take) {
    return pieces([&](std::string_view piece) {
      size_ += piece.size();
      fingerprint.Add(piece);
      if (size_ <= kKeptPlain) plain += piece;
      return take(piece);
    });
  });
  if (!gzipped) {
    // Not all pieces were seen.
    plain = support::Whole(pieces);
    fingerprint = output::Fingerprint();
    fingerprint.Add(plain);
  }
  const auto hex = TagOf(fingerprint);
  tag_ = '"' + hex + '"';
  gzipped_tag_ = '"' + hex + "-gzip\"";
  if (gzipped) gzipped_ = std::make_shared<const std::string>(*std::move(gzipped));
  if (gzipped_ == nullptr || size_ <= kKeptPlain)
    plain_ = std::make_shared<const std::string>(std::move(plain));
}

Document::Bytes Document::Plain() const {
  if (plain_ != nullptr) return plain_;
  const support::MutexLock lock(mutex_);
  if (auto lent = lent_.lock()) return lent;
  auto bytes = Gunzip(*gzipped_, size_);
  if (!bytes) return nullptr;
  auto lent = std::make_shared<const std::string>(*std::move(bytes));
  lent_ = lent;
  return lent;
}

Response Document::Serve(const Request& request) const {
  const bool gzip = gzipped_ != nullptr && AcceptsGzip(request.accept_encoding);
  const auto& tag = gzip ? gzipped_tag_ : tag_;
  Response response{.status = 200,
                    .headers = {{"Content-Type", content_type_},
                                {"ETag", tag},
                                {"Vary", "Accept-Encoding"},
                                {"Cache-Control", "no-cache"}},
                    .body = nullptr};
  if (NamesTag(request.if_none_match, tag)) {
    response.status = 304;
    return response;
  }
  response.body = gzip ? gzipped_ : Plain();
  if (response.body == nullptr) return TextResponse(503, "no memory to unpack this; ask for gzip");
  if (gzip) response.headers.push_back({"Content-Encoding", "gzip"});
  return response;
}

}  // namespace ecsd::server
