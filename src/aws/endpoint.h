#pragma once

#include <string>
#include <string_view>

#include "support/result.h"

namespace ecsd::aws {

// The AWS service interfaces we call, by what each is known by.
struct Service {
  std::string_view id;            // for AWS_ENDPOINT_URL_<ID> and messages: "ECS"
  std::string_view host_prefix;   // of its endpoint: "ecs"
  std::string_view signing_name;  // in a signature's scope: "ecs"
  // In GovCloud its plain endpoint is the FIPS one (botocore's endpoint rule sets).
  bool plain_is_fips_in_gov = true;
};

// Which of a service's regional endpoints to call.
struct EndpointVariant {
  bool fips = false;
  bool dual_stack = false;
  friend bool operator==(const EndpointVariant&, const EndpointVariant&) = default;
};

inline constexpr Service kEcs{
    .id = "ECS", .host_prefix = "ecs", .signing_name = "ecs", .plain_is_fips_in_gov = false};
inline constexpr Service kEc2{.id = "EC2", .host_prefix = "ec2", .signing_name = "ec2"};
inline constexpr Service kSsm{.id = "SSM", .host_prefix = "ssm", .signing_name = "ssm"};
inline constexpr Service kSts{.id = "STS", .host_prefix = "sts", .signing_name = "sts"};
// The portal that gives credentials for a login with IAM Identity Center; its calls are not signed.
inline constexpr Service kSso{
    .id = "SSO", .host_prefix = "portal.sso", .signing_name = "awsssoportal"};

// The regional endpoint, such as "https://ecs.eu-west-1.amazonaws.com/", in the partition that the
// region belongs to; an unknown region is taken to be of partition aws (as the endpoint rules of
// the SDKs do).
[[nodiscard]] std::string RegionalEndpoint(const Service& service, std::string_view region,
                                           EndpointVariant variant = {});

// Checks that `region` can be a label of a host name, and is no zone of a region. kConfig if not.
[[nodiscard]] support::Result<void> CheckRegion(std::string_view region);

// Checks an endpoint that a user gave: http or https, a host (an IPv6 address in brackets), perhaps
// a port, no query, no user name, and a path of unreserved characters. The result ends in '/'.
// `where` names the setting in messages. kConfig on failure.
[[nodiscard]] support::Result<std::string> CheckEndpointUrl(std::string_view url,
                                                            std::string_view where);

}  // namespace ecsd::aws
