#include "sim/synthetic_account.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>

#include "sim/account.h"
#include "sim/exporters.h"
#include "sim/json.h"

namespace ecsd::sim {
namespace {

SyntheticAccount Build(const SyntheticPlan& plan) {
  auto built = BuildSyntheticAccount(plan);
  EXPECT_TRUE(built.has_value());
  return *std::move(built);
}

// Null when `text` is no JSON, which then fails whatever is expected of it.
Json Parsed(const std::string& text) {
  return ParseJson(text).value_or(Json());
}

TEST(SyntheticAccountTest, IsTheSameForTheSameSeed) {
  const SyntheticPlan plan{.seed = 11, .clusters = 3, .tasks = 150};
  const std::string first = Build(plan).account->ToDocument();
  EXPECT_EQ(Build(plan).account->ToDocument(), first);
  SyntheticPlan other = plan;
  other.seed = 12;
  EXPECT_NE(Build(other).account->ToDocument(), first);
}

TEST(SyntheticAccountTest, HasTheTasksAndClustersAskedFor) {
  const SyntheticAccount built = Build({.seed = 1, .clusters = 7, .tasks = 101});
  EXPECT_EQ(built.account->clusters().size(), 7U);
  EXPECT_EQ(built.account->task_count(), 101U);
  EXPECT_TRUE(ParseJson(built.account->ToDocument()).has_value());
  EXPECT_EQ(Build({.seed = 1, .clusters = 2, .tasks = 0}).account->task_count(), 0U);
}

TEST(SyntheticAccountTest, MixesEveryNetworkModeEvenWhenSmall) {
  const Json document =
      Parsed(Build({.seed = 1, .clusters = 1, .tasks = 10}).account->ToDocument());
  std::set<std::string> modes;
  std::set<std::string> launch_types;
  for (const Json& one : document.at("taskDefinitions")) modes.insert(one.at("networkMode"));
  for (const Json& one : document.at("clusters")[0].at("tasks")) {
    launch_types.insert(one.at("launchType"));
  }
  EXPECT_EQ(modes, (std::set<std::string>{"awsvpc", "bridge", "host"}));
  EXPECT_EQ(launch_types, (std::set<std::string>{"EC2", "FARGATE"}));
}

TEST(SyntheticAccountTest, HasMappingsOfPortRangesUnlessToldOtherwise) {
  const SyntheticPlan plan{.seed = 1, .clusters = 1, .tasks = 200};
  EXPECT_NE(Build(plan).account->ToDocument().find("PortRange"), std::string::npos);
  SyntheticPlan without = plan;
  without.port_ranges = false;
  EXPECT_EQ(Build(without).account->ToDocument().find("PortRange"), std::string::npos);
}

TEST(SyntheticAccountTest, NamesInstancesAndInterfacesByTheirAddresses) {
  for (const auto& [region, suffix] :
       {std::pair{"us-east-1", ".ec2.internal"}, {"eu-west-1", ".eu-west-1.compute.internal"}}) {
    const Json document =
        Parsed(Build({.seed = 1, .tasks = 40, .region = region}).account->ToDocument());
    for (const Json& instance : document.at("instances")) {
      std::string address = instance.at("privateIpAddress");
      std::ranges::replace(address, '.', '-');
      const auto name = "ip-" + address + suffix;
      EXPECT_EQ(instance.at("privateDnsName"), name);
      EXPECT_EQ(instance.at("networkInterfaces")[1].at("privateDnsName"), name);
      EXPECT_NE(instance.at("networkInterfaces")[0].at("privateDnsName"), name);
    }
    EXPECT_FALSE(document.at("instances").empty());
  }
}

TEST(SyntheticAccountTest, AddsExternalTasksAndLeavesTheOthersAsTheyAre) {
  const Json without = Parsed(Build({.seed = 3, .clusters = 2, .tasks = 40}).account->ToDocument());
  const Json with =
      Parsed(Build({.seed = 3, .clusters = 2, .tasks = 40, .external = 9}).account->ToDocument());
  EXPECT_FALSE(without.contains("managedInstances"));
  EXPECT_EQ(with.at("managedInstances").size(), 3U);
  EXPECT_EQ(with.at("instances"), without.at("instances"));
  for (std::size_t i = 0; i < 2; ++i) {
    const Json& before = without.at("clusters")[i].at("tasks");
    const Json& after = with.at("clusters")[i].at("tasks");
    EXPECT_TRUE(std::equal(before.begin(), before.end(), after.begin()));
    EXPECT_EQ(after.size(), before.size() + (i == 0 ? 5U : 4U));
    for (std::size_t task = before.size(); task < after.size(); ++task) {
      EXPECT_EQ(after[task].at("launchType"), "EXTERNAL");
    }
  }
}

TEST(SyntheticAccountTest, PutsEveryExporterAtAnAddressOfItsOwnOnLoopback) {
  const SyntheticAccount built =
      Build({.seed = 4, .clusters = 2, .tasks = 2000, .on_loopback = true});
  std::set<std::pair<std::string, int>> places;
  for (const Exporter& exporter : built.exporters) {
    EXPECT_TRUE(exporter.address.starts_with("127.14.")) << exporter.address;
    places.emplace(exporter.address, exporter.port);
  }
  EXPECT_GT(places.size(), 1500U);
  EXPECT_EQ(places.size(), built.exporters.size());
}

TEST(SyntheticAccountTest, HasNoExportersAwayFromLoopback) {
  EXPECT_TRUE(Build({.seed = 4, .clusters = 2, .tasks = 50}).exporters.empty());
}

TEST(SyntheticAccountTest, RefusesMoreExportersThanItCanServe) {
  EXPECT_FALSE(BuildSyntheticAccount({.seed = 1, .tasks = 20'001, .on_loopback = true}));
}

}  // namespace
}  // namespace ecsd::sim
