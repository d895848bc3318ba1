#include <fmt/core.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "aws/ec2_codec.h"
#include "core/records.h"
#include "support/result.h"
#include "testing/errors.h"

namespace ecsd::aws {
namespace {

using core::Instance;
using support::ErrorKind;
using test::Failed;
using test::FailureOf;
using test::Must;

std::string Answer(std::string_view reservations, std::string_view after = "") {
  return fmt::format(R"(<?xml version="1.0" encoding="UTF-8"?>
<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
  <requestId>8f7724cf-496f-496e-8fe3-example</requestId>
  <reservationSet>{}</reservationSet>{}
</DescribeInstancesResponse>)",
                     reservations, after);
}

// A reservation of one instance.
std::string Reservation(std::string_view instance) {
  return fmt::format(
      "<item><reservationId>r-1</reservationId><ownerId>111122223333</ownerId><groupSet/>"
      "<instancesSet><item>{}</item></instancesSet></item>",
      instance);
}

std::string Interface(std::string_view device, std::string_view card, std::string_view addresses) {
  return fmt::format(
      "<item><networkInterfaceId>eni-1</networkInterfaceId>{}<attachment><attachmentId>eni-attach-1"
      "</attachmentId><deviceIndex>{}</deviceIndex>{}</attachment></item>",
      addresses, device,
      card.empty() ? "" : fmt::format("<networkCardIndex>{}</networkCardIndex>", card));
}

Instance OnlyInstance(const std::string& body) {
  const auto page = Must(DecodeDescribeInstances(body));
  EXPECT_EQ(page.items.size(), 1U);
  return page.items.empty() ? Instance{} : page.items.front();
}

TEST(DecodeDescribeInstancesTest, ReadsAnAnswerAsEc2Gives) {
  const auto body = Answer(R"(
    <item>
      <reservationId>r-0a</reservationId>
      <ownerId>111122223333</ownerId>
      <groupSet/>
      <instancesSet>
        <item>
          <instanceId>i-0aaa</instanceId>
          <imageId>ami-1</imageId>
          <instanceState><code>16</code><name>running</name></instanceState>
          <privateDnsName>ip-10-0-1-5.eu-west-1.compute.internal</privateDnsName>
          <dnsName/>
          <placement><availabilityZone>eu-west-1a</availabilityZone><groupName/></placement>
          <privateIpAddress>10.0.1.5</privateIpAddress>
          <ipAddress>54.1.2.3</ipAddress>
          <tagSet><item><key>Name</key><value/></item></tagSet>
          <networkInterfaceSet>
            <item>
              <networkInterfaceId>eni-1</networkInterfaceId>
              <privateIpAddress>10.0.1.5</privateIpAddress>
              <attachment><deviceIndex>0</deviceIndex><networkCardIndex>0</networkCardIndex></attachment>
              <association><publicIp>54.1.2.3</publicIp></association>
              <privateIpAddressesSet><item><privateIpAddress>10.0.1.5</privateIpAddress><primary>true</primary></item></privateIpAddressesSet>
              <ipv6AddressesSet><item><ipv6Address>2001:db8::5</ipv6Address><isPrimaryIpv6>true</isPrimaryIpv6></item></ipv6AddressesSet>
            </item>
          </networkInterfaceSet>
          <secondaryInterfaceSet/>
        </item>
        <item><instanceId>i-0bbb</instanceId><privateIpAddress>10.0.1.6</privateIpAddress></item>
      </instancesSet>
    </item>
    <item><instancesSet><item><instanceId>i-0ccc</instanceId><privateIpAddress>10.0.1.7</privateIpAddress></item></instancesSet></item>)",
                           "<nextToken>abc==</nextToken>");
  EXPECT_EQ(
      Must(DecodeDescribeInstances(body)),
      (InstancePage{
          .items = {{.id = "i-0aaa", .addresses = {.ipv4 = "10.0.1.5", .ipv6 = "2001:db8::5"}},
                    {.id = "i-0bbb", .addresses = {.ipv4 = "10.0.1.6", .ipv6 = ""}},
                    {.id = "i-0ccc", .addresses = {.ipv4 = "10.0.1.7", .ipv6 = ""}}},
          .next_token = "abc=="}));
}

