#include "output/read_targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/render.h"
#include "core/target.h"
#include "output/scratch.h"
#include "support/result.h"

namespace ecsd::output {
namespace {

using core::Target;
using support::ErrorKind;
using support::Result;
using testing::HasSubstr;
using testing::IsEmpty;

// Hands `text` out in pieces of `piece` bytes.
yaml::Events::Read From(std::string_view text, std::size_t piece = 4096) {
  return [text, piece](std::span<char> room) mutable -> Result<std::size_t> {
    const auto now = text.substr(0, std::min(piece, room.size()));
    std::ranges::copy(now, room.begin());
    text.remove_prefix(now.size());
    return now.size();
  };
}

// What is read of `text`, in words: the addresses, how many groups were skipped, and the damage.
std::string Read(std::string_view text) {
  const auto file = ReadTargets(From(text));
  if (!file) return "error: " + file.error().message;
  std::string words;
  for (const auto& target : file->targets) words += target.address + ' ';
  if (file->skipped > 0) words += "skipped " + std::to_string(file->skipped);
  if (!file->damage.empty()) words += "damage: " + file->damage;
  return words;
}

std::string Group(std::string_view address) {
  return "- targets: [" + std::string(address) + "]\n  labels: {cluster_arn: c}\n";
}

// Text that a reader could take for something else, or stumble over.
std::string OddText(std::mt19937& random) {
  static constexpr std::array<std::string_view, 36> kParts = {"a",
                                                              "Z",
                                                              "0",
                                                              "7",
                                                              " ",
                                                              "  ",
                                                              ":",
                                                              ": ",
                                                              " #",
                                                              "#",
                                                              "-",
                                                              "- ",
                                                              "[",
                                                              "{",
                                                              "]",
                                                              "}",
                                                              ",",
                                                              "\"",
                                                              "'",
                                                              "\\",
                                                              "\n",
                                                              "\r\n",
                                                              "\t",
                                                              "\x01",
                                                              "\x7F",
                                                              "\xC3\xA4",
                                                              "\xC2\x85",
                                                              "\xC2\xA0",
                                                              "\xE2\x80\xA8",
                                                              "\xEF\xBB\xBF",
                                                              "\xEF\xBF\xBF",
                                                              "\xF0\x9F\x98\x80",
                                                              "null",
                                                              "yes",
                                                              "<<",
                                                              "*a"};
  std::string text;
  for (auto left = random() % 8; left > 0; --left) text += kParts[random() % kParts.size()];
  if (random() % 8 == 0) text += std::string(1, '\0');
  if (random() % 16 == 0) text += std::string(random() % 5000, 'x');
  return text;
}

std::vector<Target> RandomTargets(std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Target> targets(random() % 40);
  for (auto& target : targets) {
    target.address = "a" + OddText(random);
    for (const auto name : core::kClassicLabels) {
      auto value = OddText(random);
      if (name == core::kClusterArnLabel) value += 'c';
      target.labels.Add(name, value);
    }
  }
  return targets;
}

TEST(ReadTargetsTest, IsTheInverseOfRenderForRandomTargets) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    const auto targets = RandomTargets(seed);
    for (const auto& text : {core::RenderYaml(targets), core::RenderJson(targets)}) {
      const auto file = ReadTargets(From(text, 1 + (seed * 7 % 5000)));
      ASSERT_TRUE(file) << file.error().message << '\n' << text;
      ASSERT_EQ(file->targets, targets) << text;
      ASSERT_EQ(file->damage + std::to_string(file->skipped), "0") << text;
    }
  }
}

TEST(ReadTargetsTest, KeepsWholeGroupsOfAJsonFileThatWasCutAnywhere) {
  const auto targets = RandomTargets(3);
  const auto text = core::RenderJson(targets);
  for (std::size_t length = 0; length + 2 < text.size(); length += 13) {
    const auto file = ReadTargets(From(std::string_view(text).substr(0, length)));
    if (!file) continue;
    ASSERT_LE(file->targets.size(), targets.size());
    ASSERT_TRUE(std::ranges::equal(file->targets, std::span(targets).first(file->targets.size())));
    ASSERT_TRUE(length == 0 || !file->damage.empty());
  }
}

