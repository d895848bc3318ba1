#pragma once

#include <string>

namespace ecsd::server {

// What routes need of an HTTP request. Everything in it comes from a stranger.
struct Request {
  std::string method;  // "GET"
  std::string path;    // as it was sent, not decoded, without the query: "/sd"
  std::string query;   // what follows the first '?', not decoded
  // Headers; empty when not sent.
  std::string accept;
  std::string accept_encoding;
  std::string authorization;
  std::string fetch_site;  // Sec-Fetch-Site
  std::string host;        // of a target in absolute form, its authority instead (RFC 9112, 3.2.2)
  std::string if_none_match;
  std::string origin;
  // Where it comes from, to tell one client from another: an IPv4 address, or the /64 network of an
  // IPv6 one.
  std::string client;
};

}  // namespace ecsd::server
