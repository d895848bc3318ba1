#include "sim/load_account.h"

#include <fmt/core.h>

#include <fstream>
#include <ios>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "sim/account.h"
#include "sim/json.h"
#include "support/result.h"

namespace ecsd::sim {
namespace {

using support::ErrorKind;
using support::Fail;
using support::Result;

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad() || text.empty()) {
    return Fail(ErrorKind::kIo, fmt::format("cannot read the account file {}", path));
  }
  return text;
}

Result<void> RequireSame(std::string_view what, std::string_view name, const std::string& wanted,
                         const std::string& held) {
  if (wanted.empty() || wanted == held) return {};
  return Fail(ErrorKind::kConfig,
              fmt::format("{}: the file's {} is {}, not {}", name, what, held, wanted));
}

void Fill(Account& account, const Json& document) {
  for (const Json& described : ItemsOf(document, "clusters")) {
    Json description = described;
    if (description.is_object()) {
      description.erase("tasks");
      description.erase("containerInstances");
    }
    Cluster& cluster = account.AddCluster(std::move(description));
    for (const Json& task : ItemsOf(described, "tasks")) Account::AddTask(cluster, task);
    for (const Json& one : ItemsOf(described, "containerInstances")) {
      Account::AddContainerInstance(cluster, one);
    }
  }
  for (const Json& one : ItemsOf(document, "taskDefinitions")) account.AddTaskDefinition(one);
  for (const Json& one : ItemsOf(document, "instances")) account.AddInstance(one);
  for (const Json& one : ItemsOf(document, "managedInstances")) account.AddManagedInstance(one);
}

}  // namespace

Result<std::unique_ptr<Account>> ParseAccount(std::string_view text, std::string_view name,
                                              const AccountIdentity& wanted) {
  const std::optional<Json> document = ParseJson(text);
  if (!document || Member(*document, "clusters") == nullptr) {
    return Fail(ErrorKind::kConfig, fmt::format("{} is no account file: not JSON, or without "
                                                "`clusters`",
                                                name));
  }
  const std::string region = TextOf(*document, "region");
  const std::string id = TextOf(*document, "accountId");
  if (auto same = RequireSame("region", name, wanted.region, region); !same) {
    return tl::unexpected(std::move(same).error());
  }
  if (auto same = RequireSame("account", name, wanted.account_id, id); !same) {
    return tl::unexpected(std::move(same).error());
  }
  auto account = std::make_unique<Account>(region, id);
  Fill(*account, *document);
  return account;
}

Result<void> ExtendAccount(std::string_view text, Account& account) {
  const std::optional<Json> document = ParseJson(text);
  if (!document || Member(*document, "clusters") == nullptr) {
    return Fail(ErrorKind::kConfig, "the body is no account: not JSON, or without `clusters`");
  }
  const auto changing = account.Changing();
  Fill(account, *document);
  return {};
}

Result<std::unique_ptr<Account>> LoadAccount(const std::string& path,
                                             const AccountIdentity& wanted) {
  const auto text = ReadFile(path);
  if (!text) return tl::unexpected(text.error());
  return ParseAccount(*text, path, wanted);
}

}  // namespace ecsd::sim
