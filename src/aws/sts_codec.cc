#include "aws/sts_codec.h"

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "aws/form.h"
#include "support/result.h"
#include "support/rfc3339.h"
#include "support/secret.h"

namespace ecsd::aws {
namespace {

constexpr std::string_view kVersion = "2011-06-15";

}  // namespace

std::string EncodeAssumeRole(std::string_view role_arn, std::string_view session_name) {
  return Form("AssumeRole", kVersion)
      .Add("RoleArn", role_arn)
      .Add("RoleSessionName", session_name)
      .body();
}

support::Result<Credentials> DecodeAssumeRole(const std::string& body) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(body.data(), body.size());
  const auto given =
      document.child("AssumeRoleResponse").child("AssumeRoleResult").child("Credentials");
  Credentials credentials{
      .access_key_id = given.child_value("AccessKeyId"),
      .secret_access_key = support::Secret(given.child_value("SecretAccessKey")),
      .session_token = support::Secret(given.child_value("SessionToken")),
      .expires = support::ParseRfc3339(given.child_value("Expiration")),
      .source = {}};
  const bool whole = parsed && !credentials.access_key_id.empty() &&
                     !credentials.secret_access_key.empty() && !credentials.session_token.empty() &&
                     credentials.expires;
  if (!whole) {
    return support::Fail(support::ErrorKind::kMalformed,
                         "the answer is no AssumeRoleResponse in XML with whole credentials");
  }
  return credentials;
}

std::string EncodeGetCallerIdentity() {
  return Form("GetCallerIdentity", kVersion).body();
}

support::Result<std::string> DecodeGetCallerIdentity(const std::string& body) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(body.data(), body.size());
  std::string arn = document.child("GetCallerIdentityResponse")
                        .child("GetCallerIdentityResult")
                        .child_value("Arn");
  if (!parsed || arn.empty()) {
    return support::Fail(support::ErrorKind::kMalformed,
                         "the answer is no GetCallerIdentityResponse in XML");
  }
  return arn;
}

}  // namespace ecsd::aws
