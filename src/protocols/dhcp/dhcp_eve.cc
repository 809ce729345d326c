#include "protocols/dhcp/dhcp_eve.h"

#include <string>

#include "event/json_writer.h"
#include "protocols/dhcp/dhcp_parser.h"
#include "protocols/text/colon_hex.h"

namespace culvert::dhcp {
namespace {

constexpr std::uint8_t kAck = 5;

struct DhcpEveOptions final : EveOptionsBase {
  bool extended = false;
};

std::unique_ptr<EveOptionsBase> parse_options(const ConfigNode* node, Complaints& complaints) {
  auto options = std::make_unique<DhcpEveOptions>();
  if (node != nullptr) options->extended = node->boolean("extended", false, complaints);
  return options;
}

std::string address(Bytes four) {
  std::string text;
  if (four.size() != 4) return text;
  for (const std::byte byte : four) {
    text += (text.empty() ? "" : ".") + std::to_string(std::to_integer<int>(byte));
  }
  return text;
}

void write_addresses(std::string_view key, Bytes value, JsonWriter& json) {
  json.begin_array(key);
  for (; value.size() >= 4; value = value.subspan(4)) json.item(address(value.first(4)));
  json.end_array();
}

/// Those parameters that have a name in the records; the others are left out.
std::string_view name_of_parameter(std::uint8_t code) {
  switch (code) {
    case 1:
      return "subnet_mask";
    case 3:
      return "router";
    case 6:
      return "dns_server";
    case 15:
      return "domain";
    case 35:
      return "arp_timeout";
    case 42:
      return "ntp_server";
    case 66:
      return "tftp_server_name";
    case 150:
      return "tftp_server_ip";
    default:
      return {};
  }
}

std::string_view name_of_type(std::uint8_t type) {
  constexpr std::string_view kTypes[] = {"unknown", "discover", "offer",   "request", "decline",
                                         "ack",     "nak",      "release", "inform"};
  return type < std::size(kTypes) ? kTypes[type] : kTypes[0];
}

void write_option(const Option& option, bool extended, JsonWriter& json) {
  const auto number = [&](std::string_view key) {
    std::uint32_t value = 0;
    for (const std::byte byte : option.value.first(4)) {
      value = value << 8 | std::to_integer<std::uint32_t>(byte);
    }
    json.field(key, value);
  };
  switch (option.code) {
    case kMessageType:
      json.field("dhcp_type", name_of_type(std::to_integer<std::uint8_t>(option.value[0])));
      return;
    case kHostname:
      if (!option.value.empty()) json.field("hostname", option.value);
      return;
    case kRenewalTime:
      number("renewal_time");
      return;
    case kClientId:
      json.field("client_id", colon_hex(option.value));
      return;
    default:
      break;
  }
  if (!extended) return;
  switch (option.code) {
    case kSubnetMask:
      json.field("subnet_mask", address(option.value));
      break;
    case kRouters:
      write_addresses("routers", option.value, json);
      break;
    case kDnsServers:
      write_addresses("dns_servers", option.value, json);
      break;
    case kRequestedIp:
      json.field("requested_ip", address(option.value));
      break;
    case kLeaseTime:
      number("lease_time");
      break;
    case kRebindingTime:
      number("rebinding_time");
      break;
    case kVendorClass:
      json.field("vendor_class_identifier", option.value);
      break;
    case kParameters:
      json.begin_array("params");
      for (const std::byte code : option.value) {
        const std::string_view name = name_of_parameter(std::to_integer<std::uint8_t>(code));
        if (!name.empty()) json.item(name);
      }
      json.end_array();
      break;
    default:
      break;
  }
}

void write(const Message& message, bool extended, JsonWriter& json) {
  json.begin_object("dhcp");
  json.field("type", message.operation == 1   ? "request"
                     : message.operation == 2 ? "reply"
                                              : "<unknown>");
  json.field("id", message.id);
  json.field("client_mac", colon_hex(message.client_mac));
  json.field("assigned_ip", address(message.assigned_ip));
  if (extended) {
    json.field("client_ip", address(message.client_ip));
    if (message.operation == 2) {
      json.field("relay_ip", address(message.relay_ip));
      json.field("next_server_ip", address(message.next_server_ip));
    }
  }
  for (const Option& option : message.options) write_option(option, extended, json);
  json.end_object();
}

/// Without `extended`, only what gives an address away: acknowledgements.
bool write_eve(const Flow&, const Transaction& transaction, Direction direction,
               const EveOptionsBase* options, JsonWriter& json) {
  const auto& tx = static_cast<const DhcpTransaction&>(transaction);
  const bool extended = options != nullptr && static_cast<const DhcpEveOptions*>(options)->extended;
  if (tx.direction != direction || (!extended && tx.message.type() != kAck)) return false;
  write(tx.message, extended, json);
  return true;
}

}  // namespace

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  write(static_cast<const DhcpTransaction&>(transaction).message, true, json);
}

constinit const EveLogger kDhcpLoggers[1] = {{.event_type = "dhcp",
                                              .parse_options = parse_options,
                                              .to_server_progress = 1,
                                              .to_client_progress = 1,
                                              .once = false,
                                              .write = write_eve}};

}  // namespace culvert::dhcp
