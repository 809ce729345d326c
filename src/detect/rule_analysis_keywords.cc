#include "detect/rule_analysis_keywords.h"

#include <algorithm>

#include "app/app_proto.h"
#include "detect/keyword_support.h"
#include "rule/number_match.h"
#include "rule/value.h"

namespace culvert {
namespace {

/// What a keyword is in Suricata's lists, where that is not what is written.
constexpr std::pair<std::string_view, std::string_view> kListNames[] = {
    {"flags", "tcp.flags"}, {"seq", "tcp.seq"},       {"ack", "tcp.ack"},
    {"window", "tcp.window"}, {"decode-event", "decode-event"}};
/// Keywords that say something about the rule, or find their place in a buffer.
constexpr std::string_view kInNoList[] = {
    "msg",       "sid",         "rev",        "gid",         "classtype",   "priority",
    "reference", "metadata",    "target",     "requires",    "noalert",     "alert",
    "prefilter", "ip_proto",    "content",    "nocase",      "rawbytes",    "depth",
    "offset",    "distance",    "within",     "startswith",  "endswith",    "fast_pattern",
    "replace",   "pkt_data",    "pcre",       "isdataat",    "bsize",       "byte_test",
    "byte_jump", "byte_extract", "byte_math", "dataset",     "datarep",     "entropy",
    "asn1",      "absent",      "base64_decode", "base64_data", "ip.src",   "ip.dst",
    "app-layer-event", "frame"};
/// Those that need no packet of their own.
constexpr std::string_view kNoPacket[] = {
    "flow",        "flowbits",   "flowint",     "flowvar",     "hostbits",   "xbits",
    "iprep",       "geoip",      "stream_size",
    "app-layer-protocol", "app-layer-state", "decode-event", "stream-event", "engine-event",
    "tcp.session"};

template <std::size_t kCount>
bool is_in(const std::string_view (&list)[kCount], std::string_view word) {
  return std::ranges::find(list, word) != std::end(list);
}

/// {"gt": 5}, {"range": {"min":..,"max":..}} ...
void write_number(std::string_view key, std::string_view raw, std::uint64_t highest,
                  JsonWriter& json) {
  const auto test = NumberMatch::parse(trim(raw), highest);
  if (!test) return;
  using Kind = NumberMatch::Kind;
  json.begin_object(key);
  const auto pair = [&](std::string_view name, std::string_view a, std::string_view b,
                        std::uint64_t first, std::uint64_t second) {
    json.begin_object(name);
    json.field(a, first);
    json.field(b, second);
    json.end_object();
  };
  switch (test->kind()) {
    case Kind::kEqual:
      json.field("equal", test->a());
      break;
    case Kind::kNotEqual:
      json.field("diff", test->a());
      break;
    case Kind::kLess:
      json.field("lt", test->a());
      break;
    case Kind::kLessOrEqual:
      json.field("lte", test->a());
      break;
    case Kind::kGreater:
      json.field("gt", test->a());
      break;
    case Kind::kGreaterOrEqual:
      json.field("gte", test->a());
      break;
    case Kind::kInside:
      pair("range", "min", "max", test->a(), test->b());
      break;
    case Kind::kOutside:
      pair("negated_range", "min", "max", test->a(), test->b());
      break;
    case Kind::kMaskEqual:
      pair("bitmask", "mask", "value", test->a(), test->b());
      break;
    case Kind::kMaskNotEqual:
      pair("negated_bitmask", "mask", "value", test->a(), test->b());
      break;
  }
  json.end_object();
}

void write_flowbits(std::string_view raw, JsonWriter& json) {
  const auto parts = split_list(trim(raw));
  if (parts.size() < 2) return;
  json.begin_object("flowbits");
  json.field("cmd", parts[0]);
  const auto names = split_list(parts[1], '|');
  json.begin_array("names");
  for (const std::string_view name : names) json.item(name);
  json.end_array();
  if (names.size() > 1) json.field("operator", "or");
  json.end_object();
}

void write_app_protocol(std::string_view raw, JsonWriter& json) {
  std::string_view text = trim(raw);
  const bool negated = take_negation(text);
  const auto parts = split_list(text);
  const auto wanted = find_app_proto(parts[0]);
  if (!wanted) return;
  json.begin_object("app_layer_protocol");
  json.begin_array("protocols");
  for (unsigned i = 1; i <= static_cast<unsigned>(AppProto::kLast); ++i) {
    const auto proto = static_cast<AppProto>(i);
    if (covers(*wanted, proto)) json.item(analysis_name(proto));
  }
  if (parts[0] == "http") json.item("http_any");
  json.end_array();
  json.field("mode", parts.size() > 1 ? parts[1] : std::string_view("direction"));
  json.field("negated", negated);
  json.end_object();
}

}  // namespace

std::string_view first_word(std::string_view raw) {
  std::string_view text = trim(raw);
  take_quotes(text);
  return trim(text.substr(0, text.find(',')));
}

std::string_view analysis_name(AppProto proto) {
  return proto == AppProto::kHttp1 ? std::string_view("http") : name_of(proto);
}

std::string_view analysis_name(std::string_view name) {
  for (const auto& [written, listed] : kListNames) {
    if (written == name) return listed;
  }
  return name;
}

bool is_change(const RuleOption& option) {
  const std::string_view command = first_word(option.raw);
  if (option.name == "flowbits" || option.name == "hostbits" || option.name == "xbits") {
    return command == "set" || command == "unset" || command == "toggle";
  }
  if (option.name == "flowint") {
    const auto parts = split_list(trim(option.raw));
    return parts.size() > 1 && (parts[1] == "+" || parts[1] == "-" || parts[1] == "=");
  }
  return option.name == "config" || option.name == "bypass" || option.name == "filestore" ||
         option.name == "nfq_set_mark";
}

std::string_view analysis_list(const RuleOption& option, const std::set<std::string_view>& generic,
                               bool is_transaction) {
  if (!generic.contains(option.name) || is_in(kInNoList, option.name)) return {};
  if (option.name.ends_with(".hdr") || is_transform(option.name)) return {};
  if (option.name == "tag") return "tag";
  if (option.name == "threshold" || option.name == "detection_filter") return "threshold";
  if (option.name == "flow") {
    const std::string_view raw = option.raw;
    const bool asks = raw.find("established") != raw.npos || raw.find("stateless") != raw.npos ||
                      raw.find("frag") != raw.npos;
    const bool only_direction = !asks && raw.find("stream") == raw.npos;
    // A direction alone is settled before rules are looked at, but for transactions.
    return only_direction && !is_transaction ? std::string_view{} : std::string_view("packet");
  }
  if (is_change(option)) return "postmatch";
  if ((option.name == "flowbits" || option.name == "xbits" || option.name == "hostbits") &&
      first_word(option.raw) == "noalert") {
    return {};
  }
  return "packet";
}

bool asks_of_packet(std::string_view name) { return !is_in(kNoPacket, name); }

void write_analysis_detail(std::string_view name, std::string_view raw, JsonWriter& json) {
  constexpr std::uint64_t kMost32 = 0xffffffffu;
  if (name == "dsize") write_number("dsize", raw, 65535, json);
  if (name == "flow.age") write_number("flow_age", raw, kMost32, json);
  if (name == "tcp.mss") write_number("tcp_mss", raw, 65535, json);
  if (name == "icode") write_number("code", raw, 255, json);
  if (name == "flowbits") write_flowbits(raw, json);
  if (name == "app-layer-protocol") write_app_protocol(raw, json);
  if (name == "ipopts") {
    json.begin_object("ipopts");
    json.field("option", first_word(raw));
    json.end_object();
  }
  const auto number = [&](std::string_view key) {
    const auto value = parse_unsigned(trim(raw), kMost32);
    if (!value) return;
    json.begin_object(key);
    json.field("number", *value);
    json.end_object();
  };
  if (name == "tcp.seq") number("seq");
  if (name == "tcp.ack") number("ack");
  if (name == "icmp_id") number("id");
  if (name == "tcp.window") {
    std::string_view text = trim(raw);
    const bool negated = take_negation(text);
    if (const auto value = parse_unsigned(text, 65535)) {
      json.begin_object("window");
      json.field("size", *value);
      json.field("negated", negated);
      json.end_object();
    }
  }
}

}  // namespace culvert
