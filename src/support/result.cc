#include "support/result.h"

#include <string_view>

namespace ecsd::support {

std::string_view NameOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kConfig:
      return "config";
    case ErrorKind::kCancelled:
      return "cancelled";
    case ErrorKind::kTransport:
      return "transport";
    case ErrorKind::kTimeout:
      return "timeout";
    case ErrorKind::kThrottled:
      return "throttled";
    case ErrorKind::kServer:
      return "server";
    case ErrorKind::kMalformed:
      return "malformed";
    case ErrorKind::kExpired:
      return "expired";
    case ErrorKind::kCredentials:
      return "credentials";
    case ErrorKind::kClockSkew:
      return "clock_skew";
    case ErrorKind::kDenied:
      return "denied";
    case ErrorKind::kNotFound:
      return "not_found";
    case ErrorKind::kUnsupported:
      return "unsupported";
    case ErrorKind::kRejected:
      return "rejected";
    case ErrorKind::kIo:
      return "io";
    case ErrorKind::kResource:
      return "resource";
  }
  return "unknown";
}

}  // namespace ecsd::support
