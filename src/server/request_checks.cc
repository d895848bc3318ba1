#include "server/request_checks.h"

#include <microhttpd.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "support/strings.h"

namespace ecsd::server {
namespace {

constexpr std::string_view kVersionStart = "HTTP/1.";

bool IsNameByte(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";  // RFC 9110, section 5.6.2
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

bool IsName(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, &IsNameByte);
}

// RFC 9110, section 5.5: CR, LF and NUL are never part of a value, other controls need not be.
bool IsValue(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return static_cast<unsigned char>(c) >= ' ' || c == '\t'; });
}

// Walks over the lines of a request in libmicrohttpd's buffer, in which each line end and each
// colon after a name has become NUL: where the pieces that it found do not lie end to end,
// something is between them that it has not seen.
class HeaderWalk {
 public:
  // `end` is behind the empty line after the headers.
  HeaderWalk(const char* version, const char* end)
      : at_(version + std::string_view(version).size()),
        end_(end),
        line_end_(Left() > 1 && at_[1] == '\0' ? 2 : 1) {
    PassLineEnd();
  }

  void Pass(const char* name, const char* value) {
    if (name != at_ || !IsName(name)) good_ = false;
    if (!good_) return;
    Skip(std::string_view(name).size() + 1);
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t')) ++at_;
    if (value != at_ || !IsValue(value)) good_ = false;
    if (!good_) return;
    Skip(std::string_view(value).size());
    PassLineEnd();
  }

  // Whether that was all.
  [[nodiscard]] bool End() {
    PassLineEnd();
    return good_ && at_ == end_;
  }

 private:
  [[nodiscard]] std::size_t Left() const {
    return at_ < end_ ? static_cast<std::size_t>(end_ - at_) : 0;
  }

  void Skip(std::size_t count) {
    good_ = good_ && count <= Left();
    if (good_) at_ += count;
  }

  void PassLineEnd() {
    good_ = good_ && Left() >= line_end_ &&
            std::all_of(at_, at_ + line_end_, [](char c) { return c == '\0'; });
    Skip(line_end_);
  }

  const char* at_;
  const char* const end_;
  // After the version: NUL for "\n" or two for "\r\n", as then after every line.
  const std::size_t line_end_;
  bool good_ = true;
};

std::size_t HeaderSize(MHD_Connection* connection) {
  const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  return info == nullptr ? 0 : info->header_size;
}

// NOLINTNEXTLINE(readability-function-size): the signature is MHD's
MHD_Result PassHeader(void* walk, MHD_ValueKind /*kind*/, const char* name, const char* value) {
  static_cast<HeaderWalk*>(walk)->Pass(name, value == nullptr ? "" : value);
  return MHD_YES;
}

// Only spaces are between the method and the target, and nothing is hidden in the headers.
bool IsWhole(MHD_Connection* connection, const RequestLine& line) {
  const std::string_view method(line.method);
  const char* gap = line.method + method.size() + 1;
  if (gap > line.target || !IsName(method)) return false;
  if (!std::all_of(gap, line.target, [](char c) { return c == ' '; })) return false;
  HeaderWalk walk(line.version, line.method + HeaderSize(connection));
  MHD_get_connection_values(connection, MHD_HEADER_KIND, &PassHeader, &walk);
  return walk.End();
}

struct Counts {
  int hosts = 0;
  int lengths = 0;
  int encodings = 0;
};

// NOLINTNEXTLINE(readability-function-size): the signature is MHD's
MHD_Result CountHeader(void* counts, MHD_ValueKind /*kind*/, const char* name,
                       const char* /*value*/) {
  const std::string key = support::ToLower(name);
  auto& seen = *static_cast<Counts*>(counts);
  seen.hosts += key == "host" ? 1 : 0;
  seen.lengths += key == "content-length" ? 1 : 0;
  seen.encodings += key == "transfer-encoding" ? 1 : 0;
  return MHD_YES;
}

bool IsAmbiguous(MHD_Connection* connection) {
  Counts counts;
  MHD_get_connection_values(connection, MHD_HEADER_KIND, &CountHeader, &counts);
  return counts.hosts > 1 || counts.lengths + counts.encodings > 1;
}

// RFC 9112, section 6.1: where the last coding is not chunked the end of the body is unknown, and
// HTTP/1.0 has no such header.
std::optional<RequestFault> EncodingFault(MHD_Connection* connection, std::string_view version) {
  const char* value =
      MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING);
  if (value == nullptr) return std::nullopt;
  const auto codings = support::ToLower(value);
  if (codings == "chunked" && version != "HTTP/1.0") return std::nullopt;
  const auto comma = codings.rfind(',');
  const auto last = std::string_view(codings).substr(comma == std::string::npos ? 0 : comma + 1);
  if (version == "HTTP/1.0" || support::Trim(last) != "chunked") {
    return RequestFault{.status = MHD_HTTP_BAD_REQUEST,
                        .text =
                            "the end of the body is unknown; send Content-Length, or "
                            "Transfer-Encoding: chunked"};
  }
  return RequestFault{.status = MHD_HTTP_NOT_IMPLEMENTED,
                      .text = "of transfer codings this server knows chunked only"};
}

}  // namespace

bool IsWholeTarget(const char* target) {
  const char* next = target + std::string_view(target).size() + 1;
  return std::string_view(next).starts_with(kVersionStart);
}

std::optional<RequestFault> FaultOf(MHD_Connection* connection, const RequestLine& line) {
  if (!IsWhole(connection, line)) {
    return RequestFault{.status = MHD_HTTP_BAD_REQUEST, .text = "malformed headers"};
  }
  if (IsAmbiguous(connection)) {
    return RequestFault{.status = MHD_HTTP_BAD_REQUEST, .text = "ambiguous"};
  }
  return EncodingFault(connection, line.version);
}

}  // namespace ecsd::server
