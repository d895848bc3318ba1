#include "sim/service.h"

#include <fmt/core.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/ec2_api.h"
#include "sim/ecs_api.h"
#include "sim/fault_answers.h"
#include "sim/faults.h"
#include "sim/http_request.h"
#include "sim/key_ring.h"
#include "sim/request_ids.h"
#include "sim/sigv4_verifier.h"
#include "sim/ssm_api.h"
#include "sim/sts_api.h"
#include "support/mutex.h"

namespace ecsd::sim {
namespace {

constexpr std::string_view kEcsPrefix = "AmazonEC2ContainerServiceV20141113.";
constexpr std::string_view kSsmPrefix = "AmazonSSM.";
constexpr std::string_view kJsonType = "application/x-amz-json-1.1";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";
constexpr std::string_view kEc2Version = "2016-11-15";
constexpr std::string_view kStsVersion = "2011-06-15";

std::string ParameterOf(const std::vector<NamedText>& parameters, std::string_view wanted) {
  for (const auto& [name, value] : parameters) {
    if (name == wanted) return value;
  }
  return {};
}

bool HasType(const HttpRequest& request, std::string_view type) {
  return FindHeader(request, "content-type").value_or("").starts_with(type);
}

ApiError JsonRefusal(const Refusal& refusal) {
  switch (refusal.kind) {
    case RefusalKind::kNotSigned:
      return {
          .status = 400, .code = "MissingAuthenticationTokenException", .message = refusal.message};
    case RefusalKind::kIncomplete:
      return {.status = 400, .code = "IncompleteSignatureException", .message = refusal.message};
    case RefusalKind::kUnknownKey:
      return {.status = 400, .code = "UnrecognizedClientException", .message = refusal.message};
    case RefusalKind::kTokenExpired:
      return {.status = 400, .code = "ExpiredTokenException", .message = refusal.message};
    case RefusalKind::kBadSignature:
    case RefusalKind::kClockSkew:
      break;
  }
  return {.status = 400, .code = "InvalidSignatureException", .message = refusal.message};
}

ApiError StsRefusal(const Refusal& refusal) {
  switch (refusal.kind) {
    case RefusalKind::kNotSigned:
      return {.status = 403,
              .code = "MissingAuthenticationToken",
              .message = "Request is missing Authentication Token"};
    case RefusalKind::kIncomplete:
      return {.status = 400, .code = "IncompleteSignature", .message = refusal.message};
    case RefusalKind::kUnknownKey:
      return {.status = 403, .code = "InvalidClientTokenId", .message = refusal.message};
    case RefusalKind::kTokenExpired:
      return {.status = 403, .code = "ExpiredToken", .message = refusal.message};
    case RefusalKind::kBadSignature:
    case RefusalKind::kClockSkew:
      break;
  }
  return {.status = 403, .code = "SignatureDoesNotMatch", .message = refusal.message};
}

// EC2 says less than the others about what is wrong.
ApiError Ec2Refusal(const Refusal& refusal) {
  if (refusal.kind == RefusalKind::kClockSkew || refusal.kind == RefusalKind::kTokenExpired) {
    return {.status = 400, .code = "RequestExpired", .message = "Request has expired."};
  }
  return {.status = 401,
          .code = "AuthFailure",
          .message = "AWS was not able to validate the provided access credentials"};
}

ApiError RefusalError(Protocol protocol, const Refusal& refusal) {
  switch (protocol) {
    case Protocol::kEcs:
    case Protocol::kSsm:
      return JsonRefusal(refusal);
    case Protocol::kEc2:
      return Ec2Refusal(refusal);
    case Protocol::kSts:
      break;
  }
  return StsRefusal(refusal);
}

tl::unexpected<ApiError> UnknownQueryAction(Protocol protocol, std::string_view operation,
                                            std::string_view version) {
  if (protocol == Protocol::kEc2) {
    return FailApi(400, "InvalidAction",
                   fmt::format("The action {} is not valid for this web service.", operation));
  }
  return FailApi(400, "InvalidAction",
                 fmt::format("Could not find operation {} for version {}", operation,
                             version.empty() ? "NO_VERSION_SPECIFIED" : version));
}

}  // namespace

struct Service::Call {
  Protocol protocol = Protocol::kEcs;
  std::string operation;
  std::string version;                // of a query API
  std::vector<NamedText> parameters;  // of a query API
  std::string request_id;
  AccessKey caller;
  bool known = false;
};

namespace {

// Fills in which operation of which service X-Amz-Target names; false: of none.
template <typename Call>
bool AddressJson(std::string_view target, Call& call) {
  if (target.starts_with(kEcsPrefix)) {
    call.operation = target.substr(kEcsPrefix.size());
    call.known = IsEcsOperation(call.operation);
  } else if (target.starts_with(kSsmPrefix)) {
    call.protocol = Protocol::kSsm;
    call.operation = target.substr(kSsmPrefix.size());
    call.known = IsSsmOperation(call.operation);
  }
  return call.known;
}

// The same for a whole request.
template <typename Call>
bool Address(const HttpRequest& request, Call& call) {
  if (const auto target = FindHeader(request, "x-amz-target")) {
    if (!HasType(request, kJsonType)) return false;
    return AddressJson(*target, call);
  }
  call.parameters = ParseForm(request.query);
  if (HasType(request, kFormType)) {
    for (NamedText& one : ParseForm(request.body)) call.parameters.push_back(std::move(one));
  }
  call.operation = ParameterOf(call.parameters, "Action");
  call.version = ParameterOf(call.parameters, "Version");
  const bool ec2 = call.operation == "DescribeInstances" || call.version == kEc2Version;
  call.protocol = ec2 ? Protocol::kEc2 : Protocol::kSts;
  call.known = ec2 ? call.operation == "DescribeInstances" && call.version == kEc2Version
                   : (call.operation == "AssumeRole" || call.operation == "GetCallerIdentity") &&
                         call.version == kStsVersion;
  return !call.operation.empty();
}

}  // namespace

Service::Service(Account& account, KeyRing& keys, FaultPlan& faults, ServiceRules rules, Clock now)
    : account_(account), keys_(keys), faults_(faults), rules_(rules), now_(std::move(now)) {}

Answer Service::Handle(const HttpRequest& request) {
  Call call;
  call.request_id = NextRequestId();
  if (!Address(request, call)) {
    return MakeAnswer(Protocol::kEcs, FailApi(404, "UnknownOperationException", ""),
                      call.request_id);
  }
  const auto verdict = VerifySigV4(
      request, {.region = account_.region(), .service = std::string(ServiceName(call.protocol))},
      [this](std::string_view id) { return keys_.Find(id); }, now_());
  if (!verdict) {
    Count("_rejected");
    return MakeAnswer(call.protocol, tl::unexpected(RefusalError(call.protocol, verdict.error())),
                      call.request_id);
  }
  call.caller = *verdict;
  return Dispatch(request, call);
}

Answer Service::Dispatch(const HttpRequest& request, Call& call) {
  if (!call.known) {
    return MakeAnswer(call.protocol,
                      UnknownQueryAction(call.protocol, call.operation, call.version),
                      call.request_id);
  }
  Count(call.operation);
  const std::optional<FaultKind> fault = faults_.Take(call.operation);
  Answer right = MakeAnswer(call.protocol, Perform(call, request.body, fault), call.request_id);
  if (!fault || IsTwist(*fault)) return right;
  return Strike(*fault,
                {.protocol = call.protocol,
                 .operation = call.operation,
                 .principal_arn = call.caller.principal_arn,
                 .request_id = call.request_id},
                std::move(right));
}

ApiResult Service::Perform(const Call& call, const std::string& body,
                           std::optional<FaultKind> twist) {
  if (call.protocol == Protocol::kEcs) {
    return CallEcs(call.operation, body, account_, rules_.paging, twist);
  }
  if (call.protocol == Protocol::kSsm) {
    return DescribeInstanceInformation(body, account_, rules_.paging, twist);
  }
  if (call.protocol == Protocol::kEc2) {
    return DescribeInstances({.account = account_,
                              .paging = rules_.paging,
                              .parameters = call.parameters,
                              .request_id = call.request_id,
                              .twist = twist});
  }
  const StsCall sts{.caller = call.caller,
                    .account_id = account_.id(),
                    .parameters = call.parameters,
                    .request_id = call.request_id,
                    .now = now_(),
                    .session_lifetime = rules_.session_lifetime};
  return call.operation == "AssumeRole" ? AssumeRole(sts, keys_) : GetCallerIdentity(sts);
}

void Service::Count(const std::string& action) {
  const support::MutexLock lock(mutex_);
  ++calls_[action];
}

std::map<std::string, std::uint64_t> Service::Calls() const {
  const support::MutexLock lock(mutex_);
  return calls_;
}

void Service::ResetCalls() {
  const support::MutexLock lock(mutex_);
  calls_.clear();
}

}  // namespace ecsd::sim