TEST(DecodeDescribeInstancesTest, TakesAnAnswerWithoutInstancesForOne) {
  const InstancePage none{.items = {}, .next_token = std::nullopt};
  EXPECT_EQ(Must(DecodeDescribeInstances(Answer(""))), none);
  EXPECT_EQ(Must(DecodeDescribeInstances(Answer("", "<nextToken/>"))), none);
  EXPECT_EQ(Must(DecodeDescribeInstances(
                "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>")),
            none);
  EXPECT_EQ(Must(DecodeDescribeInstances(Answer("<item/><item><instancesSet/></item>"))), none);
}

TEST(DecodeDescribeInstancesTest, ReadsATokenBesideNoInstances) {
  EXPECT_EQ(Must(DecodeDescribeInstances(Answer("", "<nextToken>n</nextToken>"))),
            (InstancePage{.items = {}, .next_token = "n"}));
}

TEST(DecodeDescribeInstancesTest, KeepsAnInstanceWithoutAnyAddress) {
  EXPECT_EQ(OnlyInstance(Answer(Reservation("<instanceId>i-1</instanceId><privateIpAddress/>"
                                            "<networkInterfaceSet/>"))),
            (Instance{.id = "i-1", .addresses = {}}));
}

TEST(DecodeDescribeInstancesTest, MarksAnInstanceWithoutAnId) {
  EXPECT_EQ(OnlyInstance(
                Answer(Reservation("<instanceId/><privateIpAddress>10.0.0.1</privateIpAddress>"))),
            (Instance{.id = "", .addresses = {.ipv4 = "10.0.0.1", .ipv6 = ""}, .malformed = true}));
}

TEST(DecodeDescribeInstancesTest, ReadsThatAnInstanceIsTerminated) {
  const auto in_state = [](const std::string& state) {
    return OnlyInstance(Answer(Reservation("<instanceId>i-1</instanceId><instanceState><name>" +
                                           state + "</name></instanceState>")));
  };
  EXPECT_TRUE(in_state("terminated").terminated);
  for (const auto* state : {"running", "stopped", "shutting-down", ""})
    EXPECT_FALSE(in_state(state).terminated) << state;
}

TEST(DecodeDescribeInstancesTest, ReadsAnInstanceWithOnlyIpv6) {
  EXPECT_EQ(OnlyInstance(Answer(
                Reservation("<instanceId>i-1</instanceId><ipv6Address>2001:db8::9</ipv6Address>"))),
            (Instance{.id = "i-1", .addresses = {.ipv4 = "", .ipv6 = "2001:db8::9"}}));
  EXPECT_EQ(
      OnlyInstance(Answer(Reservation(
          "<instanceId>i-1</instanceId><networkInterfaceSet>" +
          Interface("0", "0",
                    "<ipv6AddressesSet><item><ipv6Address>2001:db8::1</ipv6Address></item>"
                    "<item><ipv6Address>2001:db8::2</ipv6Address></item></ipv6AddressesSet>") +
          "</networkInterfaceSet>"))),
      (Instance{.id = "i-1", .addresses = {.ipv4 = "", .ipv6 = "2001:db8::1"}}));
}

TEST(DecodeDescribeInstancesTest, TakesTheMainInterfaceWhereverItStands) {
  const auto main = Interface("0", "0", "<privateIpAddress>10.0.0.1</privateIpAddress>");
  const auto second = Interface("1", "0", "<privateIpAddress>10.0.0.2</privateIpAddress>");
  const auto other_card = Interface("0", "1", "<privateIpAddress>10.0.0.3</privateIpAddress>");
  const auto unattached = std::string("<item><privateIpAddress>10.0.0.4</privateIpAddress></item>");
  for (const auto& interfaces : {fmt::format("{}{}{}{}", main, second, other_card, unattached),
                                 fmt::format("{}{}{}{}", unattached, other_card, second, main),
                                 second + main, other_card + main}) {
    EXPECT_EQ(OnlyInstance(Answer(Reservation("<instanceId>i-1</instanceId><networkInterfaceSet>" +
                                              interfaces + "</networkInterfaceSet>"))),
              (Instance{.id = "i-1", .addresses = {.ipv4 = "10.0.0.1", .ipv6 = ""}}))
        << interfaces;
  }
}

