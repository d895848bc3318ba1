#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sim/account.h"
#include "support/result.h"

namespace ecsd::sim {

// Where the account is; an empty member means: as the file says.
struct AccountIdentity {
  std::string region;
  std::string account_id;
};

// Reads a conformance file. Fails with kIo when it cannot be read and kConfig when it is not such a
// file. A region or account given by `wanted` must be the file's own: its ARNs name them.
[[nodiscard]] support::Result<std::unique_ptr<Account>> LoadAccount(const std::string& path,
                                                                    const AccountIdentity& wanted);

// The same from the file's text; `name` stands for it in messages.
[[nodiscard]] support::Result<std::unique_ptr<Account>> ParseAccount(std::string_view text,
                                                                     std::string_view name,
                                                                     const AccountIdentity& wanted);

// Adds what such a document has to a running account: new clusters, tasks, definitions, instances.
// kConfig when it has no list `clusters`; nothing has changed then.
[[nodiscard]] support::Result<void> ExtendAccount(std::string_view text, Account& account);

}  // namespace ecsd::sim
