#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/reach.h"
#include "core/records.h"

namespace ecsd::core {

// How people write ports in docker labels, and what each means.
using PortText = std::pair<std::string_view, std::optional<std::uint16_t>>;
inline constexpr std::array<PortText, 16> kPortTexts = {{{"9102", 9102},
                                                         {"9102", 9102},
                                                         {"9105", 9105},
                                                         {"8080", 8080},
                                                         {"8080", 8080},
                                                         {" +8081\n", 8081},
                                                         {"32770", 32770},
                                                         {"1", 1},
                                                         {"65535", 65535},
                                                         {"53", 53},
                                                         {"", {}},
                                                         {"0", {}},
                                                         {"65536", {}},
                                                         {"-1", {}},
                                                         {"9 102", {}},
                                                         {"9102/tcp", {}}}};

// The same numbers for the same seed, with every standard library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  std::size_t Below(std::size_t limit) { return engine_() % limit; }
  bool Percent(std::size_t chance) { return Below(100) < chance; }
  template <typename T>
  const T& OneOf(std::span<const T> choices) {
    return choices[Below(choices.size())];
  }
  std::string Text(std::initializer_list<std::string_view> choices) {
    return std::string(std::data(choices)[Below(choices.size())]);
  }
  template <typename T>
  void Shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

struct Account {
  std::map<std::string, TaskDefinition> definitions;  // by ARN
  std::map<std::string, Instance> instances;          // by container instance ARN
  std::vector<Task> tasks;

  [[nodiscard]] References ReferencesOf(const Task& task) const {
    References references;
    if (const auto found = definitions.find(task.definition_arn); found != definitions.end()) {
      references.definition = &found->second;
    }
    if (const auto found = instances.find(task.container_instance_arn); found != instances.end()) {
      references.instance = &found->second.addresses;
      references.instance_id = found->second.id;
    }
    return references;
  }
};

// An account of 200 tasks in every mode, with parts missing, twins, ranges, collisions and labels
// of every kind; the same one for the same seed. Docker labels for ports are those of kPortTexts.
[[nodiscard]] Account RandomAccount(std::uint64_t seed);

// `account` as another answer could have told it: in another order.
[[nodiscard]] Account Shuffled(Account account, Dice& dice);

}  // namespace ecsd::core