TEST(DecodeDescribeInstancesTest, TakesDeviceIndexZeroForTheFirstCardWhenNoCardIsNamed) {
  EXPECT_EQ(OnlyInstance(Answer(
                Reservation("<instanceId>i-1</instanceId><networkInterfaceSet>" +
                            Interface("0", "", "<privateIpAddress>10.0.0.1</privateIpAddress>") +
                            "</networkInterfaceSet>"))),
            (Instance{.id = "i-1", .addresses = {.ipv4 = "10.0.0.1", .ipv6 = ""}}));
}

TEST(DecodeDescribeInstancesTest, DoesNotTakeTheAddressOfAnotherInterface) {
  EXPECT_EQ(OnlyInstance(Answer(
                Reservation("<instanceId>i-1</instanceId><networkInterfaceSet>" +
                            Interface("1", "0", "<privateIpAddress>10.0.0.2</privateIpAddress>") +
                            Interface("0", "1", "<privateIpAddress>10.0.0.3</privateIpAddress>") +
                            "</networkInterfaceSet>"))),
            (Instance{.id = "i-1", .addresses = {}}));
}

TEST(DecodeDescribeInstancesTest, PrefersTheAddressOfTheInstanceToThatOfItsInterface) {
  EXPECT_EQ(OnlyInstance(Answer(Reservation(
                "<instanceId>i-1</instanceId><networkInterfaceSet>" +
                Interface("0", "0", "<privateIpAddress>10.0.0.9</privateIpAddress>") +
                "</networkInterfaceSet><privateIpAddress>10.0.0.1</privateIpAddress>"))),
            (Instance{.id = "i-1", .addresses = {.ipv4 = "10.0.0.1", .ipv6 = ""}}));
}

TEST(DecodeDescribeInstancesTest, MarksAnAddressThatIsNone) {
  EXPECT_EQ(OnlyInstance(Answer(Reservation(
                "<instanceId>i-1</instanceId><privateIpAddress>10.0.0.300</privateIpAddress>"
                "<ipv6Address>10.0.0.1</ipv6Address>"))),
            (Instance{.id = "i-1", .addresses = {}, .malformed = true}));
}

TEST(DecodeDescribeInstancesTest, ReadsEntitiesAndCdata) {
  EXPECT_EQ(Must(DecodeDescribeInstances(
                Answer(Reservation("<instanceId>i-&#49;&amp;</instanceId>"
                                   "<privateIpAddress><![CDATA[10.0.0.1]]></privateIpAddress>"),
                       "<nextToken>&lt;a&gt;&quot;</nextToken>"))),
            (InstancePage{.items = {{.id = "i-1&", .addresses = {.ipv4 = "10.0.0.1", .ipv6 = ""}}},
                          .next_token = "<a>\""}));
}

TEST(DecodeDescribeInstancesTest, RefusesWhatIsNoAnswerOfEc2) {
  const Failed malformed{.kind = ErrorKind::kMalformed,
                         .message =
                             "the answer is no DescribeInstancesResponse in XML; is something "
                             "between here and AWS (a proxy) answering instead?"};
  const auto whole = Answer(Reservation("<instanceId>i-1</instanceId>"));
  for (const auto& body :
       {std::string(), std::string("{\"reservations\":[]}"), std::string("\0\xff\xfe", 3),
        std::string("<html><body>Bad gateway</body></html>"),
        std::string("<!DOCTYPE html><html><br>down</html>"),
        std::string("<DescribeInstancesResponse/>"),
        std::string("<DescribeVpcsResponse><reservationSet/></DescribeVpcsResponse>"),
        whole.substr(0, whole.size() - 1), whole.substr(0, whole.size() / 2)}) {
    EXPECT_EQ(FailureOf(DecodeDescribeInstances(body)), malformed) << body;
  }
}

// A parser that recurses would run out of stack.
TEST(DecodeDescribeInstancesTest, SurvivesDeepNesting) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_FALSE(DecodeDescribeInstances(deep).has_value());
  std::string closed = deep;
  for (int i = 0; i < 100'000; ++i) closed += "</a>";
  EXPECT_EQ(Must(DecodeDescribeInstances(Answer("", closed))),
            (InstancePage{.items = {}, .next_token = std::nullopt}));
}

}  // namespace
}  // namespace ecsd::aws
