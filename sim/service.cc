#include "sim/service.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/account.h"
#include "sim/answer.h"
#include "sim/credential_endpoints.h"
#include "sim/ec2_api.h"
#include "sim/ecs_api.h"
#include "sim/fault_answers.h"
#include "sim/faults.h"
#include "sim/http_request.h"
#include "sim/json.h"
#include "sim/key_ring.h"
#include "sim/request_ids.h"
#include "sim/sigv4_verifier.h"
#include "sim/ssm_api.h"
#include "sim/sts_api.h"

namespace ecsd::sim {
namespace {

constexpr std::string_view kEcsPrefix = "AmazonEC2ContainerServiceV20141113.";
constexpr std::string_view kSsmPrefix = "AmazonSSM.";
constexpr std::string_view kJsonType = "application/x-amz-json-1.1";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";
constexpr std::string_view kEc2Version = "2016-11-15";
constexpr std::string_view kStsVersion = "2011-06-15";
constexpr std::string_view kUnsigned = "AssumeRoleWithWebIdentity";
constexpr auto kStsOperations =
    std::to_array<std::string_view>({"AssumeRole", kUnsigned, "GetCallerIdentity"});

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
    case Protocol::kPortal:
    case Protocol::kContainer:
    case Protocol::kMetadata:
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
  const bool known_by_ec2 =
      call.operation == "DescribeInstances" || call.operation == "DescribeNetworkInterfaces";
  const bool ec2 = known_by_ec2 || call.version == kEc2Version;
  call.protocol = ec2 ? Protocol::kEc2 : Protocol::kSts;
  call.known = ec2 ? known_by_ec2 && call.version == kEc2Version
                   : std::ranges::find(kStsOperations, call.operation) != kStsOperations.end() &&
                         call.version == kStsVersion;
  return !call.operation.empty();
}

std::optional<std::chrono::seconds> SessionLifetime(const std::optional<Fault>& fault,
                                                    std::optional<std::chrono::seconds> usual) {
  if (!fault || fault->kind != FaultKind::kExpiring) return usual;
  return std::chrono::duration_cast<std::chrono::seconds>(fault->duration);
}

// Whether the text is `name`, as an ARN, a short id, or a family with or without its revision.
bool IsNamed(std::string_view text, std::string_view name) {
  const std::string_view id = ShortId(text);
  return id == name || id.substr(0, id.rfind(':')) == name;
}

// Whether an ECS call is about the cluster or the task definition `name`.
template <typename Call>
bool IsAbout(const Call& call, const std::string& body, std::string_view name) {
  if (call.protocol != Protocol::kEcs) return false;
  const std::optional<Json> input = ParseJson(body);
  if (!input) return false;
  if (IsNamed(TextOf(*input, "cluster"), name)) return true;
  if (IsNamed(TextOf(*input, "taskDefinition"), name)) return true;
  return std::ranges::any_of(ItemsOf(*input, "clusters"), [&](const Json& one) {
    return one.is_string() && IsNamed(one.get<std::string>(), name);
  });
}

}  // namespace

Service::Service(const Parts& parts, ServiceRules rules, const Clock& now)
    : account_(parts.account),
      keys_(parts.keys),
      faults_(parts.faults),
      tokens_(parts.tokens),
      churn_(parts.churn),
      rules_(std::move(rules)),
      now_(now),
      buckets_(static_cast<double>(rules_.limits_percent) / 100),
      credential_endpoints_({.account = parts.account,
                             .keys = parts.keys,
                             .faults = parts.faults,
                             .calls = calls_,
                             .tokens = parts.tokens,
                             .lifetime = rules_.session_lifetime,
                             .now = now}) {}

Answer Service::Handle(const HttpRequest& request) {
  if (CredentialEndpoints::Has(request.path)) return credential_endpoints_.Handle(request);
  Call call;
  call.request_id = NextRequestId();
  if (!Address(request, call)) {
    return MakeAnswer(Protocol::kEcs, FailApi(404, "UnknownOperationException", ""),
                      call.request_id);
  }
  if (call.known && call.operation == kUnsigned) return Dispatch(request, call);
  const auto verdict = VerifySigV4(
      request, {.region = account_.region(), .service = std::string(ServiceName(call.protocol))},
      [this](std::string_view id) { return keys_.Find(id); }, now_());
  if (!verdict) {
    calls_.Add("_rejected");
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
  calls_.Add(call.operation);
  std::optional<Fault> fault = faults_.Take(
      call.operation, [&](std::string_view name) { return IsAbout(call, request.body, name); });
  Answer right;
  if (IsThrottled(call)) {
    calls_.Add("_throttled");
    fault = Fault{.action = call.operation, .kind = FaultKind::kThrottle};
  } else {
    right = MakeAnswer(call.protocol, Perform(call, request.body, fault), call.request_id);
  }
  if (!fault || IsTwist(fault->kind)) return right;
  return Strike(*fault,
                {.protocol = call.protocol,
                 .operation = call.operation,
                 .principal_arn = call.caller.principal_arn,
                 .request_id = call.request_id},
                std::move(right));
}

bool Service::IsThrottled(const Call& call) {
  return rules_.published_limits &&
         !buckets_.Take(call.protocol, call.operation, CallBuckets::Clock::now());
}

ApiResult Service::Perform(const Call& call, const std::string& body,
                           const std::optional<Fault>& fault) {
  std::optional<FaultKind> twist;
  if (fault) twist = fault->kind;
  const auto reading = account_.Reading();
  if (call.protocol == Protocol::kEcs) {
    return CallEcs(call.operation, body, account_, rules_.paging, twist);
  }
  if (call.protocol == Protocol::kSsm) {
    return DescribeInstanceInformation(body, account_, rules_.paging, twist);
  }
  if (call.protocol == Protocol::kEc2) {
    const Ec2Call ec2{.account = account_,
                      .paging = rules_.paging,
                      .parameters = call.parameters,
                      .request_id = call.request_id,
                      .twist = twist};
    return call.operation == "DescribeInstances" ? DescribeInstances(ec2)
                                                 : DescribeNetworkInterfaces(ec2);
  }
  const StsCall sts{.caller = call.caller,
                    .account_id = account_.id(),
                    .parameters = call.parameters,
                    .request_id = call.request_id,
                    .now = now_(),
                    .twist = twist,
                    .session_lifetime = SessionLifetime(fault, rules_.session_lifetime),
                    .external_ids = rules_.external_ids,
                    .tokens = tokens_};
  if (call.operation == kUnsigned) return AssumeRoleWithWebIdentity(sts, keys_);
  return call.operation == "AssumeRole" ? AssumeRole(sts, keys_) : GetCallerIdentity(sts);
}

}  // namespace ecsd::sim
