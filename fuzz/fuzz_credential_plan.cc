// Profiles and what credentials they come to: always a plan with something to do, or one line.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "aws/credential_plan.h"
#include "aws/credential_process.h"
#include "aws/environment.h"
#include "aws/profile_choice.h"
#include "aws/profile_file.h"
#include "fuzz/properties.h"
#include "support/result.h"

namespace ecsd::fuzz {
namespace {

void CheckPlan(std::string_view text) {
  aws::SharedFiles files;
  if (!aws::AddSharedFile(aws::SharedFileKind::kConfig, "/c", text, files)) return;
  const aws::ProfileChoice choice{.config_path = "/c", .credentials_path = "", .name = "default"};
  const aws::Environment environment;
  const auto plan = aws::PlanCredentials(environment, choice, files);
  const auto again = aws::PlanCredentials(environment, choice, files);
  Require(plan.has_value() == again.has_value() && (!plan || *plan == *again),
          "planning is repeatable");
  if (!plan) {
    Require(plan.error().kind == support::ErrorKind::kConfig, "a bad profile must be changed");
    CheckMessage(plan.error().message);
    return;
  }
  const auto* process = std::get_if<aws::CredentialProcess>(&plan->base);
  Require(process == nullptr || !process->words.empty(), "a process names a program");
  Require(plan->roles.size() <= files.profiles.size(), "no profile is assumed twice");
  for (const auto& role : plan->roles) Require(!role.arn.empty(), "a role has an ARN");
}

}  // namespace
}  // namespace ecsd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecsd::fuzz::CheckPlan({reinterpret_cast<const char*>(data), size});
  return 0;
}