TEST(ReadTargetsTest, KeepsWholeValuesOfAYamlFileThatWasCutAnywhere) {
  const auto targets = RandomTargets(4);
  const auto text = core::RenderYaml(targets);
  for (std::size_t length = 0; length < text.size(); length += 13) {
    const auto file = ReadTargets(From(std::string_view(text).substr(0, length)));
    if (!file || file->targets.empty()) continue;
    const auto count = file->targets.size();
    ASSERT_LE(count, targets.size());
    ASSERT_TRUE(std::ranges::equal(std::span(file->targets).first(count - 1),
                                   std::span(targets).first(count - 1)));
    // A cut at the end of a line takes labels away from the last group, and changes none.
    for (const auto& label : file->targets.back().labels) {
      ASSERT_THAT(targets[count - 1].labels, testing::Contains(label));
    }
  }
}

TEST(ReadTargetsTest, TakesNothingForNoTargets) {
  for (const auto* text : {"", "\n", "# nothing yet\n", "[]\n", "[]"})
    EXPECT_EQ(Read(text), "") << text;
}

TEST(ReadTargetsTest, TakesWhatAnotherProgramWroteInTheSameForm) {
  EXPECT_EQ(Read("---\n- targets: ['a:1']\n  labels:\n    cluster_arn: c\n    env: prod\n    "
                 "task_revision: 7\n"
                 "  source: x\n...\n"),
            "a:1 ");
  EXPECT_EQ(Read(R"([{"labels":{"cluster_arn":"c\/d"},"targets":["a:1"]}])"), "a:1 ");
}

TEST(ReadTargetsTest, SkipsAndCountsGroupsThatAreNotOurs) {
  for (const auto* group :
       {"- targets: [b, c]\n  labels: {cluster_arn: c}\n",
        "- targets: []\n  labels: {cluster_arn: c}\n", "- targets: [b]\n",
        "- targets: [b]\n  labels: {job: x}\n", "- targets: b\n  labels: {cluster_arn: c}\n",
        "- targets: [b]\n  labels: [cluster_arn, c]\n",
        "- targets: [[b]]\n  labels: {cluster_arn: c}\n",
        "- targets: [b]\n  labels: {cluster_arn: {c: d}}\n",
        "- targets: [b]\n  labels: {cluster_arn: c, cluster_arn: d}\n",
        "- targets: [b]\n  labels: {[x]: y, cluster_arn: c}\n",
        "- targets: [b]\n  labels: {<<: {}, cluster_arn: c}\n",
        "- targets: [b]\n  ? [x]\n  : y\n  labels: {cluster_arn: c}\n", "- text\n", "-\n",
        "- [a, {b: c}]\n", "- targets: [b]\n  labels: {cluster_arn: &x c, job: *x}\n"}) {
    EXPECT_EQ(Read(Group("a") + group + Group("z")), "a z skipped 1") << group;
  }
}

TEST(ReadTargetsTest, NeverExpandsAnAlias) {
  std::string bomb = "- &a0 [x, x]\n";
  for (int i = 1; i < 60; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    bomb += "- &a" + std::to_string(i) + " [" + before + ", " + before + "]\n";
  }
  EXPECT_EQ(Read(bomb + Group("a")), "a skipped 60");
}

TEST(ReadTargetsTest, KeepsWhatStandsBeforeABreak) {
  EXPECT_THAT(Read(Group("a") + "- targets: [b\n"), HasSubstr("a damage: line 4: did not find"));
  EXPECT_THAT(Read(Group("a") + "---\n" + Group("b")),
              HasSubstr("a damage: line 3: a second document"));
  EXPECT_THAT(Read(Group("a") + "- x\n" + std::string(1000, '#') + "\n- \x01"),
              HasSubstr("a skipped 1damage: line 4: control"));
  EXPECT_EQ(Read(Group("a") + "- targets:\n  - b\n  labels:\n    cluster_arn: cluster/pro"),
            "a damage: its last line has no end");
  EXPECT_EQ(Read(Group("a") + "- targets: [b]\n  labels: {job: x}"),
            "a skipped 1damage: its last line has no end")
      << "the last group is another's";
}

