#pragma once

#include "aws/ec2_client.h"
#include "aws/ecs_client.h"
#include "aws/ssm_client.h"

namespace ecsd::discovery {

// The clients of one account in one region.
struct AccountClients {
  const aws::EcsClient& ecs;
  aws::Ec2Client& ec2;
  const aws::SsmClient& ssm;
};

}  // namespace ecsd::discovery
