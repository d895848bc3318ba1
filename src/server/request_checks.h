#pragma once

#include <microhttpd.h>

#include <optional>
#include <string>
#include <string_view>

namespace ecsd::server {

// Why a request is refused, and its connection closed.
struct RequestFault {
  unsigned int status = 0;
  std::string text;
};

// The first bytes of a request, in libmicrohttpd's buffer; valid until the request has ended.
struct RequestLine {
  const char* method = nullptr;
  const char* target = nullptr;   // as it was sent; decoded in place later
  const char* version = nullptr;  // "HTTP/1.1"
};

// Whether the text at `target` is followed by a version: otherwise a NUL has cut it. To be asked
// before libmicrohttpd decodes the target.
[[nodiscard]] bool IsWholeTarget(const char* target);

// What is wrong with the line and the headers of a request, all of which are there: what proxies
// and servers could read differently (RFC 9112, sections 2.2, 3.2, 5.1, 5.2, 6.1), and what this
// server cannot read. libmicrohttpd 0.9.75 takes a NUL for the end of a text, joins folded lines,
// takes a space before the colon for a part of the name, and reads a body of any Transfer-Encoding
// that it does not know until the connection ends.
[[nodiscard]] std::optional<RequestFault> FaultOf(MHD_Connection* connection,
                                                  const RequestLine& line);

}  // namespace ecsd::server
