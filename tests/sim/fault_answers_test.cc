#include "sim/fault_answers.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "sim/answer.h"
#include "sim/faults.h"

namespace ecsd::sim {
namespace {

struct Spoken {
  Protocol protocol;
  std::string_view operation;
};

constexpr std::array kServices = {
    Spoken{Protocol::kEcs, "ListTasks"}, Spoken{Protocol::kEc2, "DescribeInstances"},
    Spoken{Protocol::kSsm, "DescribeInstanceInformation"}, Spoken{Protocol::kSts, "AssumeRole"}};

Answer StrikeAt(FaultKind kind, const Spoken& service) {
  const bool json = SpeaksJson(service.protocol);
  return Strike({.action = "*", .name = {}, .kind = kind, .remaining = {}},
                {.protocol = service.protocol,
                 .operation = service.operation,
                 .principal_arn = "arn:aws:iam::1:user/me",
                 .request_id = "id"},
                {.status = 200,
                 .content_type = json ? "application/x-amz-json-1.1" : "text/xml",
                 .body = json ? R"({"items":["a",1]})" : "<right/>",
                 .request_id = "id",
                 .delivery = Delivery::kWhole});
}

TEST(FaultAnswersTest, RefusesInTheWordsOfEveryService) {
  for (const Spoken& service : kServices) {
    EXPECT_GE(StrikeAt(FaultKind::kThrottle, service).status, 400U) << service.operation;
    EXPECT_EQ(StrikeAt(FaultKind::kServerError, service).status, 500U) << service.operation;
    EXPECT_EQ(StrikeAt(FaultKind::kUnavailable, service).status, 503U) << service.operation;
    EXPECT_GE(StrikeAt(FaultKind::kExpired, service).status, 400U) << service.operation;
    EXPECT_NE(StrikeAt(FaultKind::kDenied, service).body.find(service.operation),
              std::string::npos);
  }
}

TEST(FaultAnswersTest, SpoilsTheDeliveryOfARightAnswer) {
  for (const Spoken& service : kServices) {
    const std::string right = StrikeAt(FaultKind::kReset, service).body;
    EXPECT_EQ(StrikeAt(FaultKind::kReset, service).delivery, Delivery::kReset);
    EXPECT_EQ(StrikeAt(FaultKind::kTruncated, service).delivery, Delivery::kTruncated);
    EXPECT_EQ(StrikeAt(FaultKind::kHang, service).delivery, Delivery::kHang);
    for (const FaultKind kind :
         {FaultKind::kGarbage, FaultKind::kHtml, FaultKind::kWrongType, FaultKind::kEmptyBody}) {
      const Answer spoilt = StrikeAt(kind, service);
      EXPECT_EQ(spoilt.status, 200U) << service.operation;
      EXPECT_NE(spoilt.body, right) << service.operation;
    }
  }
}

TEST(FaultAnswersTest, TurnsEveryLeafOfJsonIntoAnotherType) {
  EXPECT_EQ(StrikeAt(FaultKind::kWrongType, kServices[0]).body, R"({"items":[7,"many"]})");
}

}  // namespace
}  // namespace ecsd::sim
