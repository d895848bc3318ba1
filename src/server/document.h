#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "server/request.h"
#include "server/response.h"
#include "support/mutex.h"
#include "support/pieces.h"
#include "support/thread_annotations.h"

namespace ecsd::server {

// Bytes that are served many times, as they are or compressed, each with its entity tag. Made once
// for each change. Any thread may call.
class Document {
 public:
  // What is larger is kept compressed only: nearly every client takes that, and targets shrink to a
  // tenth and less.
  static constexpr std::size_t kKeptPlain = std::size_t{1} * 1024 * 1024;

  Document(std::string content_type, const support::Pieces& pieces);

  // Answers a GET or HEAD: gzipped where the client takes that, 304 where it has these bytes
  // already (RFC 9110, sections 12.5.3 and 13.1.2).
  [[nodiscard]] Response Serve(const Request& request) const ECSD_EXCLUDES(mutex_);

 private:
  using Bytes = std::shared_ptr<const std::string>;

  // The bytes as they are, uncompressed for all who hold them at the same time; null when there is
  // no memory for that.
  [[nodiscard]] Bytes Plain() const ECSD_EXCLUDES(mutex_);

  std::string content_type_;
  Bytes plain_;    // null where `gzipped_` is all that is kept
  Bytes gzipped_;  // null when compressing failed
  std::size_t size_ = 0;
  std::string tag_;  // strong, in quotes; of the plain bytes
  std::string gzipped_tag_;

  mutable support::Mutex mutex_;
  mutable std::weak_ptr<const std::string> lent_ ECSD_GUARDED_BY(mutex_);
};

// Whether an Accept-Encoding header allows gzip. A client that sends none gets plain bytes.
[[nodiscard]] bool AcceptsGzip(std::string_view accept_encoding);

// Whether an If-None-Match header names `tag`.
[[nodiscard]] bool NamesTag(std::string_view if_none_match, std::string_view tag);

}  // namespace ecsd::server
