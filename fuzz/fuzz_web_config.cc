// The web configuration: what is read is safe to use, and no password is repeated in a message.
#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/properties.h"
#include "server/web_config.h"

namespace ecsd::fuzz {
namespace {

void CheckConfig(const std::string& text) {
  const auto config = server::ParseWebConfig(text, "/etc/web");
  const auto again = server::ParseWebConfig(text, "/etc/web");
  Require(config.has_value() == again.has_value() && (!config || *config == *again),
          "reading is repeatable");
  if (!config) {
    const auto& message = config.error().message;
    Require(!message.empty() && message.find('\n') == std::string::npos, "an error is one line");
    return;
  }
  for (const auto& [user, hash] : config->users) {
    Require(!user.empty() && user.find(':') == std::string::npos, "a user can log in");
    Require(hash.Reveal().size() == 60, "a hash is whole");
  }
  for (const auto& header : config->headers) {
    Require(header.value.find_first_of("\r\n") == std::string::npos, "a header is one line");
  }
  if (!config->tls) return;
  Require(config->tls->cert_file.front() == '/' && config->tls->key_file.front() == '/',
          "paths are absolute");
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckConfig({reinterpret_cast<const char*>(data), size});
  return 0;
}
