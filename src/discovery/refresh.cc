#include "discovery/refresh.h"

#include <optional>
#include <utility>

#include "aws/credentials.h"
#include "discovery/account_reader.h"
#include "discovery/account_records.h"
#include "discovery/inventory.h"
#include "support/result.h"

namespace ecsd::discovery {

RefreshReport Refresh(AccountReader& reader, const aws::Deadline& deadline, AccountRecords& records,
                      Inventory& inventory) {
  auto arns = reader.SelectClusters(deadline);
  if (!arns) return {.error = std::move(arns).error(), .clusters = {}};
  const auto readings = reader.ReadClusters(*arns, deadline);
  reader.ReadRecords(readings, deadline, records);
  RefreshReport report{.error = std::nullopt, .clusters = inventory.Update(readings, records)};
  for (const auto& cluster : report.clusters) {
    if (!report.error && cluster.error)
      report.error = support::Annotate(cluster.arn, *cluster.error);
  }
  return report;
}

}  // namespace ecsd::discovery
