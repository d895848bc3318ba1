#include "aws/sts_client.h"

#include <string>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/sts_codec.h"
#include "aws/typed_call.h"
#include "support/result.h"

namespace ecsd::aws {

support::Result<std::string> StsClient::GetCallerIdentity(const Deadline& deadline) const {
  return CallFor(client_, QueryCall(kSts, "GetCallerIdentity", EncodeGetCallerIdentity()),
                 DecodeGetCallerIdentity, deadline);
}

}  // namespace ecsd::aws
