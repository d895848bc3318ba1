#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "aws/credentials.h"
#include "discovery/account_reader.h"
#include "discovery/account_records.h"
#include "discovery/inventory.h"
#include "support/result.h"

namespace ecsd::discovery {

// How a refresh went.
struct RefreshReport {
  // The first thing that went wrong; nothing when everything was read.
  std::optional<support::Error> error;
  // Every cluster that was to be read; empty when not even their list could be had.
  std::vector<ClusterHealth> clusters;
};

// Reads the whole account once and takes it into `inventory`. What fails leaves what is known there
// as it was.
[[nodiscard]] RefreshReport Refresh(AccountReader& reader, const aws::Deadline& deadline,
                                    AccountRecords& records, Inventory& inventory);

}  // namespace ecsd::discovery
