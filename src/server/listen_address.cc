#include "server/listen_address.h"

#include <fmt/core.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "support/strings.h"

namespace ecsd::server {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

constexpr int kBacklog = 256;

tl::unexpected<support::Error> Refuse(std::string_view text, std::string_view why) {
  return Fail(ErrorKind::kConfig,
              fmt::format("web.listen-address \"{}\": {}; write it like :8080, 127.0.0.1:8080 or "
                          "[::1]:8080",
                          support::OneLine(text, 100), why));
}

// What a failed system call of ours means, and what to do.
struct Failing {
  ErrorKind kind;
  std::string_view remedy;
};

Failing Judge(int code) {
  switch (code) {
    case EADDRINUSE:
      return {.kind = ErrorKind::kResource,
              .remedy = "stop what listens there, or change --web.listen-address"};
    case EADDRNOTAVAIL:
      return {.kind = ErrorKind::kResource,
              .remedy = "give the machine this address, or change --web.listen-address"};
    case EMFILE:
    case ENFILE:
      return {.kind = ErrorKind::kResource,
              .remedy = "raise the limit of open files (ulimit -n, LimitNOFILE=)"};
    case ENOBUFS:
    case ENOMEM:
      return {.kind = ErrorKind::kResource, .remedy = "free memory"};
    case EACCES:
    case EPERM:
      return {.kind = ErrorKind::kConfig,
              .remedy =
                  "give --web.listen-address a port above 1023, or the program "
                  "CAP_NET_BIND_SERVICE"};
    default:
      return {.kind = ErrorKind::kConfig, .remedy = "change --web.listen-address"};
  }
}

Failing JudgeLookUp(int status) {
  const bool passing = status == EAI_AGAIN || status == EAI_MEMORY || status == EAI_SYSTEM;
  return {.kind = passing ? ErrorKind::kResource : ErrorKind::kConfig,
          .remedy = "give --web.listen-address an address of this machine"};
}

tl::unexpected<support::Error> CannotListen(const ListenAddress& address, const std::string& why,
                                            const Failing& failing) {
  return Fail(failing.kind,
              fmt::format("cannot listen at {}: {}; {}", ToString(address), why, failing.remedy));
}

std::string TextOf(int code) {
  return std::generic_category().message(code);
}

// One try; a negative number is the errno of the failure.
int TryToListen(const addrinfo& entry) {
  const int listener =
      socket(entry.ai_family, entry.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, entry.ai_protocol);
  if (listener < 0) return -errno;
  const int on = 1;
  const int off = 0;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  // [::] stands for IPv4 too.
  if (entry.ai_family == AF_INET6) {
    setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
  if (bind(listener, entry.ai_addr, entry.ai_addrlen) == 0 && listen(listener, kBacklog) == 0) {
    return listener;
  }
  const int code = errno;
  close(listener);
  return -code;
}

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Result<AddressList> LookUp(const ListenAddress& address, int family) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int status = getaddrinfo(address.host.empty() ? nullptr : address.host.c_str(),
                                 std::to_string(address.port).c_str(), &hints, &found);
  if (status != 0) return CannotListen(address, gai_strerror(status), JudgeLookUp(status));
  return AddressList(found, &freeaddrinfo);
}

}  // namespace

Result<ListenAddress> ParseListenAddress(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return Refuse(text, "the port is missing");
  auto host = text.substr(0, colon);
  const auto port = support::ParseDecimal(text.substr(colon + 1));
  if (!port || *port > std::numeric_limits<std::uint16_t>::max()) {
    return Refuse(text, "the port is no number from 0 to 65535");
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos) return Refuse(text, "brackets are for IPv6");
  } else if (host.find_first_of("[]:") != std::string_view::npos) {
    return Refuse(text, "an IPv6 address needs brackets");
  }
  if (host.find_first_of(std::string_view("/ \t\r\n\0", 6)) != std::string_view::npos) {
    return Refuse(text, "this is no host");
  }
  return ListenAddress{.host = std::string(host), .port = static_cast<std::uint16_t>(*port)};
}

std::string ToString(const ListenAddress& address) {
  const bool brackets = address.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", brackets ? "[" : "", address.host, brackets ? "]" : "",
                     address.port);
}

Result<int> OpenListener(const ListenAddress& address) {
  // Every address of the machine is the IPv6 one, where there is IPv6.
  int last = EAFNOSUPPORT;
  for (const int family : {address.host.empty() ? AF_INET6 : AF_UNSPEC, AF_INET}) {
    const auto found = LookUp(address, family);
    if (!found) return tl::unexpected(found.error());
    for (const auto* entry = found->get(); entry != nullptr; entry = entry->ai_next) {
      const int listener = TryToListen(*entry);
      if (listener >= 0) return listener;
      last = -listener;
    }
    const bool no_ipv6 = last == EAFNOSUPPORT || last == EADDRNOTAVAIL;
    if (!address.host.empty() || !no_ipv6) break;
  }
  return CannotListen(address, TextOf(last), Judge(last));
}

std::uint16_t PortOf(int listener) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (getsockname(listener, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<sockaddr_in&>(bound).sin_port);
}

}  // namespace ecsd::server
