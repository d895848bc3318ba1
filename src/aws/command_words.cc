#include "aws/command_words.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/result.h"

namespace ecsd::aws {
namespace {

// Reads the text character by character.
class Splitter {
 public:
  [[nodiscard]] support::Result<std::vector<std::string>> Split(std::string_view text) {
    for (const char c : text) Take(c);
    if (quote_ != '\0') return support::Fail(support::ErrorKind::kConfig, "a quote is not closed");
    if (escaped_)
      return support::Fail(support::ErrorKind::kConfig, "a backslash is the last character");
    EndWord();
    return std::move(words_);
  }

 private:
  void Take(char c) {
    if (escaped_) {
      TakeEscaped(c);
    } else if (c == '\\' && quote_ != '\'') {
      escaped_ = true;
    } else if (quote_ != '\0') {
      TakeQuoted(c);
    } else if (c == '\'' || c == '"') {
      quote_ = c;
      Word();
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      EndWord();
    } else {
      Word() += c;
    }
  }

  void TakeEscaped(char c) {
    escaped_ = false;
    if (quote_ == '"' && c != '"' && c != '\\') Word() += '\\';
    Word() += c;
  }

  void TakeQuoted(char c) {
    if (c == quote_) {
      quote_ = '\0';
    } else {
      Word() += c;
    }
  }

  // The word that is being read, begun if there is none.
  std::string& Word() {
    if (!word_) word_.emplace();
    return *word_;
  }

  void EndWord() {
    if (word_) words_.push_back(*std::move(word_));
    word_.reset();
  }

  std::vector<std::string> words_;
  std::optional<std::string> word_;
  char quote_ = '\0';  // the one that is open
  bool escaped_ = false;
};

}  // namespace

support::Result<std::vector<std::string>> SplitCommand(std::string_view text) {
  return Splitter().Split(text);
}

}  // namespace ecsd::aws
