// mDNS in EVE: as DNS, but for flags as a list, types in lower case and as keys of the data.

#include "event/json_writer.h"
#include "protocols/dns/dns_eve.h"
#include "protocols/dns/dns_record_json.h"
#include "protocols/dns/dns_transaction.h"
#include "protocols/dns/dns_types.h"

namespace culvert::dns {
namespace {

void write_flag_list(const Header& header, JsonWriter& json) {
  constexpr std::pair<std::uint16_t, std::string_view> kFlags[] = {
      {0x0400, "aa"}, {0x0200, "tc"}, {0x0100, "rd"}, {0x0080, "ra"},
      {0x0040, "z"},  {0x0020, "ad"}, {0x0010, "cd"}};
  constexpr std::uint16_t kAll = 0x07f0;
  if ((header.flags & kAll) == 0) return;
  json.begin_array("flags");
  for (const auto& [bit, name] : kFlags) {
    if ((header.flags & bit) != 0) json.item(name);
  }
  json.end_array();
}

void write_name_and_cut(const Message& message, const Record& record, JsonWriter& json) {
  if (write_name(message, record.name, "rrname", json)) json.field("rrname_truncated", true);
}

void write_section(const Message& message, Section section, std::string_view key,
                   JsonWriter& json) {
  const auto records = message.records(section);
  if (records.empty()) return;
  json.begin_array(key);
  for (const Record& record : records) {
    json.begin_object();
    write_name_and_cut(message, record, json);
    const TypeText type(record.type, TypeText::Case::kLower);
    switch (form_of(record.type)) {
      case DataForm::kTexts:
        json.begin_array(type.view());
        for_each_text(message, record, [&](Bytes text) { json.item(text); });
        json.end_array();
        break;
      case DataForm::kOptions:
        write_options(message, record, type.view(), json);
        break;
      case DataForm::kAddress:
      case DataForm::kName:
      case DataForm::kBytes:
      case DataForm::kObject:
      case DataForm::kNone:
        write_value(message, record, type.view(), json);
        break;
    }
    json.end_object();
  }
  json.end_array();
}

void write_object(const DnsTransaction& transaction, JsonWriter& json) {
  const Message& message = transaction.message;
  const Header& header = message.header();
  json.begin_object("mdns");
  json.field("type", header.is_response() ? "response" : "request");
  json.field("id", header.id);
  write_flag_list(header, json);
  json.field("opcode", header.opcode());
  json.field("rcode", header.rcode());
  if (const auto queries = message.records(Section::kQuery); !queries.empty()) {
    json.begin_array("queries");
    for (const Record& query : queries) {
      json.begin_object();
      write_name_and_cut(message, query, json);
      json.field("rrtype", TypeText(query.type, TypeText::Case::kLower).view());
      json.end_object();
    }
    json.end_array();
  }
  write_section(message, Section::kAnswer, "answers", json);
  write_section(message, Section::kAuthority, "authorities", json);
  write_section(message, Section::kAdditional, "additionals", json);
  json.end_object();
}

bool write(const Flow& /*flow*/, const Transaction& base, Direction direction,
           const EveOptionsBase* /*options*/, JsonWriter& json) {
  const auto& transaction = static_cast<const DnsTransaction&>(base);
  if (direction != transaction.direction) return false;
  write_object(transaction, json);
  return true;
}

constexpr EveLogger kMdnsLogger{.event_type = "mdns",
                                .to_server_progress = 1,
                                .to_client_progress = 1,
                                .once = false,
                                .write = write};

}  // namespace

constinit const EveLogger kMdnsLoggers[] = {kMdnsLogger};

void write_mdns_metadata(const Flow& /*flow*/, const Transaction& transaction, JsonWriter& json) {
  write_object(static_cast<const DnsTransaction&>(transaction), json);
}

}  // namespace culvert::dns
