#include <fmt/core.h>

#include <string>

#include "sim/answer.h"
#include "sim/ec2_api.h"
#include "sim/http_request.h"
#include "sim/xml_text.h"

namespace ecsd::sim {

ApiResult DescribeNetworkInterfaces(const Ec2Call& call) {
  std::string items;
  for (const auto& [name, value] : call.parameters) {
    if (!name.starts_with("NetworkInterfaceId.")) continue;
    items += "<item>" + TextElement("networkInterfaceId", value) +
             "<status>in-use</status><interfaceType>interface</interfaceType></item>";
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeNetworkInterfacesResponse "
      "xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>{}</requestId>"
      "<networkInterfaceSet>{}</networkInterfaceSet></DescribeNetworkInterfacesResponse>",
      call.request_id, items);
}

}  // namespace ecsd::sim
