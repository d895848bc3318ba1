#include "http/transport.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <stop_token>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "support/hide_secrets.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::http {

namespace {

// What AWS gives is longer; one such as "test" is in words of ours too.
constexpr std::size_t kShortestInOurWords = 16;

std::vector<support::Secret> SecretsOf(const Request& request,
                                       std::vector<support::Secret> secrets) {
  std::ranges::copy(request.secrets, std::back_inserter(secrets));
  if (request.signature) {
    secrets.push_back(request.signature->secret_access_key);
    secrets.push_back(request.signature->session_token);
  }
  return secrets;
}

}  // namespace

support::Result<Response> HttpTransport::Perform(const Request& request,
                                                 const std::stop_token& stop) {
  auto response = Send(request, stop);
  if (!response) {
    auto error = std::move(response).error();
    error.message = WithoutSecrets(error.message, request);
    return tl::unexpected(std::move(error));
  }
  const bool good = response->status >= 200 && response->status < 300;
  if (good) return response;
  const auto secrets = SecretsOf(request, OwnSecrets());
  for (auto* text : {&response->body, &response->error_type, &response->request_id})
    *text = support::HideSecrets(*text, secrets);
  return response;
}

std::string HttpTransport::WithoutSecrets(std::string_view text, const Request& request) const {
  auto secrets = SecretsOf(request, OwnSecrets());
  std::erase_if(secrets,
                [](const auto& secret) { return secret.Reveal().size() < kShortestInOurWords; });
  return support::HideSecrets(text, secrets);
}

}  // namespace ecsd::http
