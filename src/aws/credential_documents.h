#pragma once

#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "support/clock.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::aws {

// The JSON documents that credentials come in. Pure. Failures are kMalformed and never quote the
// document, which holds secrets; `source` of what they give is empty.

// What the endpoint of a container gives (ECS task roles, EKS Pod Identity): AccessKeyId,
// SecretAccessKey, and, unless they are for ever, Token and Expiration. AWS SDKs and Tools
// Reference Guide, "Container credential provider".
[[nodiscard]] support::Result<Credentials> DecodeContainerCredentials(const std::string& text);

// What the metadata service of an EC2 instance gives: the same, whole, with Code "Success"; another
// Code is an error that names it. EC2 User Guide, "Retrieve security credentials from instance
// metadata".
[[nodiscard]] support::Result<Credentials> DecodeInstanceCredentials(const std::string& text);

// What a credential_process prints: Version 1, AccessKeyId, SecretAccessKey, perhaps SessionToken
// and Expiration. AWS SDKs and Tools Reference Guide, "Process credential provider".
[[nodiscard]] support::Result<Credentials> DecodeProcessCredentials(const std::string& text);

// What the portal of IAM Identity Center gives: roleCredentials with expiration in milliseconds
// since 1970. AWS IAM Identity Center Portal API, GetRoleCredentials.
[[nodiscard]] support::Result<Credentials> DecodeSsoCredentials(const std::string& text);

// A login as `aws sso login` keeps it in its cache.
struct SsoToken {
  support::Secret access_token;
  support::SystemTime expires;
  friend bool operator==(const SsoToken&, const SsoToken&) = default;
};
[[nodiscard]] support::Result<SsoToken> DecodeSsoToken(const std::string& text);

// The code and message of an error document of a container's endpoint or the portal, as "code:
// message"; empty when it is none.
[[nodiscard]] std::string DecodeDocumentError(const std::string& text);

}  // namespace ecsd::aws
