#include "protocols/dnp3/dnp3_eve.h"

#include "event/json_writer.h"
#include "protocols/dnp3/dnp3_parser.h"

namespace culvert::dnp3 {
namespace {

void write_field(const Field& field, const FieldValue& value, JsonWriter& json) {
  switch (field.kind) {
    case Field::Kind::kBits:
    case Field::Kind::kUnsigned:
    case Field::Kind::kSigned:
      json.field(field.name, value.number);
      break;
    case Field::Kind::kFloat:
      json.field_double(field.name, value.real);
      break;
    case Field::Kind::kText:
      json.field(field.name, value.bytes);
      break;
    case Field::Kind::kBlob:
      if (!value.bytes.empty()) json.field_base64(field.name, value.bytes);
      break;
  }
}

void write_object(const Object& object, JsonWriter& json) {
  json.begin_object();
  json.field("group", object.group);
  json.field("variation", object.variation);
  json.field("qualifier", object.qualifier);
  json.field("prefix_code", object.prefix_code());
  json.field("range_code", object.range_code());
  json.field("start", object.start);
  json.field("stop", object.stop);
  json.field("count", object.count);
  if (object.points > 0) {
    json.begin_array("points");
    ByteCursor in(object.data);
    const auto begin = [&](const PointHead& head) {
      json.begin_object();
      json.field("prefix", head.prefix);
      json.field("index", head.index);
      if (object.has_size_prefix()) json.field("size", head.size);
    };
    const auto visit = [&](const Field& field, const FieldValue& value) {
      write_field(field, value, json);
    };
    (void)for_each_point(object, object.points, in, begin, visit, [&] { json.end_object(); });
    json.end_array();
  }
  json.end_object();
}

void write_message(const Dnp3Transaction& tx, JsonWriter& json) {
  json.field("type", !tx.is_response()                     ? "request"
                     : tx.function == kUnsolicitedResponse ? "unsolicited_response"
                                                           : "response");
  const auto flag = [&](std::string_view key, std::uint8_t byte, unsigned bit) {
    json.field(key, (byte & bit) != 0);
  };
  json.begin_object("control");
  flag("dir", tx.link.control, 0x80);
  flag("pri", tx.link.control, 0x40);
  flag("fcb", tx.link.control, 0x20);
  flag("fcv", tx.link.control, 0x10);
  json.field("function_code", tx.link.control & 0xf);
  json.end_object();
  json.field("src", tx.link.source);
  json.field("dst", tx.link.destination);
  json.begin_object("application");
  json.begin_object("control");
  flag("fir", tx.control, 0x80);
  flag("fin", tx.control, 0x40);
  flag("con", tx.control, 0x20);
  flag("uns", tx.control, 0x10);
  json.field("sequence", tx.control & 0xf);
  json.end_object();
  json.field("function_code", tx.function);
  if (!tx.objects.objects.empty()) {
    json.begin_array("objects");
    for (const Object& object : tx.objects.objects) write_object(object, json);
    json.end_array();
  }
  json.field("complete", tx.objects.is_complete);
  json.end_object();
  if (!tx.is_response()) return;
  json.begin_object("iin");
  if (tx.indications != 0) {
    json.begin_array("indicators");
    for (const auto& [name, bit] : kIndications) {
      if ((tx.indications & bit) != 0) json.item(name);
    }
    json.end_array();
  }
  json.end_object();
}

bool write_eve(const Flow&, const Transaction& transaction, Direction direction,
               const EveOptionsBase*, JsonWriter& json) {
  const auto& tx = static_cast<const Dnp3Transaction&>(transaction);
  if (tx.direction != direction || !tx.is_reassembled) return false;
  json.begin_object("dnp3");
  write_message(tx, json);
  json.end_object();
  return true;
}

/// Records of responses have the client first, as in the reference.
bool has_header_of_flow(const Transaction&, const EveOptionsBase*) { return true; }

}  // namespace

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const auto& tx = static_cast<const Dnp3Transaction&>(transaction);
  json.begin_object("dnp3");
  if (tx.is_reassembled) {
    json.begin_object(tx.is_response() ? "response" : "request");
    write_message(tx, json);
    json.end_object();
  }
  json.end_object();
}

constinit const EveLogger kDnp3Loggers[1] = {{.event_type = "dnp3",
                                              .to_server_progress = MessageParser::kComplete,
                                              .to_client_progress = MessageParser::kComplete,
                                              .once = false,
                                              .write = write_eve,
                                              .header_of_flow = has_header_of_flow}};

}  // namespace culvert::dnp3
