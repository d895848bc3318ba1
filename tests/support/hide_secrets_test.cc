#include "support/hide_secrets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/secret.h"

namespace ecsd::support {
namespace {

constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

std::string Hidden(std::string_view text, std::string_view secret = kSecret) {
  return HideSecrets(text, std::array{Secret(std::string(secret))});
}

// Coders of this test's own, so that the code is not checked against itself.
std::string InBase64(std::string_view text, bool for_urls = false) {
  std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  digits += for_urls ? "-_" : "+/";
  std::string bits;
  for (const char c : text) {
    for (int bit = 7; bit >= 0; --bit) bits += ((static_cast<unsigned char>(c) >> bit) & 1) != 0;
  }
  while (bits.size() % 6 != 0) bits += '\0';
  std::string encoded;
  for (std::size_t i = 0; i < bits.size(); i += 6) {
    std::size_t digit = 0;
    for (std::size_t k = 0; k < 6; ++k) digit = digit * 2 + static_cast<std::size_t>(bits[i + k]);
    encoded += digits[digit];
  }
  while (!for_urls && encoded.size() % 4 != 0) encoded += '=';
  return encoded;
}

// How the code of a character is written: `%2F` is {"%", 16, 2, true, ""}.
struct Style {
  std::string before;
  unsigned int base = 16;
  std::size_t width = 2;
  bool upper = false;
  std::string after;
};

// With each character in `style`, or only those that are no letters and digits.
std::string EachAs(std::string_view text, const Style& style, bool all) {
  const std::string_view digits = style.upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string encoded;
  for (const char c : text) {
    if (!all && std::isalnum(static_cast<unsigned char>(c)) != 0) {
      encoded += c;
      continue;
    }
    std::string number;
    for (auto left = static_cast<unsigned int>(static_cast<unsigned char>(c)); left > 0;
         left /= style.base)
      number.insert(number.begin(), digits[left % style.base]);
    while (number.size() < style.width) number.insert(number.begin(), '0');
    encoded += style.before + number + style.after;
  }
  return encoded;
}

std::string Replaced(std::string text, char from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, 1, to);
  return text;
}

using Coder = std::function<std::string(std::string_view)>;

struct Form {
  const char* name;
  Coder code;
};

std::vector<Form> Forms() {
  const auto printed = [](const Style& style, bool all = false) -> Coder {
    return [=](std::string_view text) { return EachAs(text, style, all); };
  };
  const auto aligned = [](std::size_t before, bool for_urls) -> Coder {
    return [=](std::string_view text) {
      return InBase64(std::string(before, ':') + std::string(text) + "@host", for_urls);
    };
  };
  return {
      {"plain", [](std::string_view text) { return std::string(text); }},
      {"percent", printed(Style{"%", 16, 2, true, ""})},
      {"percent, lower case", printed(Style{"%", 16, 2, false, ""})},
      {"percent, everything", printed(Style{"%", 16, 2, false, ""}, true)},
      {"percent twice", printed(Style{"%25", 16, 2, true, ""})},
      {"JSON \\u", printed(Style{"\\u", 16, 4, false, ""})},
      {"JSON \\U upper", printed(Style{"\\u", 16, 4, true, ""}, true)},
      {"JSON \\/", [](std::string_view text) { return Replaced(std::string(text), '/', "\\/"); }},
      {"HTML decimal", printed(Style{"&#", 10, 2, false, ";"})},
      {"HTML hexadecimal", printed(Style{"&#x", 16, 2, false, ";"})},
      {"HTML of JSON", printed(Style{"&#92;u", 16, 4, false, ""})},
      {"base64, first alignment", aligned(0, false)},
      {"base64, second alignment", aligned(1, false)},
      {"base64, third alignment", aligned(2, false)},
      {"base64url, first alignment", aligned(0, true)},
      {"base64url, second alignment", aligned(1, true)},
      {"base64url, third alignment", aligned(2, true)},
      {"base64 in a URL",
       [](std::string_view text) {
         return EachAs(InBase64(text), Style{"%", 16, 2, true, ""}, false);
       }},
      {"base64 in JSON",
       [](std::string_view text) { return Replaced(InBase64(text), '/', "\\/"); }},
      {"hexadecimal", printed(Style{"", 16, 2, false, ""}, true)},
      {"+ read as a space",
       [](std::string_view text) { return Replaced(std::string(text), '+', " "); }},
      {"alphabet of base64url",
       [](std::string_view text) {
         return Replaced(Replaced(std::string(text), '+', "-"), '/', "_");
       }},
      {"lower case",
       [](std::string_view text) {
         std::string lower(text);
         std::ranges::transform(lower, lower.begin(),
                                [](unsigned char c) { return std::tolower(c); });
         return lower;
       }},
      {"broken into lines",
       [](std::string_view text) {
         std::string broken;
         for (std::size_t i = 0; i < text.size(); ++i) {
           if (i % 7 == 6) broken += "\r\n  ";
           broken += text[i];
         }
         return broken;
       }},
      {"base64 broken into lines",
       [](std::string_view text) {
         std::string broken;
         for (const char c : InBase64(text)) {
           if (broken.size() % 20 == 19) broken += '\n';
           broken += c;
         }
         return broken;
       }},
      {"broken by JSON line breaks",
       [](std::string_view text) {
         return std::string(text.substr(0, 10)) + "\\n\\t" + std::string(text.substr(10));
       }},
  };
}

TEST(HideSecretsTest, HidesASecretInEveryForm) {
  for (const auto& form : Forms()) {
    EXPECT_EQ(Hidden("it is '" + form.code(kSecret) + "', no?").find("it is '"), 0U) << form.name;
    const auto shown = Hidden("<<" + form.code(kSecret) + ">>");
    EXPECT_NE(shown.find("***"), std::string::npos) << form.name << ": " << shown;
    EXPECT_LE(shown.size(), 25U) << form.name << ": " << shown;
  }
}

TEST(HideSecretsTest, HidesSixteenCharactersInARow) {
  EXPECT_EQ(Hidden("key wJalrXUtnFEMI/K7 ends"), "key *** ends");
  EXPECT_EQ(Hidden("key FiCYEXAMPLEKEY"), "key FiCYEXAMPLEKEY");  // 14
  EXPECT_EQ(Hidden("wJalrXUtnFEMI/K"), "wJalrXUtnFEMI/K");        // 15
  EXPECT_EQ(Hidden("a wJalrXUtnFEMI/K7MDENG+bPxRf z"), "a *** z");
}

TEST(HideSecretsTest, HidesAShortSecretWhole) {
  EXPECT_EQ(Hidden("own-secret, or own-secre", "own-secret"), "***, or own-secre");
  EXPECT_EQ(Hidden(R"(a\/b\u0026c)", "a/b&c"), "***");
  EXPECT_EQ(Hidden("Basic " + InBase64("user:own-secret"), "own-secret").find("own"),
            std::string::npos);
  EXPECT_EQ(Hidden("Basic " + InBase64("me:own-secret") + ";", "own-secret"), "Basic bWU6***==;");
}

TEST(HideSecretsTest, LeavesWhatIsNoSecret) {
  const std::string text =
      "User: arn:aws:iam::123456789012:user/x is not authorized to perform: ecs:ListTasks";
  EXPECT_EQ(Hidden(text), text);
  EXPECT_EQ(Hidden(text, ""), text);
  EXPECT_EQ(Hidden(text, "ecs"), text);  // too short to be one
  EXPECT_EQ(HideSecrets(text, {}), text);
  EXPECT_EQ(Hidden(""), "");
  for (const auto* odd : {"%", "%4", "\\", "\\u00", "&", "&#", "&#;", "&#xg;", "&;", "%%%", "\\\\"})
    EXPECT_EQ(Hidden(odd), odd);
}

TEST(HideSecretsTest, HidesEachOfSeveral) {
  EXPECT_EQ(
      HideSecrets("a hunter22 b swordfish c", std::array{Secret("hunter22"), Secret("swordfish")}),
      "a *** b *** c");
}

TEST(HideSecretsTest, HidesAPasswordThatWasWrittenForAUrl) {
  EXPECT_EQ(Hidden("login p@ss/word or p%40ss%2Fword", "p%40ss%2Fword"), "login *** or ***");
}

TEST(HideSecretsTest, LeavesJsonThatCanBeRead) {
  EXPECT_EQ(Hidden(R"({"__type":"wJalrXUtnFEMI\/K7MDENG\u002bbPxRfiCYEXAMPLEKEY","message":"m"})"),
            R"({"__type":"***","message":"m"})");
}

TEST(HideSecretsTest, CutsWhatIsTooLongForAMessage) {
  EXPECT_EQ(Hidden(std::string(1'000'000, 'x')), std::string(65536, 'x'));
}

// Whether 16 characters in a row of `secret` can be read in `shown`, in the form of `code`: the
// code of a part is looked for without its edges, which depend on the neighbours.
bool Shows(const std::string& shown, std::string_view secret, const Coder& code, bool base64) {
  for (std::size_t i = 0; i + 16 <= secret.size(); ++i) {
    if (!base64) {
      if (shown.find(code(secret.substr(i, 16))) != std::string::npos) return true;
      continue;
    }
    for (std::size_t before = 0; before < 3; ++before) {
      const auto row = InBase64(std::string(before, 'x') + std::string(secret.substr(i, 16)));
      const auto begin = (before * 8 + 5) / 6;
      const auto end = (before + 16) * 8 / 6;
      if (shown.find(row.substr(begin, end - begin)) != std::string::npos) return true;
    }
  }
  return false;
}

TEST(HideSecretsTest, NeverShowsSixteenCharactersOfRandomSecretsAnywhere) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same in each run
  const auto draw = [&](std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
  };
  const auto text = [&](std::size_t size) {
    std::string drawn;
    while (drawn.size() < size) drawn += kAlphabet[draw(kAlphabet.size())];
    return drawn;
  };
  const auto forms = Forms();
  for (int round = 0; round < 300; ++round) {
    const auto secret = text(16 + draw(200));
    const auto& form = forms[draw(forms.size())];
    const auto from = draw(secret.size() - 15);
    const auto part = std::string_view(secret).substr(from, 16 + draw(secret.size() - from - 15));
    const auto message = text(draw(20)) + "=" + form.code(part) + "&" + text(draw(20));
    const auto shown = HideSecrets(message, std::array{Secret(text(40)), Secret(secret)});
    const bool base64 = std::string_view(form.name).starts_with("base64");
    ASSERT_FALSE(Shows(shown, secret, form.code, base64))
        << form.name << ": " << message << " -> " << shown;
    ASSERT_FALSE(Shows(shown.substr(0, draw(shown.size() + 1)), secret, form.code, base64));
  }
}

}  // namespace
}  // namespace ecsd::support
