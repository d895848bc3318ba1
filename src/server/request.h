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
  std::string if_none_match;
};

}  // namespace ecsd::server
