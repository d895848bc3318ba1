#pragma once

#include <string>

#include "fuzz/properties.h"

namespace ecsd::fuzz {

// What must hold of `decode`, which reads a page of instances, whatever the bytes are: no instance
// without an id that is not marked, no address that is none, no empty token, and the same again for
// the same bytes.
template <typename Decode>
void CheckInstancePage(const Decode& decode, const std::string& body) {
  const auto page = decode(body);
  const auto again = decode(body);
  Require(page.has_value() == again.has_value() && (!page || *page == *again),
          "decoding is repeatable");
  if (!page) return;
  for (const auto& instance : page->items) {
    Require(instance.malformed || !instance.id.empty(), "an instance has an id");
    CheckAddresses(instance.addresses);
  }
  Require(page->next_token != "", "a token is not empty");
}

}  // namespace ecsd::fuzz
