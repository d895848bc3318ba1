#pragma once

#include <optional>
#include <string>

#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/source_tools.h"
#include "support/result.h"
#include "support/secret.h"

namespace ecsd::aws {

// The endpoint that gives a container its credentials: the agent of ECS, that of EKS Pod Identity,
// or another local one.
struct ContainerEndpoint {
  std::string url;         // its path may be a secret, so it is never shown
  std::string where;       // for people: "AWS_CONTAINER_CREDENTIALS_FULL_URI"
  std::string token_file;  // with what the Authorization header is; empty: `token`
  support::Secret token;   // empty: no such header
  friend bool operator==(const ContainerEndpoint&, const ContainerEndpoint&) = default;
};

// The endpoint that the environment names: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, a path on
// 169.254.170.2, else AWS_CONTAINER_CREDENTIALS_FULL_URI; nothing when neither is set. A full URI
// must be https, or have a host that does not leave the machine: a loopback address, localhost,
// 169.254.170.2 (ECS), 169.254.170.23 or fd00:ec2::23 (EKS Pod Identity); kConfig otherwise, for
// the token would be given away. AWS SDKs and Tools Reference Guide, "Container credential
// provider".
[[nodiscard]] support::Result<std::optional<ContainerEndpoint>> FindContainerEndpoint(
    const Environment& environment);

// Asks such an endpoint. The file with the token is read anew by each Fetch.
class ContainerSource final : public CredentialSource {
 public:
  ContainerSource(const SourceTools& tools, ContainerEndpoint endpoint);
  [[nodiscard]] support::Result<Credentials> Fetch(const Deadline& deadline) override;

 private:
  const SourceTools tools_;
  const ContainerEndpoint endpoint_;
};

}  // namespace ecsd::aws
