#include "core/target.h"

#include <string>
#include <tuple>
#include <vector>

namespace ecsd::core {

std::vector<Label> LabelsOf(const Target& target) {
  std::vector<Label> labels;
  labels.reserve(kLabelFields.size());
  for (const LabelField& field : kLabelFields) {
    const std::string& value = target.*field.value;
    if (!value.empty()) labels.push_back({.name = field.name, .value = value});
  }
  return labels;
}

bool FileOrder(const Target& left, const Target& right) {
  return std::tie(left.task_arn, left.container_name, left.container_arn, left.address) <
         std::tie(right.task_arn, right.container_name, right.container_arn, right.address);
}

}  // namespace ecsd::core
