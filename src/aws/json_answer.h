#pragma once

#include <fmt/core.h>
#include <simdjson.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "aws/json_object.h"
#include "support/result.h"

namespace ecsd::aws {

// A parser that may be used again and again, by one thread at a time, for its buffers are several
// times the size of what it parses.
struct JsonParser {
  simdjson::dom::parser parser;
};

// The error for an answer that is not what was asked for; `what` completes "the answer ...".
[[nodiscard]] inline tl::unexpected<support::Error> MalformedAnswer(std::string_view what) {
  return support::Fail(
      support::ErrorKind::kMalformed,
      fmt::format("the answer {}; is something between here and AWS (a proxy) answering instead?",
                  what));
}

// Parses an answer and gives its top-level object to `read`. `again` may be null. kMalformed when
// it is no JSON object.
template <typename T, typename Read>
[[nodiscard]] support::Result<T> DecodeJsonAnswer(const std::string& body, JsonParser* again,
                                                  const Read& read) {
  JsonParser own;
  auto& parser = (again == nullptr ? own : *again).parser;
  simdjson::dom::element document;
  if (parser.parse(body).get(document) != simdjson::SUCCESS || !document.is_object()) {
    return MalformedAnswer("is no JSON object");
  }
  JsonObject object(document);
  return read(object);
}

}  // namespace ecsd::aws
