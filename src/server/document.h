#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/request.h"
#include "server/response.h"

namespace ecsd::server {

// Bytes that are served many times: as they are and compressed, each with its entity tag. Made once
// for each change.
struct Document {
  std::string content_type;
  std::shared_ptr<const std::string> plain;
  std::shared_ptr<const std::string> gzipped;  // null when compressing failed
  std::string tag;                             // strong, in quotes; of the plain bytes
  std::string gzipped_tag;
};

[[nodiscard]] std::shared_ptr<const Document> MakeDocument(std::string content_type,
                                                           std::string bytes);

// Answers a GET or HEAD with `document`: gzipped where the client takes that, 304 where it has
// these bytes already (RFC 9110, sections 12.5.3 and 13.1.2).
[[nodiscard]] Response Serve(const Document& document, const Request& request);

// Whether an Accept-Encoding header allows gzip. A client that sends none gets plain bytes.
[[nodiscard]] bool AcceptsGzip(std::string_view accept_encoding);

// Whether an If-None-Match header names `tag`.
[[nodiscard]] bool NamesTag(std::string_view if_none_match, std::string_view tag);

}  // namespace ecsd::server
