#include "app/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "aws/environment.h"
#include "support/descriptor.h"
#include "testing/fake_clock.h"
#include "testing/temporary_directory.h"

namespace ecsd::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr pid_t kProcess = 4711;

// A socket like that of systemd, and what came to it.
class Manager {
 public:
  // `name` as NOTIFY_SOCKET has it.
  explicit Manager(std::string_view name)
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(name, std::begin(address.sun_path));
    if (name.starts_with('@')) address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  }

  [[nodiscard]] std::vector<std::string> Heard() const {
    std::vector<std::string> messages;
    std::array<char, 2048> bytes{};
    for (;;) {
      const auto size = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
      if (size < 0) return messages;
      messages.emplace_back(bytes.data(), static_cast<std::size_t>(size));
    }
  }

 private:
  support::Descriptor socket_;
};

aws::Environment With(std::map<std::string, std::string, std::less<>> variables) {
  return aws::Environment(std::move(variables));
}

class ServiceManagerTest : public testing::Test {
 protected:
  test::TemporaryDirectory directory;
  const std::string path = directory.path() + "/notify";
  test::FakeClock clock;
};

TEST_F(ServiceManagerTest, TellsHowTheProgramIs) {
  const Manager manager(path);
  const ServiceManager service(With({{"NOTIFY_SOCKET", path}}), kProcess, clock);
  service.Ready();
  service.Status("72 targets\nof 3 clusters");
  service.Stopping();
  EXPECT_THAT(manager.Heard(),
              ElementsAre("READY=1", "STATUS=72 targets of 3 clusters", "STOPPING=1"));
}

TEST_F(ServiceManagerTest, KnowsTheAbstractNameSpace) {
  const auto name = "@" + path;
  const Manager manager(name);
  ServiceManager(With({{"NOTIFY_SOCKET", name}}), kProcess, clock).Ready();
  EXPECT_THAT(manager.Heard(), ElementsAre("READY=1"));
}

TEST_F(ServiceManagerTest, GivesASignOfLifeThreeTimesInTheTimeOfTheWatchdog) {
  const Manager manager(path);
  ServiceManager service(With({{"NOTIFY_SOCKET", path}, {"WATCHDOG_USEC", "3000000"}}), kProcess,
                         clock);
  for (int i = 0; i < 6; ++i) {
    service.Alive();
    clock.Advance(500ms);
  }
  EXPECT_EQ(manager.Heard(), std::vector<std::string>(3, "WATCHDOG=1"));
}

TEST_F(ServiceManagerTest, GivesNoSignWhereNobodyWatchesThisProcess) {
  const Manager manager(path);
  using Variables = std::map<std::string, std::string, std::less<>>;
  for (const auto& variables :
       {Variables{}, Variables{{"WATCHDOG_USEC", "0"}}, Variables{{"WATCHDOG_USEC", "soon"}},
        Variables{{"WATCHDOG_USEC", "3000000"}, {"WATCHDOG_PID", "1"}}}) {
    auto all = variables;
    all.emplace("NOTIFY_SOCKET", path);
    ServiceManager(With(all), kProcess, clock).Alive();
  }
  EXPECT_THAT(manager.Heard(), IsEmpty());
  ServiceManager(With({{"NOTIFY_SOCKET", path}, {"WATCHDOG_USEC", "1"}, {"WATCHDOG_PID", "4711"}}),
                 kProcess, clock)
      .Alive();
  EXPECT_THAT(manager.Heard(), ElementsAre("WATCHDOG=1"));
}

TEST_F(ServiceManagerTest, GoesOnWhereNobodyListens) {
  for (const std::string& name : {std::string(), path, std::string("relative"), std::string("@"),
                                  "/" + std::string(200, 'x')}) {
    ServiceManager(With({{"NOTIFY_SOCKET", name}}), kProcess, clock).Ready();
  }
}

}  // namespace
}  // namespace ecsd::app
