#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/account.h"
#include "sim/faults.h"
#include "sim/json.h"

namespace ecsd::sim {

// What a description lists.
enum class ItemSort : std::uint8_t {
  kTask,
  kContainerInstance,
  kCluster,
  kInstance,         // of EC2, in the form of an account file
  kManagedInstance,  // of Systems Manager
};

// True for kOtherItem and all that follow it: each turns a right response into one that is
// well-formed but wrong in what it says.
[[nodiscard]] bool IsLie(FaultKind kind);

// Bends the items of a description:
//   kOtherItem         the first item is one that was not asked for
//   kOtherCluster      tasks have another clusterArn, container instances the ARN of another
//   cluster kWrongParent       containers name another task kConflictingTwins  the first item is
//   there twice, with other content each time kNoStatus, kUnknownStatus kNoContainers      no
//   member `containers`, or (every other item) an empty one kNoNames           containers without a
//   name kStale             an older version, with other addresses kWildVersion       version 2^62,
//   with other addresses kLess              the same version, without addresses, attachments and
//   bindings kOtherValues       the same version, with other addresses kNoVersion kNoAddress
//   instances without addresses kDeadState         instances of EC2 that are terminated
// An item for which the kind has no meaning stays as it is: so do tasks without a version when the
// lie is about versions.
void TellLie(FaultKind kind, ItemSort sort, Json& items);

// The same for the body of a response of ECS. Of a definition kOtherItem makes another one of the
// account, kNoContainers an empty list, kNoNames containers without names; of a listing of tasks
// kOtherCluster makes ARNs of another cluster.
[[nodiscard]] std::string BelieBody(FaultKind kind, std::string_view operation, std::string body,
                                    const Account& account);

}  // namespace ecsd::sim
