#include "sim/bearer_tokens.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "support/mutex.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::sim {
namespace {

constexpr auto kTokenKinds =
    std::to_array<std::string_view>({"container", "pod-identity", "sso", "web-identity"});

}  // namespace

support::Result<void> BearerTokens::Set(std::string_view kind, support::Secret token) {
  if (std::ranges::find(kTokenKinds, kind) == kTokenKinds.end() || token.empty()) {
    return support::Fail(support::ErrorKind::kConfig,
                         fmt::format("a token has the form KIND=TOKEN; KIND is one of {}",
                                     fmt::join(kTokenKinds, ", ")));
  }
  const support::MutexLock lock(mutex_);
  tokens_.insert_or_assign(std::string(kind), std::move(token));
  return {};
}

support::Result<void> BearerTokens::Set(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view token = text.substr(std::min(equals + 1, text.size()));
  return Set(text.substr(0, equals), support::Secret(std::string(token)));
}

bool BearerTokens::Accepts(std::string_view kind, std::string_view token) const {
  const support::MutexLock lock(mutex_);
  const auto wanted = tokens_.find(kind);
  return wanted == tokens_.end() || wanted->second.Reveal() == token;
}

}  // namespace ecsd::sim
