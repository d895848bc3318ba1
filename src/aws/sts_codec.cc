#include "aws/sts_codec.h"

#include <fmt/core.h>

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

using support::Result;

constexpr std::string_view kStsVersion = "2011-06-15";

Form RoleForm(std::string_view action, const RoleRequest& request) {
  Form form(action, kStsVersion);
  form.Add("RoleArn", request.arn).Add("RoleSessionName", request.session_name);
  if (request.duration) form.Add("DurationSeconds", fmt::format("{}", request.duration->count()));
  return form;
}

Result<Credentials> DecodeSession(const std::string& action, const std::string& body) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(body.data(), body.size());
  const auto given = document.child((action + "Response").c_str())
                         .child((action + "Result").c_str())
                         .child("Credentials");
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
    return support::Fail(
        support::ErrorKind::kMalformed,
        fmt::format("the answer is no {}Response in XML with whole credentials", action));
  }
  return credentials;
}

}  // namespace

std::string EncodeAssumeRole(const RoleRequest& request) {
  auto form = RoleForm("AssumeRole", request);
  if (!request.external_id.empty()) form.Add("ExternalId", request.external_id);
  return form.body();
}

Result<Credentials> DecodeAssumeRole(const std::string& body) {
  return DecodeSession("AssumeRole", body);
}

std::string EncodeAssumeRoleWithWebIdentity(const RoleRequest& request,
                                            const support::Secret& token) {
  return RoleForm("AssumeRoleWithWebIdentity", request)
      .Add("WebIdentityToken", token.Reveal())
      .body();
}

Result<Credentials> DecodeAssumeRoleWithWebIdentity(const std::string& body) {
  return DecodeSession("AssumeRoleWithWebIdentity", body);
}

std::string EncodeGetCallerIdentity() {
  return Form("GetCallerIdentity", kStsVersion).body();
}

Result<std::string> DecodeGetCallerIdentity(const std::string& body) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(body.data(), body.size());
  std::string arn = document.child("GetCallerIdentityResponse")
                        .child("GetCallerIdentityResult")
                        .child_value("Arn");
  if (!parsed || arn.empty()) {
    return support::Fail(support::ErrorKind::kMalformed,
                         "the answer is no GetCallerIdentityResponse in XML; is something between "
                         "here and AWS (a proxy) answering instead?");
  }
  return arn;
}

}  // namespace ecsd::aws
