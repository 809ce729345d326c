#include "protocols/http2/doh2_protocol.h"

#include "protocols/dns/dns_eve.h"
#include "protocols/http2/http2_eve.h"
#include "protocols/http2/http2_parser.h"
#include "protocols/http2/http2_protocol.h"

namespace culvert::http2 {
namespace {

std::unique_ptr<AppParser> make_doh2_parser(const ProtocolContext& context, Flow&) {
  return std::make_unique<Http2Parser>(static_cast<const Http2Context&>(context));
}

/// The response, or before it has come the request.
const dns::DnsTransaction* dns_to_show(const Transaction& transaction) {
  const auto& tx = static_cast<const Http2Transaction&>(transaction);
  const dns::DnsTransaction* const response = tx.dns(Direction::kToClient);
  return response != nullptr ? response : tx.dns(Direction::kToServer);
}

void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json) {
  write_alert_metadata(flow, transaction, json);
  if (const auto* const dns = dns_to_show(transaction)) dns::write_dns_metadata(flow, *dns, json);
}

bool write_doh2(const Flow& flow, const Transaction& transaction, Direction,
                  const EveOptionsBase*, JsonWriter& json) {
  const dns::DnsTransaction* const dns = dns_to_show(transaction);
  if (dns == nullptr) return false;
  write_alert_metadata(flow, transaction, json);
  dns::write_dns_message(*dns, json);
  return true;
}

constexpr EveLogger kLoggers[] = {
    {.event_type = "dns",
     .config_key = "doh2",
     .to_server_progress = kComplete,
     .to_client_progress = kComplete,
     .write = write_doh2},
    // Of streams without DNS.
    {.event_type = "http",
     .config_key = "http2",
     .to_server_progress = kComplete,
     .to_client_progress = kComplete,
     .write = write_record_beside_dns},
};

}  // namespace

constinit const ProtocolSpec kDoh2Protocol{
    .name = "doh2",
    .proto = AppProto::kDoh2,
    .make_context = make_context,
    .make_parser = make_doh2_parser,
    .to_server_states = kRequestStates,
    .to_client_states = kResponseStates,
    .events = kEventNames,
    .frames = kFrameNames,
    .loggers = kLoggers,
    .write_alert_metadata = write_metadata,
    .files = {.to_server = {true, kBody}, .to_client = {true, kBody}},
    .shows_message = shows_message,
};

}  // namespace culvert::http2
