#include <fmt/core.h>

#include <chrono>
#include <string>
#include <string_view>

#include "server/html.h"
#include "server/identity.h"
#include "server/page.h"
#include "server/page_sections.h"
#include "server/time_text.h"
#include "server/verdict.h"

namespace ecsd::server {
namespace {

std::string FactOfAccount(std::string_view name, std::string_view html) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, html);
}

std::string KnownOrNot(const std::string& text) {
  return text.empty() ? "not known" : EscapedWithBreaks(text);
}

}  // namespace

std::string AccountHtml(const PageInput& input, const Identity& identity) {
  const auto& caller = input.live.caller;
  const auto& expire = input.snapshot.credentials_expire;
  return R"(<dl class="settings">)" + FactOfAccount("Region", KnownOrNot(identity.region)) +
         FactOfAccount("Account", KnownOrNot(AccountOf(input))) +
         FactOfAccount("Identity", KnownOrNot(caller.arn)) +
         FactOfAccount("Credential source", KnownOrNot(input.snapshot.credential_source)) +
         FactOfAccount("Credentials expire",
                       expire ? Rfc3339(*expire) : std::string("no time of expiry")) +
         "</dl>";
}

}  // namespace ecsd::server
