#include "config/go_flags.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/go_duration.h"

namespace ecsd::config {
namespace {

struct Values {
  std::string text = "dflt";
  bool yes = false;
  std::int64_t count = 0;
  std::chrono::nanoseconds every = std::chrono::minutes(1);
};

std::vector<Flag> FlagsOf(Values& values) {
  return {{"text", &values.text, "some text"},
          {"yes", &values.yes, "say yes"},
          {"count", &values.count, "how `often`"},
          {"every", &values.every, "time between\ntwo of them"}};
}

// All values, `help`, or the error.
std::string Outcome(const std::vector<std::string_view>& arguments) {
  Values values;
  const auto outcome = ParseFlags(FlagsOf(values), arguments);
  if (!outcome) return outcome.error().message;
  if (*outcome == FlagOutcome::kHelpWanted) return "help";
  return "text=" + values.text + " yes=" + (values.yes ? "true" : "false") +
         " count=" + std::to_string(values.count) +
         " every=" + std::to_string(values.every.count());
}

// The expectations are what Go's own package flag answers (go1.26.8): a throwaway program ran it
// over these inputs. `stray "x"` stands where Go ends the flags and leaves x to the program; we
// refuse it. What we add to a message of Go follows it in brackets.
struct Case {
  std::vector<std::string_view> arguments;
  std::string_view answer;
};

const std::vector<Case>& Cases() {
  static const std::vector<Case> kCases = {
      {{}, "text=dflt yes=false count=0 every=60000000000"},
      {{"-text", "a"}, "text=a yes=false count=0 every=60000000000"},
      {{"-text=a"}, "text=a yes=false count=0 every=60000000000"},
      {{"--text", "a"}, "text=a yes=false count=0 every=60000000000"},
      {{"--text=a"}, "text=a yes=false count=0 every=60000000000"},
      {{"-text="}, "text= yes=false count=0 every=60000000000"},
      {{"-text=a=b"}, "text=a=b yes=false count=0 every=60000000000"},
      {{"-text", ""}, "text= yes=false count=0 every=60000000000"},
      {{"-text", "-yes"}, "text=-yes yes=false count=0 every=60000000000"},
      {{"-text", "--"}, "text=-- yes=false count=0 every=60000000000"},
      {{"-text=a", "-text=b"}, "text=b yes=false count=0 every=60000000000"},
      {{"-yes"}, "text=dflt yes=true count=0 every=60000000000"},
      {{"--yes"}, "text=dflt yes=true count=0 every=60000000000"},
      {{"-yes=true"}, "text=dflt yes=true count=0 every=60000000000"},
      {{"-yes=t"}, "text=dflt yes=true count=0 every=60000000000"},
      {{"-yes=1"}, "text=dflt yes=true count=0 every=60000000000"},
      {{"-yes=TRUE"}, "text=dflt yes=true count=0 every=60000000000"},
      {{"-yes=True"}, "text=dflt yes=true count=0 every=60000000000"},
      {{"-yes=T"}, "text=dflt yes=true count=0 every=60000000000"},
      {{"-yes", "-yes=false"}, "text=dflt yes=false count=0 every=60000000000"},
      {{"-yes", "-yes=f"}, "text=dflt yes=false count=0 every=60000000000"},
      {{"-yes", "-yes=0"}, "text=dflt yes=false count=0 every=60000000000"},
      {{"-yes", "-yes=F"}, "text=dflt yes=false count=0 every=60000000000"},
      {{"-yes", "-yes=FALSE"}, "text=dflt yes=false count=0 every=60000000000"},
      {{"-yes", "-yes=False"}, "text=dflt yes=false count=0 every=60000000000"},
      {{"-yes=tRUE"}, "invalid boolean value \"tRUE\" for -yes: parse error"},
      {{"-yes=yes"}, "invalid boolean value \"yes\" for -yes: parse error"},
      {{"-yes="}, "invalid boolean value \"\" for -yes: parse error"},
      {{"-yes", "true"}, "stray \"true\""},
      {{"-yes", "false", "-text=a"}, "stray \"false\""},
      {{"-count", "3"}, "text=dflt yes=false count=3 every=60000000000"},
      {{"-count=0x10"}, "text=dflt yes=false count=16 every=60000000000"},
      {{"-count=-1"}, "text=dflt yes=false count=-1 every=60000000000"},
      {{"-count", "-1"}, "text=dflt yes=false count=-1 every=60000000000"},
      {{"-count="}, "invalid value \"\" for flag -count: parse error"},
      {{"-count=many"}, "invalid value \"many\" for flag -count: parse error"},
      {{"-count=1_000"}, "text=dflt yes=false count=1000 every=60000000000"},
      {{"-count=9223372036854775808"},
       "invalid value \"9223372036854775808\" for flag -count: value out of range"},
      {{"-every=90s"}, "text=dflt yes=false count=0 every=90000000000"},
      {{"-every", "1h30m"}, "text=dflt yes=false count=0 every=5400000000000"},
      {{"-every=5"}, "invalid value \"5\" for flag -every: parse error"},
      {{"-every="}, "invalid value \"\" for flag -every: parse error"},
      {{"-every=-1s"}, "text=dflt yes=false count=0 every=-1000000000"},
      {{"-text"}, "flag needs an argument: -text"},
      {{"-count=1", "-text"}, "flag needs an argument: -text"},
      {{"-tex=a"}, "flag provided but not defined: -tex"},
      {{"-no"}, "flag provided but not defined: -no"},
      {{"--no=1"}, "flag provided but not defined: -no"},
      {{"-"}, "stray \"-\""},
      {{"-", "-yes"}, "stray \"-\""},
      {{"--"}, "text=dflt yes=false count=0 every=60000000000"},
      {{"--", "-yes"}, "stray \"-yes\""},
      {{"-yes", "--"}, "text=dflt yes=true count=0 every=60000000000"},
      {{"-yes", "--", "x"}, "stray \"x\""},
      {{"---"}, "bad flag syntax: ---"},
      {{"---text=a"}, "bad flag syntax: ---text=a"},
      {{"-=a"}, "bad flag syntax: -=a"},
      {{"--=a"}, "bad flag syntax: --=a"},
      {{"-text=\"a\"", "-count=\"1\""}, "invalid value \"\\\"1\\\"\" for flag -count: parse error"},
      {{"x"}, "stray \"x\""},
      {{"text=a"}, "stray \"text=a\""},
      {{"", "-yes"}, "stray \"\""},
      {{"-yes", "x"}, "stray \"x\""},
      {{"-h"}, "help"},
      {{"-help"}, "help"},
      {{"--help"}, "help"},
      {{"-help=no"}, "help"},
      {{"-h", "-no"}, "help"},
      {{"-no", "-h"}, "flag provided but not defined: -no"},
      {{"-text", "-h"}, "text=-h yes=false count=0 every=60000000000"},
      {{"-yes", "x", "-h"}, "stray \"x\""},
      {{"-count=1\t"
        "2"},
       "invalid value \"1\\t2\" for flag -count: parse error"},
  };
  return kCases;
}

// Our outcome with what Go does not say taken off.
std::string InTheWordsOfGo(std::string outcome) {
  constexpr std::string_view kStray = "unexpected argument ";
  if (outcome.starts_with(kStray)) {
    return "stray " + outcome.substr(kStray.size(), outcome.rfind("\": ") + 1 - kStray.size());
  }
  return outcome.substr(0, outcome.find(" (time: "));
}

TEST(ParseFlagsTest, AnswersAsGoDoesButForStrayArguments) {
  for (const auto& [arguments, answer] : Cases()) {
    EXPECT_EQ(InTheWordsOfGo(Outcome(arguments)), answer)
        << "for " << testing::PrintToString(arguments);
  }
}

TEST(ParseFlagsTest, SaysWhatIsWrongWithADuration) {
  EXPECT_EQ(Outcome({"-every=5"}),
            "invalid value \"5\" for flag -every: parse error (time: missing unit in duration "
            "\"5\"; write it like 1m30s, 90s or 500ms)");
}

TEST(ParseFlagsTest, TellsHowABooleanTakesItsValue) {
  EXPECT_EQ(Outcome({"-yes", "false"}),
            "unexpected argument \"false\": -yes is a boolean and takes its value after '=': "
            "-yes=true or -yes=false, without a space");
}

TEST(ParseFlagsTest, TellsThatADashIsMissing) {
  EXPECT_EQ(Outcome({"-yes=1", "count=3"}),
            "unexpected argument \"count=3\": did you mean -count=3?");
  EXPECT_EQ(Outcome({"count", "3"}), "unexpected argument \"count\": did you mean -count?");
}

TEST(ParseFlagsTest, TellsWhereACommandStands) {
  EXPECT_EQ(
      Outcome({"-text", "two", "words"}),
      "unexpected argument \"words\": a command (explain, doctor) comes first, and all else is "
      "flags; a value with spaces needs quotes");
}

TEST(ParseFlagsTest, CallsABadCommandLineAConfigurationError) {
  Values values;
  const std::vector<std::string_view> arguments = {"-nope"};
  EXPECT_EQ(ParseFlags(FlagsOf(values), arguments).error().kind, support::ErrorKind::kConfig);
}

// As PrintDefaults of go1.26.8 prints these flags, but for `(default 0)` and `(default false)`,
// which Go leaves out.
TEST(DescribeFlagsTest, PrintsFlagsInTheFormOfGo) {
  Values values;
  EXPECT_EQ(DescribeFlags(FlagsOf(values)),
            "  -count often\n"
            "    \thow often (default 0)\n"
            "  -every duration\n"
            "    \ttime between\n"
            "    \ttwo of them (default 1m0s)\n"
            "  -text string\n"
            "    \tsome text (default \"dflt\")\n"
            "  -yes\n"
            "    \tsay yes (default false)\n");
}

TEST(DescribeFlagsTest, PrintsAnEmptyDefaultToo) {
  std::string none;
  const std::vector<Flag> flags = {{"name", &none, "a name"}};
  EXPECT_EQ(DescribeFlags(flags), "  -name string\n    \ta name (default \"\")\n");
}

TEST(DescribeFlagsTest, PutsABooleanOfOneLetterOnOneLine) {
  bool on = true;
  const std::vector<Flag> flags = {{"v", &on, "say more, with `one back quote"}};
  EXPECT_EQ(DescribeFlags(flags), "  -v\tsay more, with `one back quote (default true)\n");
}

std::vector<std::string> Overridden(const std::vector<std::string_view>& arguments) {
  Values values;
  std::vector<GivenFlag> given;
  EXPECT_TRUE(ParseFlags(FlagsOf(values), arguments, nullptr, &given)) << arguments.size();
  return OverriddenFlags(given);
}

TEST(OverriddenFlagsTest, NamesEachFlagOfWhichAnotherTextWins) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(Overridden({}), Names());
  EXPECT_EQ(Overridden({"-text", "a", "-count=2"}), Names());
  EXPECT_EQ(Overridden({"-text", "a", "--text=a"}), Names());
  EXPECT_EQ(Overridden({"-text", "a", "-text", "b", "-text", "a"}), Names{"text"});
  EXPECT_EQ(Overridden({"-text", "a", "-yes", "-text=", "-yes=false"}), (Names{"text", "yes"}));
  EXPECT_EQ(Overridden({"-yes", "-yes=true"}), Names());
}

}  // namespace
}  // namespace ecsd::config
