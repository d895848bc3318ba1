#include "aws/sso_credentials.h"

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/types.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "aws/credential_documents.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/environment.h"
#include "aws/form.h"
#include "aws/settings.h"
#include "aws/small_file.h"
#include "aws/source_tools.h"
#include "http/transport.h"
#include "support/result.h"
#include "support/strings.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

std::string Sha1InHex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest.at(i));
  return hex;
}

tl::unexpected<support::Error> FailLogin(const SsoLogin& login, std::string_view why) {
  return Fail(ErrorKind::kCredentials,
              fmt::format("SSO of profile {}: {}; run: aws sso login --profile {}", login.profile,
                          why, login.profile));
}

Result<SsoToken> ReadLogin(const SsoLogin& login, const std::string& path,
                           support::SystemTime now) {
  const auto text = ReadSmallFile(path);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return FailLogin(login, fmt::format("nobody has logged in ({} is missing)", path));
  auto token = DecodeSsoToken(**text);
  if (!token) return FailLogin(login, fmt::format("{}: {}", path, token.error().message));
  if (token->expires <= now) return FailLogin(login, "the login has expired");
  return token;
}

}  // namespace

std::string SsoCachePath(const Environment& environment, const SsoLogin& login) {
  return fmt::format("{}/.aws/sso/cache/{}.json", environment.Get("HOME"),
                     Sha1InHex(login.cache_key));
}

SsoSource::SsoSource(const SourceTools& tools, const Settings& settings, Patience patience,
                     SsoLogin login, std::string cache_path)
    : tools_(tools),
      settings_(settings),
      patience_(patience),
      login_(std::move(login)),
      cache_path_(std::move(cache_path)) {}

Result<Credentials> SsoSource::Fetch(const Deadline& deadline) {
  const auto token = ReadLogin(login_, cache_path_, tools_.clock.Now());
  if (!token) return tl::unexpected(token.error());
  const auto configured = settings_.endpoints.find(kSso.id);
  const auto portal = configured != settings_.endpoints.end()
                          ? configured->second
                          : RegionalEndpoint(kSso, login_.region, settings_.variant);
  http::Request request{
      .url = fmt::format("{}federation/credentials?role_name={}&account_id={}", portal,
                         PercentEncoded(login_.role_name), PercentEncoded(login_.account_id)),
      .headers = {"x-amz-sso_bearer_token: " + token->access_token.Reveal()},
      .body = {},
      .signature = std::nullopt,
      .method = http::Method::kGet,
      .direct = false,
      .shown = fmt::format("SSO of profile {}: {}", login_.profile, portal),
      .secrets = {token->access_token}};
  const auto response = Ask(tools_, std::move(request), patience_, deadline);
  if (!response) return tl::unexpected(response.error());
  if (response->status == 401) return FailLogin(login_, "the portal does not take the login");
  if (response->status != 200) {
    constexpr std::size_t kLongestText = 200;
    const auto why = DecodeDocumentError(response->body);
    return Fail(response->status == 403 ? ErrorKind::kDenied : ErrorKind::kCredentials,
                fmt::format("SSO of profile {}: role {} of account {}: HTTP status {}{}{}; check "
                            "sso_account_id and sso_role_name",
                            login_.profile, login_.role_name, login_.account_id, response->status,
                            why.empty() ? "" : ": ", support::OneLine(why, kLongestText)));
  }
  auto credentials = DecodeSsoCredentials(response->body);
  if (!credentials) {
    return tl::unexpected(support::Annotate(fmt::format("SSO of profile {}", login_.profile),
                                            std::move(credentials).error()));
  }
  credentials->source = fmt::format("SSO of profile {}", login_.profile);
  return credentials;
}

}  // namespace ecsd::aws
