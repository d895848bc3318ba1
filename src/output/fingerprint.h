#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "support/pieces.h"

// Of OpenSSL, whose header stays in the source.
struct evp_md_ctx_st;  // NOLINT(readability-identifier-naming): its name

namespace ecsd::output {

// SHA-256 of bytes that come in pieces, to tell later whether others are the same. Nobody can make
// two that have the same one, not even who chooses what is in them.
class Fingerprint {
 public:
  Fingerprint();

  void Add(std::string_view piece);

  // Of all that was added; to be asked for once. Nothing if the library cannot make it.
  [[nodiscard]] std::optional<std::string> Finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };

  std::unique_ptr<evp_md_ctx_st, Free> context_;
  bool good_;
};

// That of `contents`, by a pass over them.
[[nodiscard]] std::optional<std::string> FingerprintOf(const support::Pieces& contents);

}  // namespace ecsd::output
