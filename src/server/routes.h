#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "server/page.h"
#include "server/request.h"
#include "server/response.h"
#include "server/snapshot.h"

namespace ecsd::server {

struct SiteSettings;  // of server/site.h

// What an answer is made of.
struct RouteInput {
  const Request& request;
  const SiteSettings& settings;
  const Snapshot& snapshot;
  const Page& page;
  std::array<std::uint64_t, 4> answers{};  // so far, by class of status: 2xx to 5xx
};

// An address of the server. All there are stand in one table; what names them is made from it: who
// may ask and how, the answer to any other address, and the links of the page. docs/http.md is held
// to it by a test.
struct Route {
  std::string_view path;
  std::array<std::string_view, 2> methods;
  // What --web.enable-lifecycle has to allow, as a message calls it; empty: nothing.
  std::string_view needs_lifecycle;
  std::string_view link;         // its text on the page; empty: not linked
  std::string_view description;  // one line for people
  Response (*answer)(const RouteInput& input);
};

[[nodiscard]] std::span<const Route> Routes();

// The route of a request's path; null: there is none.
[[nodiscard]] const Route* FindRoute(std::string_view path);

// "GET, HEAD", as in an Allow header.
[[nodiscard]] std::string MethodsOf(const Route& route);

// 404: which addresses there are.
[[nodiscard]] Response AnswerUnknownPath();

}  // namespace ecsd::server
