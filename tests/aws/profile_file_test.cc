#include "aws/profile_file.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/result.h"
#include "testing/errors.h"

namespace ecsd::aws {
namespace {

using support::ErrorKind;
using test::Failed;
using test::FailureOf;

using Sections = std::map<std::string, Section, std::less<>>;

SharedFiles ReadConfig(std::string_view text) {
  SharedFiles files;
  const auto added = AddSharedFile(SharedFileKind::kConfig, "/c", text, files);
  EXPECT_TRUE(added.has_value()) << added.error().message << '\n' << text;
  return files;
}

SharedFiles ReadCredentials(std::string_view text) {
  SharedFiles files;
  const auto added = AddSharedFile(SharedFileKind::kCredentials, "/k", text, files);
  EXPECT_TRUE(added.has_value()) << added.error().message << '\n' << text;
  return files;
}

Failed FailConfig(std::string_view text) {
  SharedFiles files;
  return FailureOf(AddSharedFile(SharedFileKind::kConfig, "/c", text, files));
}

using Case = std::pair<std::string, Sections>;  // a text and the profiles in it

// All of these were compared with what botocore reads.
TEST(ProfileFileTest, ReadsWhatTheAwsToolsReadInTheSameWay) {
  const Section ireland{{"region", "eu-west-1"}};
  for (const auto& [text, profiles] : std::vector<Case>{
           {"", {}},
           {"# only\n; comments\n\n", {}},
           {"[default]\n", {{"default", {}}}},
           {"[default]\nregion = eu-west-1\n[profile prod]\nregion=us-east-1\n",
            {{"default", ireland}, {"prod", {{"region", "us-east-1"}}}}},
           {"[default]\nregion = eu-west-1", {{"default", ireland}}},
           {"[default]\r\nregion = eu-west-1\r\n\r\n", {{"default", ireland}}},
           {"[default]\nREGION = eu-west-1\n", {{"default", ireland}}},
           {"[default]\n\tregion\t=\teu-west-1\t\n", {{"default", ireland}}},
           {"[default]\nregion: eu-west-1\n", {{"default", ireland}}},
           {"# x\n[default] # y\n; z\n  # w\nregion = eu-west-1\n", {{"default", ireland}}},
           {"  [default]\n  region = eu-west-1\n", {{"default", ireland}}},
           {"[default]\nkey = a=b==\n", {{"default", {{"key", "a=b=="}}}}},
           {"[default]\nkey = http://h:1/\n", {{"default", {{"key", "http://h:1/"}}}}},
           {"[default]\nkey = a#b;c\n", {{"default", {{"key", "a#b;c"}}}}},
           {"[default]\nregion =\nkey = x\n", {{"default", {{"region", ""}, {"key", "x"}}}}},
           {"[default]\n  region =\n  key = x\n", {{"default", {{"region", ""}, {"key", "x"}}}}},
           {"[profile \"my prof\"]\nregion = eu-west-1\n", {{"my prof", ireland}}},
           {"[profile 'my prof']\nregion = eu-west-1\n", {{"my prof", ireland}}},
           {"[profile\tx]\nregion = eu-west-1\n", {{"x", ireland}}},
           {"[prod]\nregion = r\n[profilex]\nregion = r\n", {}},
           {"[default]\nkey = cmd\n   --arg\nregion = eu-west-1\n",
            {{"default", {{"key", "cmd\n--arg"}, {"region", "eu-west-1"}}}}},
           {"[default]\nkey = r\n   region = json\n", {{"default", {{"key", "r\nregion = json"}}}}},
           {"[default]\nkey = x\n  [profile y]\n", {{"default", {{"key", "x\n[profile y]"}}}}},
       }) {
    EXPECT_EQ(ReadConfig(text), (SharedFiles{.profiles = profiles, .services = {}})) << text;
  }
}

TEST(ProfileFileTest, KeepsSsoSessionsApart) {
  EXPECT_EQ(ReadConfig("[sso-session s]\nsso_region = r\n[default]\nsso_session = s\n"),
            (SharedFiles{.profiles = {{"default", {{"sso_session", "s"}}}},
                         .services = {},
                         .sso_sessions = {{"s", {{"sso_region", "r"}}}}}));
}

// The AWS SDKs and Tools Reference Guide says so; botocore refuses these or reads them otherwise.
TEST(ProfileFileTest, ReadsWhatTheReferenceGuideSaysWhereToolsDiffer) {
  const Section ireland{{"region", "eu-west-1"}};
  for (const auto& [text, profiles] : std::vector<Case>{
           {"[default]\nregion = eu-west-1 # home\n", {{"default", ireland}}},
           {"[default]\nregion = eu-west-1\t; home\n", {{"default", ireland}}},
           {"[default]\nregion = # none\n", {{"default", {{"region", ""}}}}},
           {"[default]\nregion = x\nregion = eu-west-1\n", {{"default", ireland}}},
           {"[default]\nkey = x\n[default]\nregion = eu-west-1\n",
            {{"default", {{"key", "x"}, {"region", "eu-west-1"}}}}},
           {"[profile default]\nregion = eu-west-1\n[default]\nregion = no\nkey = no\n",
            {{"default", ireland}}},
           {"[default]\nregion = no\nkey = no\n[profile default]\nregion = eu-west-1\n",
            {{"default", ireland}}},
           {"[ default ]\nregion = eu-west-1\n", {{"default", ireland}}},
           {"[ profile  x ]\nregion = eu-west-1\n", {{"x", ireland}}},
           {"[profile my prof]\nregion = eu-west-1\n", {{"my prof", ireland}}},
           {"\xEF\xBB\xBF[default]\nregion = eu-west-1\n", {{"default", ireland}}},
       }) {
    EXPECT_EQ(ReadConfig(text), (SharedFiles{.profiles = profiles, .services = {}})) << text;
  }
}

TEST(ProfileFileTest, KeepsNestedBlocksUnderTheirKey) {
  EXPECT_EQ(ReadConfig("[services dev]\n"
                       "ecs =\n"
                       "\n"
                       "  # of the tests\n"
                       "  endpoint_url = http://localhost:1 # one\n"
                       "EC2 =\n"
                       "\tENDPOINT_URL=http://localhost:2\n"
                       "other = x\n"
                       "[default]\n"
                       "services = dev\n"
                       "s3 =\n"
                       "  a = 1\n"
                       "  b = 2=3\n"
                       "region = eu-west-1\n"),
            (SharedFiles{.profiles = {{"default",
                                       {{"services", "dev"},
                                        {"s3", ""},
                                        {"s3.a", "1"},
                                        {"s3.b", "2=3"},
                                        {"region", "eu-west-1"}}}},
                         .services = {{"dev",
                                       {{"ecs", ""},
                                        {"ecs.endpoint_url", "http://localhost:1"},
                                        {"ec2", ""},
                                        {"ec2.endpoint_url", "http://localhost:2"},
                                        {"other", "x"}}}}}));
}

TEST(ProfileFileTest, ReadsSectionsOfTheCredentialsFileAsProfiles) {
  EXPECT_EQ(
      ReadCredentials("[default]\naws_access_key_id = A\n[prod]\naws_secret_access_key = a/b+c=\n"
                      "[\"two words\"]\nregion = r\n[services x]\nk = v\n"),
      (SharedFiles{.profiles = {{"default", {{"aws_access_key_id", "A"}}},
                                {"prod", {{"aws_secret_access_key", "a/b+c="}}},
                                {"two words", {{"region", "r"}}},
                                {"services x", {{"k", "v"}}}},
                   .services = {},
                   .key_files = {{"default", "/k"}, {"prod", "/k"}}}));
}

TEST(ProfileFileTest, LetsTheCredentialsFileWinInAnyOrder) {
  constexpr std::string_view kConfig = "[default]\nregion = c\noutput = json\n[profile p]\na = 1\n";
  constexpr std::string_view kCredentials = "[default]\nregion = k\nkey = K\n[q]\nb = 2\n";
  const SharedFiles expected{
      .profiles = {{"default", {{"region", "k"}, {"output", "json"}, {"key", "K"}}},
                   {"p", {{"a", "1"}}},
                   {"q", {{"b", "2"}}}},
      .services = {}};
  for (const bool config_first : {true, false}) {
    SharedFiles files;
    for (const bool config : {config_first, !config_first}) {
      EXPECT_TRUE(AddSharedFile(config ? SharedFileKind::kConfig : SharedFileKind::kCredentials,
                                "/f", config ? kConfig : kCredentials, files));
    }
    EXPECT_EQ(files, expected);
  }
}

// A half of a pair used to be completed from the other file, and signed with as if they belonged
// together.
TEST(ProfileFileTest, TakesAKeyAndItsSecretFromOneFile) {
  constexpr std::string_view kConfig =
      "[default]\naws_access_key_id = C\naws_secret_access_key = c\naws_session_token = t\n"
      "region = eu-west-1\n";
  constexpr std::string_view kCredentials = "[default]\naws_access_key_id = K\n";
  const Section expected{{"aws_access_key_id", "K"}, {"region", "eu-west-1"}};
  SharedFiles config_first = ReadConfig(kConfig);
  ASSERT_TRUE(AddSharedFile(SharedFileKind::kCredentials, "/k", kCredentials, config_first));
  EXPECT_EQ(config_first.profiles, (Sections{{"default", expected}}));
  EXPECT_EQ(config_first.key_files.find("default")->second, "/k");
  SharedFiles config_last = ReadCredentials(kCredentials);
  ASSERT_TRUE(AddSharedFile(SharedFileKind::kConfig, "/c", kConfig, config_last));
  EXPECT_EQ(config_last.profiles, (Sections{{"default", expected}}));
  EXPECT_EQ(config_last.key_files.find("default")->second, "/k");
}

TEST(ProfileFileTest, NamesFileAndLineOfWhatItCannotRead) {
  const auto fail = [](std::string message) {
    return Failed{.kind = ErrorKind::kConfig, .message = std::move(message)};
  };
  EXPECT_EQ(FailConfig("# x\n\n[default]\njunk\n"),
            fail("/c:4: expected `key = value` or `[section]`"));
  EXPECT_EQ(FailConfig("[default]\n= x\n"), fail("/c:2: expected `key = value` or `[section]`"));
  EXPECT_EQ(FailConfig("region = r\n[default]\n"),
            fail("/c:1: a key before the first `[section]`"));
  EXPECT_EQ(FailConfig("[default\nregion = r\n"), fail("/c:1: section without `]`"));
  EXPECT_EQ(FailConfig("[default]\ns3 =\n  junk\n"),
            fail("/c:3: expected `key = value` in the block of `s3 =`"));
  EXPECT_EQ(FailConfig("[default]\na\x01\x02"
                       "b =\n  junk\n"),
            fail("/c:3: expected `key = value` in the block of `a  b =`"));
  EXPECT_EQ(FailConfig("[elsewhere]\njunk\n"), fail("/c:2: expected `key = value` or `[section]`"));
  EXPECT_EQ(FailConfig(std::string_view("\0\xff\n", 3)),
            fail("/c:1: expected `key = value` or `[section]`"));
}

TEST(ProfileFileTest, AddsNothingOfAFileThatItCannotRead) {
  SharedFiles files;
  EXPECT_FALSE(AddSharedFile(SharedFileKind::kConfig, "/c", "[default]\na = 1\njunk", files));
  EXPECT_EQ(files, SharedFiles());
}

TEST(SectionTest, TakesAnAbsentKeyForAnEmptyOne) {
  const Section section{{"a", "1"}, {"b", ""}};
  EXPECT_EQ(ValueOf(section, "a"), "1");
  EXPECT_EQ(ValueOf(section, "b"), "");
  EXPECT_EQ(ValueOf(section, "c"), "");
}

// As old Mac editors write it. Everything after a comment used to be part of it.
TEST(ProfileFileTest, NamesLineEndsOfCarriageReturnsOnly) {
  const auto why =
      ": a carriage return within a line; save the file with the line ends LF or CR LF";
  EXPECT_EQ(FailConfig("[default]\rregion = eu-west-1\r").message, std::string("/c:1") + why);
  EXPECT_EQ(FailConfig("# x\r[default]\rregion = eu-west-1").message, std::string("/c:1") + why);
  EXPECT_EQ(FailConfig("[default]\nregion = eu-west-1\routput = json\n").message,
            std::string("/c:2") + why);
}

}  // namespace
}  // namespace ecsd::aws
