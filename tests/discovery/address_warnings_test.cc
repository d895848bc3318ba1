#include "discovery/address_warnings.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/records.h"

namespace ecsd::discovery {
namespace {

using MachineList = std::vector<std::shared_ptr<const core::Instance>>;

std::shared_ptr<const core::Instance> Machine(const std::string& id, const std::string& address) {
  return std::make_shared<const core::Instance>(
      core::Instance{.id = id, .addresses = {address, ""}});
}

TEST(FindAddressWarningsTest, WarnsOfOneAddressForTwoMachines) {
  const MachineList machines = {Machine("mi-2", "10.0.0.7"), Machine("mi-1", "10.0.0.7"),
                                Machine("mi-3", "10.0.0.8")};
  EXPECT_EQ(FindAddressWarnings(machines),
            (std::vector<AddressWarning>{
                {.ids = {"mi-1", "mi-2"},
                 .text = "Systems Manager reports 10.0.0.7 for 2 machines (mi-1, mi-2): at most "
                         "one of them answers there; make the SSM Agent report the machine's own "
                         "address"}}));
}

TEST(FindAddressWarningsTest, WarnsOfDockersBridge) {
  const auto one = FindAddressWarnings(MachineList{Machine("mi-1", "172.17.0.1")});
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].text,
            "Systems Manager reports 172.17.0.1 for machine mi-1: it is the default address of "
            "Docker's bridge docker0; make the SSM Agent report the machine's own address");
  const auto three = FindAddressWarnings(MachineList{
      Machine("mi-1", "172.17.0.1"), Machine("mi-2", "172.17.0.1"), Machine("mi-3", "172.17.0.1")});
  ASSERT_EQ(three.size(), 1U);
  EXPECT_NE(three[0].text.find("3 machines (mi-1, mi-2 and 1 more)"), std::string::npos);
}

TEST(FindAddressWarningsTest, HasNothingAgainstAddressesOfTheirOwn) {
  EXPECT_TRUE(
      FindAddressWarnings(MachineList{Machine("mi-1", "10.0.0.7"), Machine("mi-2", "172.17.0.2")})
          .empty());
}

}  // namespace
}  // namespace ecsd::discovery
