#include "server/login.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <future>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <vector>

#include "server/base64.h"

namespace ecsd::server {
namespace {

// bcrypt of "s3cret", at the lowest cost.
constexpr const char* kHash = "$2b$04$7AbzTDkZsXT.n9EeXYkocuNYFg9w3xPukSAU6F984PgHCsbma6Cn.";

BasicLogin Login(const std::string& user, const std::string& password) {
  return {.user = user, .password = support::Secret(password)};
}

TEST(ReadBasicLoginTest, ReadsNameAndPassword) {
  EXPECT_EQ(ReadBasicLogin("Basic " + EncodeBase64("ann:s3:cret")), Login("ann", "s3:cret"));
  EXPECT_EQ(ReadBasicLogin("bAsIc " + EncodeBase64("ann:")), Login("ann", ""));
}

TEST(ReadBasicLoginTest, ReadsNothingElse) {
  for (const std::string& header :
       {std::string(), std::string("Bearer x"), std::string("Basic !!!"), std::string("Basic"),
        "Basic " + EncodeBase64("no colon"), "Basic " + EncodeBase64(std::string(3000, ':'))}) {
    EXPECT_EQ(ReadBasicLogin(header), std::nullopt) << header;
  }
}

// Waits for what is checked by another thread.
LoginOutcome Check(LoginChecker& checker, const Users& users, const BasicLogin& login,
                   const std::string& address = "10.0.0.1") {
  for (;;) {
    std::binary_semaphore resumed(0);
    const auto outcome = checker.Check(
        users, login, address, [&resumed] { return Resume([&resumed] { resumed.release(); }); });
    if (outcome != LoginOutcome::kLater) return outcome;
    resumed.acquire();
  }
}

TEST(LoginCheckerTest, KnowsWhoMayComeIn) {
  const Users users = {{"ann", support::Secret(kHash)}};
  LoginChecker checker;

  EXPECT_EQ(Check(checker, users, Login("ann", "s3cret")), LoginOutcome::kGood);
  EXPECT_EQ(Check(checker, users, Login("ann", "s3cret")), LoginOutcome::kGood);  // remembered
  EXPECT_EQ(Check(checker, users, Login("ann", "S3cret")), LoginOutcome::kBad);
  EXPECT_EQ(Check(checker, users, Login("bob", "s3cret")), LoginOutcome::kBad);
  EXPECT_EQ(Check(checker, users, Login("ann", std::string("s3cret\0x", 8))), LoginOutcome::kBad);
}

std::optional<Resume> Ending() {
  return std::nullopt;
}

// Wrong passwords used to push the good one out of the memory, so that Prometheus was turned away
// while strangers kept the checks busy.
TEST(LoginCheckerTest, RemembersWhoCameInWhateverStrangersTry) {
  const Users users = {{"ann", support::Secret(kHash)}};
  LoginChecker checker;
  ASSERT_EQ(Check(checker, users, Login("ann", "s3cret")), LoginOutcome::kGood);
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(Check(checker, users, Login("ann", std::to_string(i))), LoginOutcome::kBad);
  }

  EXPECT_EQ(checker.Check(users, Login("ann", "s3cret"), "", &Ending), LoginOutcome::kGood);
  EXPECT_EQ(checker.Check(users, Login("ann", "new"), "", &Ending), LoginOutcome::kEnding);
}

// Two wrong logins at a time used to be enough: who came with the right one got 503.
TEST(LoginCheckerTest, ChecksTheFirstLoginOfAnotherAddressBeforeTheRestOfOne) {
  const Users users = {{"ann", support::Secret(kHash)}};
  LoginChecker checker;
  std::mutex mutex;
  std::vector<int> order;
  std::counting_semaphore<> done(0);
  std::promise<void> open;
  const auto opened = open.get_future().share();
  const auto ask = [&](int number, const std::string& address) {
    const Suspend suspend = [&, number] {
      return Resume([&, number] {
        opened.wait();  // holds both threads until everything is in the queue
        const std::scoped_lock lock(mutex);
        order.push_back(number);
        done.release();
      });
    };
    const auto login = Login("ann", number == 100 ? "s3cret" : std::to_string(number));
    EXPECT_EQ(checker.Check(users, login, address, suspend), LoginOutcome::kLater);
  };

  for (int i = 0; i < 50; ++i) ask(i, "192.0.2.1");
  ask(100, "10.0.0.1");
  open.set_value();
  for (int i = 0; i < 51; ++i) done.acquire();

  const auto at = std::ranges::find(order, 100) - order.begin();
  EXPECT_LT(at, 6) << "checked after " << at << " wrong ones";
}

TEST(LoginCheckerTest, ForgetsAPasswordWhoseHashIsReplaced) {
  LoginChecker checker;
  EXPECT_EQ(Check(checker, {{"ann", support::Secret(kHash)}}, Login("ann", "s3cret")),
            LoginOutcome::kGood);

  const Users changed = {
      {"ann", support::Secret("$2b$04$7AbzTDkZsXT.n9EeXYkocuNYFg9w3xPukSAU6F984PgHCsbma6Cm.")}};

  EXPECT_EQ(Check(checker, changed, Login("ann", "s3cret")), LoginOutcome::kBad);
}

// CPU time of the thread that makes no other work: unlike elapsed time it does not depend on what
// else the machine does.
double ProcessSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Names that are no users were checked at cost 10, whatever the users' was: the time gave away who
// is one.
TEST(LoginCheckerTest, TakesAsLongForEveryWrongLogin) {
  const Users users = {
      {"quick", support::Secret(kHash)},
      {"slow", support::Secret("$2y$12$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi")}};
  LoginChecker checker;
  const auto seconds = [&](const std::string& user) {
    const auto before = ProcessSeconds();
    EXPECT_EQ(Check(checker, users, Login(user, "wrong")), LoginOutcome::kBad);
    return ProcessSeconds() - before;
  };

  const auto slow = seconds("slow");
  for (const std::string user : {"quick", "unknown"}) {
    const auto other = seconds(user);
    EXPECT_GT(other, slow / 2) << user;
    EXPECT_LT(other, slow * 2) << user;
  }
}

TEST(FairQueueTest, GivesEveryOwnerATurn) {
  FairQueue<int> queue;
  for (const int item : {1, 2, 3}) queue.Push("a", item);
  queue.Push("b", 10);
  queue.Push("c", 20);

  std::vector<int> order;
  while (auto item = queue.Pop()) order.push_back(*item);

  EXPECT_EQ(order, (std::vector<int>{1, 10, 20, 2, 3}));
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace ecsd::server
