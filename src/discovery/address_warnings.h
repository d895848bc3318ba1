#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/records.h"

namespace ecsd::discovery {

// An address that Systems Manager reports and that may not lead to the machine.
struct AddressWarning {
  std::vector<std::string> ids;  // of the machines, `mi-...`, sorted
  std::string text;              // for a person: what is reported, and what to do
  friend bool operator==(const AddressWarning&, const AddressWarning&) = default;
};

// The doubtful addresses among `machines`: one address that is reported for several of them, and
// the default address of Docker's bridge docker0 (amazon-ssm-agent issues 27, 75, 440, 553). The
// addresses are used all the same: a machine may be reached there. Sorted by address. Pure.
[[nodiscard]] std::vector<AddressWarning> FindAddressWarnings(
    std::span<const std::shared_ptr<const core::Instance>> machines);

}  // namespace ecsd::discovery
