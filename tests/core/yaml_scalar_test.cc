#include "core/yaml_scalar.h"

#include <gtest/gtest.h>
#include <yaml.h>

#include <array>
#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/render.h"
#include "core/target.h"

namespace ecsd::core {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace): strings with NUL

std::string Scalar(std::string_view text) {
  std::string out;
  AppendYamlScalar(text, out);
  return out;
}

// The scalars of `yaml` as libyaml reads them; nothing if it is not YAML.
std::optional<std::vector<std::string>> ReadScalars(const std::string& yaml) {
  yaml_parser_t parser;
  if (yaml_parser_initialize(&parser) == 0) return std::nullopt;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libyaml reads unsigned bytes
  const auto* bytes = reinterpret_cast<const unsigned char*>(yaml.data());
  yaml_parser_set_input_string(&parser, bytes, yaml.size());
  std::vector<std::string> scalars;
  bool good = true;
  for (bool done = false; good && !done;) {
    yaml_event_t event;
    good = yaml_parser_parse(&parser, &event) != 0;
    if (!good) break;
    done = event.type == YAML_STREAM_END_EVENT;
    if (event.type == YAML_SCALAR_EVENT) {
      // NOLINTNEXTLINE(cppcoreguidelines-pro-type-union-access): its type has just been checked
      const auto& scalar = event.data.scalar;
      // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as above
      scalars.emplace_back(reinterpret_cast<const char*>(scalar.value), scalar.length);
    }
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  if (!good) return std::nullopt;
  return scalars;
}

// `scalar` as an item and as a value, with something after it.
std::string InContext(const std::string& scalar) {
  std::string yaml = "- ";
  yaml.append(scalar).append("\n- k: ").append(scalar).append("\n  z: end\n");
  return yaml;
}

TEST(YamlScalarTest, LeavesWhatIsInEveryFilePlain) {
  for (const std::string_view text : {
           "arn:aws:ecs:eu-west-1:123456789012:task/prod/0f1e",
           "arn:aws-cn:ecs:cn-north-1:123456789012:container/a/b/c-d-e",
           "10.0.0.1:9090",
           "10.0.0.1:59",
           "ip-10-0-0-1.eu-west-1.compute.internal:9090",
           "service:web",
           "family:batch-job",
           "/metrics",
           "/m?x=1&y=%20",
           "/federate?match[]={job=\"x\"}",
           "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/x:v1",
           "repo/x:v1",
           "nginx@sha256:0e1f",
           "nginx:1.25-alpine",
           "a-b_c.d~e",
           "two words",
           "a#b",
           "a:b:c",
           "it's",
           "back\\slash",
           "https",
           "yesterday",
           "nothing",
           "v1.2.3",
           "1.2.3-rc1",
           "0xzz",
           "2026-01-02-backup",
           "1password",
           "~user",
           "<<x",
           "=x",
       }) {
    EXPECT_EQ(Scalar(text), text);
  }
}

TEST(YamlScalarTest, PutsDoubleQuotesAroundWhatHasAnotherMeaning) {
  for (const std::string_view text : {
           "",
           "~",
           "=",
           "<<",
           "y",
           "N",
           "yes",
           "No",
           "ON",
           "off",
           "True",
           "FALSE",
           "false",
           "null",
           "NULL",
           "nULL",
           "yEs",
           // Integers in every base and spelling.
           "0",
           "7",
           "-7",
           "+7",
           "007",
           "0o17",
           "0O17",
           "0x1F",
           "0XfF",
           "-0x1f",
           "0b101",
           "0B1_0",
           "1_000",
           "1,000",
           "123456789012345678901234567890",
           "0_7",
           "1_",
           // Floats.
           "1.5",
           ".5",
           "5.",
           "-.5",
           "1e5",
           "1E5",
           "1e+5",
           "1.5e-3",
           "1_0.5",
           ".inf",
           "-.INF",
           "+.Inf",
           ".nan",
           ".NaN",
           "inf",
           "+Infinity",
           "NaN",
           "0x1p-2",
           "4E_+7",
           "0_x1F",
           "+_0b1",
           "+_inf",
           ".n_an",
           "1-2",
           "0x1.8p3",
           "1.2.3",
           "10.0.0.1",
           ".",
           "...",
           "_",
           "+",
           "-",
           // To the base of 60.
           "12:30",
           "12:30:45",
           "-12:30:45",
           "190:20:30.15",
           "1:59",
           "1_2:30",
           // Times.
           "2026-01-02",
           "2026-1-2",
           "2026-01-02T03:04:05Z",
           "2026-01-02t03:04:05.678+09:00",
           "2026-01-02 03:04:05",
           "2026-01-02 03:04:05 -5",
       }) {
    EXPECT_EQ(Scalar(text), '"' + std::string(text) + '"');
  }
}

TEST(YamlScalarTest, PutsSingleQuotesAroundWhatOnlyBreaksTheSyntax) {
  for (const std::string_view text : {
           "- a", "-a",   "--flag", "---",   "--- a", "...a",
           "? a", "?x=1", ": a",    ":9090", ",a",    "[2001:db8::1]:9090",
           "]a",  "{a}",  "}a",     "# a",   "#a",    "&a",
           "*a",  "!a",   "|a",     ">a",    "\"a\"", "%a",
           "@a",  "`a`",  " a",     "a ",    " ",     "a: b",
           "a:",  "a::",  "a #b",   ": ",    " #",
       }) {
    EXPECT_EQ(Scalar(text), '\'' + std::string(text) + '\'');
  }
  EXPECT_EQ(Scalar("'a'"), "'''a'''");
  EXPECT_EQ(Scalar("it's: a"), "'it''s: a'");
}

TEST(YamlScalarTest, EscapesTheCharactersThatReadersRefuseOrChange) {
  EXPECT_EQ(Scalar("a\tb\nc\r"), R"("a\tb\nc\r")");
  EXPECT_EQ(Scalar("\0\x07\x1B\x7F"s), R"("\x00\x07\x1B\x7F")");
  EXPECT_EQ(Scalar("\xC2\x80\xC2\x85\xC2\x9F\xC2\xA0"), R"("\x80\x85\x9F\xA0")");
  EXPECT_EQ(Scalar("\xE2\x80\xA8\xE2\x80\xA9\xEF\xBB\xBF\xEF\xBF\xBE\xEF\xBF\xBF"),
            R"("\u2028\u2029\uFEFF\uFFFE\uFFFF")");
  EXPECT_EQ(Scalar("\n\"\\"), R"("\n\"\\")");
}

TEST(YamlScalarTest, KeepsPrintableCharactersInDoubleQuotes) {
  EXPECT_EQ(Scalar("caf\xC3\xA9"), "\"caf\xC3\xA9\"");
  EXPECT_EQ(Scalar("\xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x90\xB3"),
            "\"\xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x90\xB3\"");
}

TEST(YamlScalarTest, ReplacesEachMaximalPartThatIsNotUtf8) {
  const std::string fffd = "\xEF\xBF\xBD";
  EXPECT_EQ(Scalar("a\xFFz"), "\"a" + fffd + "z\"");
  EXPECT_EQ(Scalar("\x80"), '"' + fffd + '"');
  EXPECT_EQ(Scalar("\xE2\x82z"), '"' + fffd + "z\"");                            // cut off
  EXPECT_EQ(Scalar("\xF0\x9F\x90"), '"' + fffd + '"');                           // at the end
  EXPECT_EQ(Scalar("\xC0\xAF"), '"' + fffd + fffd + '"');                        // overlong
  EXPECT_EQ(Scalar("\xED\xA0\x80"), '"' + fffd + fffd + fffd + '"');             // surrogate
  EXPECT_EQ(Scalar("\xF4\x90\x80\x80"), '"' + fffd + fffd + fffd + fffd + '"');  // too high
  EXPECT_EQ(Scalar("\xF0\x80\x80\x41"), '"' + fffd + fffd + fffd + "A\"");
}

TEST(YamlScalarTest, AppendsAndNeverFolds) {
  std::string out = "key: ";
  AppendYamlScalar("x", out);
  EXPECT_EQ(out, "key: x");
  const std::string longer = "word " + std::string(5000, 'x') + " word: " + std::string(500, 'y');
  EXPECT_EQ(Scalar(longer), '\'' + longer + '\'');
}

// Random texts that are likely to be trouble, each a well-formed string.
class OddStrings {
 public:
  std::string Next() {
    std::string text;
    const std::size_t length = random_() % 12;
    const bool numeric = random_() % 3 == 0;
    for (std::size_t i = 0; i < length; ++i) text += numeric ? NumericPart() : Part();
    return text;
  }

  std::string NextBytes() {
    std::string text;
    const std::size_t length = random_() % 12;
    for (std::size_t i = 0; i < length; ++i) text += static_cast<char>(random_() % 0x100);
    return text;
  }

 private:
  std::string_view NumericPart() {
    static constexpr std::array<std::string_view, 16> kParts = {
        "0", "1", "9", "60", "_", ".", ":", "-", "+", "e", "x", "b", "o", "T", " ", ","};
    return kParts.at(random_() % kParts.size());
  }

  std::string_view Part() {
    static constexpr std::array<std::string_view, 64> kParts = {"a",
                                                                "y",
                                                                "no",
                                                                "true",
                                                                "null",
                                                                "~",
                                                                "=",
                                                                "<<",
                                                                "0",
                                                                "1",
                                                                "9",
                                                                ".",
                                                                "-",
                                                                "+",
                                                                ",",
                                                                ":",
                                                                " ",
                                                                "#",
                                                                "?",
                                                                "[",
                                                                "]",
                                                                "{",
                                                                "}",
                                                                "&",
                                                                "*",
                                                                "!",
                                                                "|",
                                                                ">",
                                                                "'",
                                                                "\"",
                                                                "%",
                                                                "@",
                                                                "`",
                                                                "\\",
                                                                "/",
                                                                "\n",
                                                                "\r",
                                                                "\t",
                                                                "\x01",
                                                                "$",
                                                                ": ",
                                                                " #",
                                                                "\r\n",
                                                                "\x1B",
                                                                "\x7F",
                                                                "- ",
                                                                "---",
                                                                ";",
                                                                "^",
                                                                "\xC2\x80",
                                                                "\xC2\x85",
                                                                "\xC2\xA0",
                                                                "\xC2\xAD",
                                                                "\xC3\xA9",
                                                                "(",
                                                                "\xE2\x80\xA8",
                                                                "\xE2\x80\xA9",
                                                                "\xE2\x80\x8B",
                                                                "\xEF\xBB\xBF",
                                                                "\xEF\xBF\xBE",
                                                                ")",
                                                                "\xF0\x9F\x90\xB3",
                                                                "\xF3\xB0\x80\x80"};
    return kParts.at(random_() % kParts.size());
  }

  std::mt19937 random_{20240229};  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same test every time
};

TEST(YamlScalarTest, IsReadBackTheSameByLibyamlForRandomText) {
  OddStrings odd;
  for (int round = 0; round < 20000; ++round) {
    const std::string text = odd.Next();
    const std::string scalar = Scalar(text);

    EXPECT_EQ(scalar.find_first_of("\r\n"), std::string::npos) << scalar;
    EXPECT_EQ(ReadScalars(InContext(scalar)),
              (std::vector<std::string>{text, "k", text, "z", "end"}))
        << scalar;
  }
}

TEST(YamlScalarTest, IsAlwaysWellFormedYamlForRandomBytes) {
  OddStrings odd;
  for (int round = 0; round < 20000; ++round) {
    const std::string scalar = Scalar(odd.NextBytes());

    const auto read = ReadScalars(InContext(scalar)).value_or(std::vector<std::string>());

    ASSERT_EQ(read.size(), 5U) << scalar;
    // What was replaced stays as it is the second time: rendering what was read changes nothing.
    EXPECT_EQ(Scalar(read[0]), scalar);
    EXPECT_EQ(read[2], read[0]);
  }
}

TEST(RenderYamlTest, IsReadBackTheSameByLibyamlForRandomLabels) {
  OddStrings odd;
  std::vector<Target> targets;
  std::vector<std::string> expected;
  for (int i = 0; i < 2000; ++i) {
    Target target;
    target.address = odd.Next();
    target.labels.Set("job", odd.Next());
    target.labels.Set("__metrics_path__", odd.Next());
    expected.insert(expected.end(), {"targets", target.address, "labels"});
    for (const Label& label : target.labels) {
      expected.emplace_back(label.name);
      expected.emplace_back(label.value);
    }
    targets.push_back(std::move(target));
  }

  EXPECT_EQ(ReadScalars(RenderYaml(targets)), expected);
}

}  // namespace
}  // namespace ecsd::core