TEST(ReadTargetsTest, RefusesWhatIsNotOurs) {
  for (const std::string& text :
       {std::string("a: b\n"), std::string("text\n"),
        std::string("\x7F"
                    "ELF\x02\x01\x01\0\0",
                    9),
        std::string("\0\0\0\0", 4), std::string("\x1F\x8B\x08"),
        std::string("<html>\n<body>&nbsp;: <p>\n"), std::string("{\"a\": [}"), std::string("*x\n"),
        std::string("\xFF\xFE\x00", 3)}) {
    EXPECT_THAT(Read(text), testing::StartsWith("error: ")) << text;
  }
}

TEST(ReadTargetsTest, GivesUpOnWhatIsTooDeepOrTooLong) {
  EXPECT_THAT(Read(Group("a") + "- " + std::string(100000, '[')),
              HasSubstr("a damage: line 3: more than 16 levels"));
  EXPECT_THAT(Read(Group("a") + "- '" + std::string(3 << 20, 'x')),
              HasSubstr("more than 1048576 bytes without an end"));
  EXPECT_THAT(Read(Group("a") + "#" + std::string(3 << 20, 'x')),
              HasSubstr("more than 1048576 bytes without an end"));
}

TEST(ReadTargetsTest, HandsOnWhyReadingFailed) {
  const auto file = ReadTargets([](std::span<char>) -> Result<std::size_t> {
    return support::Fail(ErrorKind::kIo, "the disk is gone");
  });
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::kIo);
  EXPECT_EQ(file.error().message, "the disk is gone");
}

class ReadTargetsOfTest : public testing::Test {
 protected:
  [[nodiscard]] std::string ReadFile(const std::string& path) const {
    const auto file = ReadTargetsOf(path, stop_.get_token());
    if (!file)
      return std::to_string(static_cast<int>(file.error().kind)) + ' ' + file.error().message;
    return std::to_string(file->targets.size());
  }
  static std::string Words(ErrorKind kind, const std::string& message) {
    return std::to_string(static_cast<int>(kind)) + ' ' + message;
  }

  Scratch directory_;
  std::stop_source stop_;
};

TEST_F(ReadTargetsOfTest, FollowsLinks) {
  Put(directory_ / "real.yml", Group("a"));
  std::filesystem::create_symlink("real.yml", directory_ / "link.yml");
  EXPECT_EQ(ReadFile(directory_ / "link.yml"), "1");
}

TEST_F(ReadTargetsOfTest, FindsNothingWhereThereIsNoFile) {
  const auto missing = directory_ / "t.yml";
  EXPECT_EQ(ReadFile(missing),
            Words(ErrorKind::kNotFound, "output file " + missing + ": there is none yet"));
  EXPECT_EQ(ReadFile("/dev/null"),
            Words(ErrorKind::kNotFound, "output file /dev/null: there is none yet"));
}

TEST_F(ReadTargetsOfTest, SaysWhoseFileItIsNot) {
  const auto path = directory_ / "t.yml";
  Put(path, "a: b\n");
  EXPECT_EQ(
      ReadFile(path),
      Words(ErrorKind::kMalformed,
            "output file " + path + " is not one of this program: it is no list of target groups"));
}

TEST_F(ReadTargetsOfTest, SaysWhatCannotBeRead) {
  const auto path = directory_ / "t.yml";
  Put(path, Group("a"), 0);
  const AsNobody nobody;
  EXPECT_EQ(ReadFile(path), Words(ErrorKind::kIo, "output file " + path + ": open " + path +
                                                      ": Permission denied"));
  EXPECT_THAT(ReadFile(directory_.path()), HasSubstr("is a directory"));
}

TEST_F(ReadTargetsOfTest, StopsWhenItIsTold) {
  const auto path = directory_ / "t.yml";
  Put(path, Group("a"));
  stop_.request_stop();
  EXPECT_EQ(ReadFile(path), Words(ErrorKind::kCancelled, path + ": stopped"));
}

}  // namespace
}  // namespace ecsd::output
