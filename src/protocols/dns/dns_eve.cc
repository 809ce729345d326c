#include "protocols/dns/dns_eve.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/decimal.h"
#include "event/json_writer.h"
#include "protocols/dns/dns_record_json.h"
#include "protocols/dns/dns_transaction.h"
#include "protocols/dns/dns_types.h"

namespace culvert::dns {
namespace {

const DnsEveOptions& default_options() {
  static const DnsEveOptions options;
  return options;
}
/// Alerts have each answer once, and no questions of types without a name.
const DnsEveOptions& alert_options() {
  static const DnsEveOptions options = [] {
    DnsEveOptions made;
    made.grouped = false;
    made.named_types_only = true;
    return made;
  }();
  return options;
}
const DnsEveOptions& options_of(const EveOptionsBase* options) {
  return options == nullptr ? default_options() : static_cast<const DnsEveOptions&>(*options);
}

/// "rdata", "soa", "srv", "sshfp" or "opt", as the record type has it.
void write_data(const Message& message, const Record& record, JsonWriter& json) {
  switch (form_of(record.type)) {
    case DataForm::kAddress:
    case DataForm::kName:
    case DataForm::kBytes:
      if (write_value(message, record, "rdata", json)) json.field("rdata_truncated", true);
      return;
    case DataForm::kObject:
      write_value(message, record,
                  record.type == kTypeSoa   ? "soa"
                  : record.type == kTypeSrv ? "srv"
                                            : "sshfp",
                  json);
      return;
    case DataForm::kOptions:
      write_options(message, record, "opt", json);
      return;
    case DataForm::kTexts:  // by its caller
    case DataForm::kNone:
      return;
  }
}

void write_type(std::uint16_t type, JsonWriter& json) {
  if (const std::string_view name = type_name(type); !name.empty()) {
    json.field("rrtype", name);
  } else {
    json.field("rrtype", TypeText(type).view());
  }
}

/// Name and type of a record, in an object left open.
void open_record(const Message& message, const Record& record, JsonWriter& json) {
  json.begin_object();
  const bool is_cut = write_name(message, record.name, "rrname", json);
  write_type(record.type, json);
  if (is_cut) json.field("rrname_truncated", true);
}

/// An object for each record; for TXT, one for each of its strings.
void write_records(const Message& message, Section section, std::string_view key,
                   JsonWriter& json) {
  const auto records = message.records(section);
  // What OPT has without options is of no interest.
  const auto is_dull = [](const Record& r) { return r.type == kTypeOpt && r.data_size == 0; };
  if (std::ranges::all_of(records, is_dull)) return;
  json.begin_array(key);
  for (const Record& record : records) {
    if (is_dull(record)) continue;
    if (record.type == kTypeTxt) {
      for_each_text(message, record, [&](Bytes text) {
        open_record(message, record, json);
        json.field("ttl", record.ttl);
        json.field("rdata", text);
        json.end_object();
      });
      continue;
    }
    open_record(message, record, json);
    json.field("ttl", record.ttl);
    write_data(message, record, json);
    json.end_object();
  }
  json.end_array();
}

/// The answers' data by type: "grouped": {"A": ["10.0.0.1", "10.0.0.2"]}.
void write_grouped(const Message& message, JsonWriter& json) {
  const auto answers = message.records(Section::kAnswer);
  json.begin_object("grouped");
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::uint16_t type = answers[i].type;
    const DataForm form = form_of(type);
    if (form == DataForm::kNone || form == DataForm::kOptions) continue;
    const auto same = [type](const Record& r) { return r.type == type; };
    if (std::ranges::any_of(answers.first(i), same)) continue;  // was written with the first
    json.begin_array(type_name(type));
    for (const Record& answer : answers.subspan(i)) {
      if (answer.type != type) continue;
      if (form == DataForm::kTexts) {
        for_each_text(message, answer, [&](Bytes text) { json.item(text); });
      } else {
        write_value(message, answer, {}, json);
      }
    }
    json.end_array();
  }
  json.end_object();
}

/// Text that needs no escapes, and goes into the record in one piece: field by field, what every
/// record has costs as much as its names and answers.
class Piece {
 public:
  void add(std::string_view text) {
    std::memcpy(end_, text.data(), text.size());
    end_ += text.size();
  }
  void add(std::uint64_t number) { end_ = put_decimal(end_, number); }
  void add_hex(std::uint16_t number) { end_ = std::to_chars(end_, end_ + 4, number, 16).ptr; }
  std::string_view text() const { return {text_, static_cast<std::size_t>(end_ - text_)}; }

