#include "protocols/dcerpc/dcerpc_eve.h"

#include <string>

#include "app/spec_parts.h"
#include "event/json_writer.h"
#include "protocols/dcerpc/dcerpc_parser.h"

namespace culvert::dcerpc {
namespace {

void write_interfaces(const std::vector<Interface>& interfaces, JsonWriter& json) {
  if (interfaces.empty()) return;
  json.begin_array("interfaces");
  for (const Interface& each : interfaces) {
    json.begin_object();
    json.field("uuid", each.uuid.text());
    json.field("version", std::to_string(each.major) + "." + std::to_string(each.minor));
    json.field("ack_result", each.result.value_or(0));
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_side(std::string_view key, const Exchange::Side& side, JsonWriter& json) {
  json.begin_object(key);
  json.field("frag_cnt", side.fragments);
  json.field("stub_data_size", side.stub.size());
}

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const auto& tx = static_cast<const DcerpcTransaction&>(transaction);
  const Exchange& exchange = tx.exchange;
  json.begin_object("dcerpc");
  if (exchange.has_request) {
    json.field("request", name_of(exchange.request));
    if (exchange.is_request()) {
      json.begin_object("req");
      json.field("opnum", exchange.opnum);
      json.field("frag_cnt", exchange.to_server.fragments);
      json.field("stub_data_size", exchange.to_server.stub.size());
      json.end_object();
    }
    write_interfaces(exchange.interfaces, json);
  } else {
    json.field("request", "REQUEST_LOST");
  }
  if (exchange.has_response) {
    json.field("response", name_of(exchange.response));
    if (exchange.response == PduType::kResponse) {
      write_side("res", exchange.to_client, json);
      json.end_object();
    }
  } else {
    json.field("response", "UNREPLIED");
  }
  if (tx.is_datagram) {
    json.field("activityuuid", tx.activity.text());
    json.field("seqnum", tx.sequence);
    json.field("rpc_version", "4.0");
  } else {
    json.field("call_id", exchange.call_id);
    json.field("rpc_version", "5.0");
  }
  json.end_object();
}

const EveLogger kDcerpcLoggers[1] = {{.event_type = "dcerpc",
                                      .to_server_progress = TwoStates::kComplete,
                                      .to_client_progress = TwoStates::kComplete,
                                      .write = write_record_of<write_metadata>}};

}  // namespace culvert::dcerpc