 private:
  char text_[256];  ///< more than all that can be added
  char* end_ = text_;
};

void add_flags(const Header& header, Piece& piece) {
  piece.add("\"flags\":\"");
  piece.add_hex(header.flags);
  piece.add("\"");
  constexpr std::pair<std::uint16_t, std::string_view> kFlags[] = {
      {0x8000, ",\"qr\":true"}, {0x0400, ",\"aa\":true"}, {0x0200, ",\"tc\":true"},
      {0x0100, ",\"rd\":true"}, {0x0080, ",\"ra\":true"}, {0x0040, ",\"z\":true"}};
  for (const auto& [bit, field] : kFlags) {
    if ((header.flags & bit) != 0) piece.add(field);
  }
  piece.add(",\"opcode\":");
  piece.add(std::uint64_t{header.opcode()});
}

void add_rcode(const Header& header, Piece& piece) {
  piece.add("\"rcode\":\"");
  if (const std::string_view name = rcode_name(header.rcode()); !name.empty()) {
    piece.add(name);
  } else {
    piece.add(std::uint64_t{header.rcode()});
  }
  piece.add("\"");
}

void write_answers(const Message& message, const DnsEveOptions& options, JsonWriter& json) {
  if (!message.records(Section::kAnswer).empty()) {
    if (options.detailed) write_records(message, Section::kAnswer, "answers", json);
    if (options.grouped) write_grouped(message, json);
  }
  write_records(message, Section::kAuthority, "authorities", json);
  write_records(message, Section::kAdditional, "additionals", json);
}

/// The object of version 3.
void write_object(const DnsTransaction& transaction, const DnsEveOptions& options,
                  JsonWriter& json) {
  const Message& message = transaction.message;
  const Header& header = message.header();
  json.begin_object("dns");
  Piece front;
  front.add(header.is_response() ? "\"version\":3,\"type\":\"response\",\"tx_id\":"
                                 : "\"version\":3,\"type\":\"request\",\"tx_id\":");
  front.add(transaction.id);
  front.add(",\"id\":");
  front.add(std::uint64_t{header.id});
  front.add(",");
  add_flags(header, front);
  front.add(",");
  add_rcode(header, front);
  json.item_raw(front.text());
  if (const auto queries = message.records(Section::kQuery); !queries.empty()) {
    json.begin_array("queries");
    for (const Record& query : queries) {
      if (!options.logs_type(query.type)) continue;
      open_record(message, query, json);
      json.end_object();
    }
    json.end_array();
  }
  write_answers(message, options, json);
  json.end_object();
}

bool is_logged(const DnsTransaction& transaction, const DnsEveOptions& options) {
  if (!(transaction.is_response() ? options.responses : options.requests)) return false;
  return std::ranges::any_of(transaction.message.records(Section::kQuery),
                             [&](const Record& query) { return options.logs_type(query.type); });
}

/// Version 2: "query", one for each question, and "answer".
bool write_version_2(const DnsTransaction& transaction, const DnsEveOptions& options, unsigned n,
                     JsonWriter& json) {
  const Message& message = transaction.message;
  const Header& header = message.header();
  const auto queries = message.records(Section::kQuery);
  if (transaction.is_response()) {
    if (n > 0) return false;
    json.begin_object("dns");
    json.field("version", 2);
    json.field("type", "answer");
    json.field("id", header.id);
    Piece flags, rcode;
    add_flags(header, flags);
    add_rcode(header, rcode);
    json.item_raw(flags.text());
    write_name(message, queries[0].name, "rrname", json);
    write_type(queries[0].type, json);
    json.item_raw(rcode.text());
    write_answers(message, options, json);
    json.end_object();
    return true;
  }
  for (const Record& query : queries) {
    if (!options.logs_type(query.type) || n-- > 0) continue;
    json.begin_object("dns");
    json.field("version", 2);
    json.field("type", "query");
    json.field("id", header.id);
    write_name(message, query.name, "rrname", json);
    write_type(query.type, json);
    json.field("tx_id", transaction.id);
    if (header.z()) json.field("z", true);
    json.field("opcode", header.opcode());
    json.end_object();
    return true;
  }
  return false;
}

bool write_nth(const Flow& /*flow*/, const Transaction& base, Direction direction,
               const EveOptionsBase* given, unsigned n, JsonWriter& json) {
  const auto& transaction = static_cast<const DnsTransaction&>(base);
  const DnsEveOptions& options = options_of(given);
  if (direction != transaction.direction || !is_logged(transaction, options)) return false;
  if (options.version_2) return write_version_2(transaction, options, n, json);
  if (n > 0) return false;
  write_object(transaction, options, json);
  return true;
}

/// Answers of version 2 have the request's addresses.
bool has_header_of_flow(const Transaction& base, const EveOptionsBase* given) {
  return options_of(given).version_2 && static_cast<const DnsTransaction&>(base).is_response();
}

std::unique_ptr<EveOptionsBase> parse_options(const ConfigNode* node, Complaints& complaints) {
  auto options = std::make_unique<DnsEveOptions>();
  // The reference's own switch for those who cannot change the file.
  std::int64_t version = 3;
  if (const char* text = std::getenv("SURICATA_EVE_DNS_VERSION")) version = text[0] == '2' ? 2 : 3;
  if (node != nullptr) {
    version = node->integer("version", version, complaints, 1, 3);
    options->requests = node->boolean("requests", true, complaints);
    options->responses = node->boolean("responses", true, complaints);
    if (node->has("formats")) {
      options->detailed = options->grouped = false;
      for (const std::string& format : node->texts("formats")) {
        options->detailed = options->detailed || format == "detailed";
        options->grouped = options->grouped || format == "grouped";
      }
    }
    if (node->has("types")) {
      options->all_types = false;
      for (const std::string& name : node->texts("types")) {
        if (const auto type = find_type(name)) {
          options->types.push_back(*type);
        } else {
          complaints.warning("eve-log.types.dns.types: '" + name + "' is not a DNS record type");
        }
      }
      std::ranges::sort(options->types);
    }
  }
  options->version_2 = version == 2;
  return options;
}

constexpr EveLogger kLogger{.event_type = "dns",
                            .parse_options = parse_options,
                            .to_server_progress = 1,
                            .to_client_progress = 1,
                            .once = false,
                            .write_nth = write_nth,
                            .header_of_flow = has_header_of_flow};

}  // namespace

bool DnsEveOptions::logs_type(std::uint16_t type) const {
  if (named_types_only && type_name(type).empty()) return false;
  return all_types || std::ranges::binary_search(types, type);
}

constinit const EveLogger kDnsLoggers[] = {kLogger};

void write_dns_message(const DnsTransaction& transaction, JsonWriter& json) {
  write_object(transaction, default_options(), json);
}

void write_dns_metadata(const Flow& /*flow*/, const Transaction& transaction, JsonWriter& json) {
  write_object(static_cast<const DnsTransaction&>(transaction), alert_options(), json);
}

}  // namespace culvert::dns
