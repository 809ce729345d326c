#include "detect/rule_analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

#include "app/carriage.h"
#include "app/protocol_spec.h"
#include "detect/inspect_base64.h"
#include "detect/inspect_number.h"
#include "detect/inspect_size.h"
#include "detect/rule_program.h"
#include "event/json_writer.h"
#include "rule/content_pattern.h"
#include "rule/number_match.h"
#include "rule/parser.h"
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

std::string_view first_word(std::string_view raw) {
  std::string_view text = trim(raw);
  take_quotes(text);
  return trim(text.substr(0, text.find(',')));
}

/// {"gt": 5}, {"range": {"min":..,"max":..}} ...
void write_number(std::string_view key, std::string_view raw, std::uint64_t highest, JsonWriter& json) {
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

/// "http" is the first version of it alone, "http_any" all.
std::string_view proto_name(AppProto proto) {
  return proto == AppProto::kHttp1 ? std::string_view("http") : name_of(proto);
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
    if (covers(*wanted, proto)) json.item(proto_name(proto));
  }
  if (parts[0] == "http") json.item("http_any");
  json.end_array();
  json.field("mode", parts.size() > 1 ? parts[1] : std::string_view("direction"));
  json.field("negated", negated);
  json.end_object();
}

/// What some keywords say beyond their name.
void write_detail(std::string_view name, std::string_view raw, JsonWriter& json) {
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

/// As the reports have it: what is not printable, space and the characters of the rule language as hex.
std::string print_pattern(std::string_view bytes) {
  std::string text;
  bool in_hex = false;
  for (const char c : bytes) {
    const bool plain = c > ' ' && c < 0x7f && std::string_view("|\":;\\").find(c) == std::string_view::npos;
    if (plain) {
      if (in_hex) text += '|';
      text += c;
    } else {
      text += in_hex ? ' ' : '|';
      text += fmt::format("{:02X}", static_cast<unsigned char>(c));
    }
    in_hex = !plain;
  }
  return in_hex ? text + '|' : text;
}

/// Names of buffers as they were before they had dots, where Suricata's reports still have those.
std::string report_name(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"http.request_body", "http_client_body"}, {"http.response_body", "file_data"},
      {"http.uri.raw", "http_raw_uri"},          {"http.host.raw", "http_raw_host"},
      {"http.header.raw", "http_raw_header"},    {"file.data", "file_data"},
      {"dns.query", "dns_query"},                {"dcerpc.stub_data", "dce_stub_data"},
      {"ssh.software", "ssh_software"},          {"sip.user_agent", "sip.ua"},
      {"krb5.cname", "krb5_cname"},              {"krb5.sname", "krb5_sname"}};
  for (const auto& [ours, theirs] : kNames) {
    if (ours == name) return std::string(theirs);
  }
  std::string text(name);
  const bool old = name.starts_with("http") || name.starts_with("quic.") || name.starts_with("smb.");
  if (old && name != "http.location" && name != "http.server") {
    std::replace(text.begin(), text.end(), '.', '_');
  }
  return text;
}

class Analysis {
 public:
  Analysis(const RuleEnvironment& environment, const RuleProgram& program)
      : program_(program), protocols_(environment.protocols) {
    for (const KeywordSpec* keyword : environment.keywords) generic_.insert(keyword->name);
    for (const auto& rule : program.all) {
      auto ast = parse_rule(rule->meta.text, rule->meta.is_firewall ? RuleKind::kFirewall
                                                                     : RuleKind::kDetection);
      asts_.push_back(ast ? std::move(*ast) : RuleAst{});
    }
    find_flowbits();
  }

  std::string_view write(std::size_t index) {
    rule_ = program_.all[index].get();
    ast_ = &asts_[index];
    notes_.clear();
    json_.clear();
    json_.begin_object();
    write_head();
    write_dependencies();
    write_flags();
    write_packet_engines();
    json_.begin_array("frame_engines");
    json_.end_array();
    if (is_transaction()) write_engines();
    write_lists();
    if (pattern() != nullptr) write_mpm();
    write_prefilter();
    find_notes();
    if (!notes_.empty()) {
      json_.begin_array("notes");
      for (const std::string& note : notes_) json_.item(note);
      json_.end_array();
    }
    json_.end_object();
    return json_.text();
  }

 private:
  bool is_transaction() const { return rule_->type == RuleType::kTransaction; }
  bool has_option(std::string_view name) const { return ast_->find_option(name) != nullptr; }
  static std::string_view list_name(std::string_view name) {
    for (const auto& [written, listed] : kListNames) {
      if (written == name) return listed;
    }
    return name;
  }
  static bool is_change(const RuleOption& option) {
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
  /// "packet", "postmatch", "tag", "threshold", or "" for none of them.
  std::string_view list_of(const RuleOption& option) const {
    if (!generic_.contains(option.name) || is_in(kInNoList, option.name)) return {};
    if (option.name.ends_with(".hdr") || is_transform(option.name)) return {};
    if (option.name == "tag") return "tag";
    if (option.name == "threshold" || option.name == "detection_filter") return "threshold";
    if (option.name == "flow") {
      const std::string_view raw = option.raw;
      const bool asks = raw.find("established") != raw.npos || raw.find("stateless") != raw.npos ||
                        raw.find("frag") != raw.npos;
      const bool only_direction = !asks && raw.find("stream") == raw.npos;
      // A direction alone is settled before rules are looked at, but for transactions.
      return only_direction && !is_transaction() ? std::string_view{} : std::string_view("packet");
    }
    if (is_change(option)) return "postmatch";
    if ((option.name == "flowbits" || option.name == "xbits" || option.name == "hostbits") &&
        first_word(option.raw) == "noalert") {
      return {};
    }
    return "packet";
  }
  static bool is_transform(std::string_view name) {
    constexpr std::string_view kTransforms[] = {
        "to_md5", "to_sha1", "to_sha256", "to_lowercase", "to_uppercase", "header_lowercase",
        "strip_whitespace", "compress_whitespace", "strip_pseudo_headers", "dotprefix", "domain",
        "tld", "url_decode", "xor", "pcrexform", "from_base64", "gunzip", "zlib_deflate",
        "subslice", "luaxform"};
    return is_in(kTransforms, name);
  }
  bool has_list(std::string_view list) const {
    return std::ranges::any_of(ast_->options,
                               [&](const RuleOption& option) { return list_of(option) == list; });
  }
  bool needs_packet() const {
    return std::ranges::any_of(ast_->options, [&](const RuleOption& option) {
      if (option.name.ends_with(".hdr")) return true;
      if (option.name == "ip_proto") return true;
      return list_of(option) == "packet" && !is_in(kNoPacket, option.name);
    }) || rule_->flow.no_stream;
  }
  bool tests_flow_variable() const {
    return std::ranges::any_of(ast_->options, [](const RuleOption& option) {
      return (option.name == "flowbits" || option.name == "flowvar") && !is_change(option) && first_word(option.raw) != "noalert";
    });
  }
  bool needs_flow() const {
    return rule_->needs_protos || is_transaction() || rule_->flow.established ||
           rule_->flow.not_established || tests_flow_variable();
  }

  void write_head() {
    const RuleMeta& meta = rule_->meta;
    json_.field("class", meta.is_firewall ? "firewall" : "threat detection");
    json_.field("raw", std::string_view(meta.text));
    json_.field("id", meta.sid);
    json_.field("gid", meta.gid);
    json_.field("rev", meta.rev);
    if (!meta.msg.empty()) json_.field("msg", std::string_view(meta.msg));
    json_.field("app_proto", app_proto());
    json_.begin_array("requirements");
    write_requirements();
    json_.end_array();
    json_.begin_object("match_policy");
    json_.begin_array("actions");
    if (meta.is_alert || meta.action != Action::kAccept) json_.item("alert");
    if (meta.action != Action::kAccept) json_.item("drop");
    if (meta.action == Action::kReject) json_.item("reject");
    if (meta.is_pass) json_.item("pass");
    json_.end_array();
    json_.field("scope", rule_->covers_flow               ? "flow"
                         : rule_->covers_flow_if_stateful ? "flow_if_stateful"
                                                          : "packet");
    json_.end_object();
    json_.field("type", name_of(rule_->type));
  }
  std::string_view app_proto() const {
    if (!rule_->needs_protos) return "unknown";
    if (const auto named = find_app_proto(ast_->protocol); named && *named != AppProto::kUnknown) {
      return ast_->protocol == "http" ? http_name() : proto_name(*named);
    }
    std::string_view only;
    for (std::size_t i = 0; i < RuleProgram::kProtos; ++i) {
      if ((rule_->protos >> i & 1) == 0) continue;
      const auto proto = static_cast<AppProto>(i);
      if (proto == AppProto::kHttp1 || proto == AppProto::kHttp2) return http_name();
      if (only.empty() && generic_proto(proto)) only = proto_name(proto);
    }
    return only.empty() ? std::string_view("unknown") : only;
  }
  /// Parts that only HTTP/1 has make it a rule for that.
  std::string_view http_name() const {
    const bool only_1 = (rule_->protos & proto_bit(AppProto::kHttp2)) == 0;
    return only_1 ? proto_name(AppProto::kHttp1) : std::string_view("http_any");
  }
  static bool generic_proto(AppProto proto) {
    return proto != AppProto::kUnknown && proto != AppProto::kFailed;
  }
  void write_requirements() {
    bool payload = rule_->payload != nullptr, no_payload = false;
    if (const RuleOption* dsize = ast_->find_option("dsize")) {
      const auto test = NumberMatch::parse(trim(dsize->raw), 65535);
      using Kind = NumberMatch::Kind;
      if (test && test->kind() == Kind::kEqual && test->a() == 0) no_payload = true;
      payload = payload || (test && (!test->matches(0) || test->kind() == Kind::kNotEqual));
    }
    if (payload) json_.item("payload");
    if (no_payload) json_.item("no_payload");
    if (needs_flow()) json_.item("flow");
    if (const RuleOption* flags = ast_->find_option("flags")) {
      if (flags->raw.find_first_of("SFR") != std::string_view::npos) json_.item("tcp_flags_init_deinit");
      if (flags->raw.find_first_of("UEC12") != std::string_view::npos) json_.item("tcp_flags_unusual");
    }
    if (has_option("decode-event") || has_option("stream-event") || has_option("engine-event")) {
      json_.item("engine_event");
    }
    if (needs_packet()) json_.item("real_pkt");
  }

  /// Rules on packets that test bits which rules on transactions change.
  void find_flowbits() {
    for (std::size_t i = 0; i < asts_.size(); ++i) {
      const bool transaction = program_.all[i]->type == RuleType::kTransaction;
      for (const RuleOption& option : asts_[i].options) {
        if (option.name != "flowbits") continue;
        const auto parts = split_list(trim(option.raw));
        if (parts.size() < 2) continue;
        for (const std::string_view name : split_list(parts[1], '|')) {
          if (is_change(option) && transaction) setters_[std::string(name)].insert(program_.all[i]->meta.sid);
          if (parts[0] == "isset" && transaction) tested_late_.insert(std::string(name));
        }
      }
    }
  }
  void write_dependencies() {
    if (is_transaction()) return;
    std::set<std::uint32_t> sids;
    std::map<std::size_t, std::string> names;
    for (const RuleOption& option : ast_->options) {
      if (option.name != "flowbits" || first_word(option.raw) != "isset") continue;
      for (const std::string_view part : split_list(split_list(trim(option.raw))[1], '|')) {
        const std::string name(part);
        const auto found = setters_.find(name);
        if (found == setters_.end() || tested_late_.contains(name)) continue;
        sids.insert(found->second.begin(), found->second.end());
        std::size_t id = 0;
        while (id < program_.names.count(VariableKind::kFlowbit) &&
               program_.names.name(VariableKind::kFlowbit, static_cast<std::uint16_t>(id)) != name) {
          ++id;
        }
        names.emplace(id, name);
      }
    }
    if (sids.empty()) return;
    json_.begin_object("dependencies");
    json_.begin_object("flowbits");
    json_.begin_object("upstream");
    json_.begin_object("state_modifying_rules");
    json_.begin_array("sids");
    for (const std::uint32_t sid : sids) json_.item(sid);
    json_.end_array();
    json_.begin_array("names");
    for (const auto& [id, name] : names) json_.item(name);
    json_.end_array();
    for (int i = 0; i < 4; ++i) json_.end_object();
  }

  void write_flags() {
    const RuleHeader& header = rule_->header;
    json_.begin_array("flags");
    if (header.source == 0xffff) json_.item("src_any");
    if (header.destination == 0xffff) json_.item("dst_any");
    if (header.source_ports == 0xffff) json_.item("sp_any");
    if (header.destination_ports == 0xffff) json_.item("dp_any");
    if (!rule_->meta.is_alert) json_.item("noalert");
    if (has_option("dsize")) json_.item("dsize");
    if (rule_->needs_protos || is_transaction()) json_.item("applayer");
    const bool tcp = header.any_protocol || header.protocols.test(6);
    const bool payload = rule_->payload != nullptr && tcp;
    if (needs_packet() || (payload && rule_->payload_on_packet)) json_.item("need_packet");
    if (payload && rule_->payload_on_stream) json_.item("need_stream");
    if (tests_flow_variable()) json_.item("need_flowvar");
    bool to_server = !rule_->direction || *rule_->direction == Direction::kToServer;
    bool to_client = !rule_->direction || *rule_->direction == Direction::kToClient;
    if (is_transaction() && !rule_->direction) {
      to_server = !rule_->checks[0].empty();
      to_client = !rule_->checks[1].empty();
    }
    if (to_server) json_.item("toserver");
    if (to_client) json_.item("toclient");
    if (pattern() != nullptr || has_option("prefilter")) json_.item("prefilter");
    if (has_option("bypass")) json_.item("bypass");
    if (rule_->meta.target == RuleTarget::kSource) json_.item("src_is_target");
    if (rule_->meta.target == RuleTarget::kDestination) json_.item("dst_is_target");
    json_.end_array();
  }

  void write_packet_engines() {
    json_.begin_array("pkt_engines");
    const auto engine = [&](std::string_view name, bool is_mpm) {
      json_.begin_object();
      json_.field("name", name);
      json_.field("is_mpm", is_mpm);
    };
    for (const DraftBuffer* buffer : rule_->packet_buffers) {
      engine(buffer->name, is_mpm_of(buffer->chain));
      write_chain(buffer->chain, "matches");
      json_.end_object();
    }
    if (rule_->payload != nullptr && !is_transaction()) {
      engine("payload", rule_->fast_pattern != nullptr);
      json_.end_object();
    }
    if (has_list("packet")) {
      engine("packet", false);
      json_.end_object();
    }
    json_.end_array();
  }

  void write_engines() {
    json_.begin_array("engines");
    std::vector<const TransactionCheck*> first, others;
    const InspectChain* best = rule_->fast_pattern_buffer < 0
                                   ? nullptr
                                   : &rule_->buffers[static_cast<std::size_t>(rule_->fast_pattern_buffer)].chain;
    const auto add = [&](const TransactionCheck& check) {
      if (check.kind == TransactionCheck::Kind::kHook || is_carried(check)) return;
      (check.chain != nullptr && check.chain == best ? first : others).push_back(&check);
    };
    for (const auto& checks : rule_->checks) {
      for (const TransactionCheck& check : checks) add(check);
    }
    // In the order of the rule, then of the protocols; those with the fast pattern come first, the
    // last one registered in front.
    const auto place = [&](const TransactionCheck* check) -> std::size_t {
      if (check->chain == nullptr && keyword_of(*check).starts_with("dcerpc.")) return 0;
      if (check->kind == TransactionCheck::Kind::kPayload) return rule_->buffers.size() + 2;
      for (std::size_t i = 0; i < rule_->buffers.size(); ++i) {
        if (&rule_->buffers[i].chain == check->chain) return i + 1;
      }
      return rule_->buffers.size() + 1;
    };
    std::ranges::stable_sort(others, {}, place);
    // As registered: by direction, then by protocol.
    const auto protocol = [&](const TransactionCheck* check) {
      return std::ranges::find(protocols_, check->proto, &ProtocolSpec::proto) -
             protocols_.begin();
    };
    const auto in_order = [&](const TransactionCheck* a, const TransactionCheck* b) {
      return std::pair(index_of(a->direction), protocol(a)) <
             std::pair(index_of(b->direction), protocol(b));
    };
    std::ranges::stable_sort(first, in_order);
    std::ranges::stable_sort(others, [&](const TransactionCheck* a, const TransactionCheck* b) {
      return place(a) == place(b) ? in_order(a, b) : place(a) < place(b);
    });
    std::ranges::reverse(first);
    for (const TransactionCheck* check : first) write_engine(*check, true);
    for (const TransactionCheck* check : others) write_engine(*check, false);
    json_.end_array();
  }
  void write_engine(const TransactionCheck& check, bool is_mpm) {
    json_.begin_object();
    std::string name;
    switch (check.kind) {
      case TransactionCheck::Kind::kBuffer:
        name = report_name(program_.buffers[check.buffer]->buffer->name);
        break;
      case TransactionCheck::Kind::kPayload:
        name = "stream";
        break;
      default:
        name = keyword_of(check);
        if (name == "app-layer-event") name = "app-layer-events";
        if (name.starts_with("tls.") || name.starts_with("ssl_")) name = "tls_generic";
        if (name.starts_with("dcerpc.")) name = "dce_generic";
        if (name == "ftpbounce" || name == "lua") name = hook_of(check);
        break;
    }
    json_.field("name", std::string_view(name));
    json_.field("direction", check.direction == Direction::kToServer ? "toserver" : "toclient");
    json_.field("is_mpm", is_mpm);
    json_.field("app_proto", check.proto == AppProto::kUnknown ? std::string_view("unknown")
                                                               : proto_name(check.proto));
    json_.field("progress", shown_progress(check));
    if (check.kind == TransactionCheck::Kind::kBuffer) {
      const auto& transforms = program_.buffers[check.buffer]->transforms;
      if (!transforms.empty()) {
        json_.begin_array("transforms");
        for (const auto& transform : transforms) {
          const std::string key = transform->key();
          json_.begin_object();
          json_.field("name", std::string_view(key).substr(0, key.find(':')));
          json_.end_object();
        }
        json_.end_array();
      }
    }
    if (check.chain != nullptr) {
      write_chain(*check.chain, "matches");
    } else {
      json_.begin_array("matches");
      json_.begin_object();
      json_.field("name", keyword_of(check));
      json_.end_object();
      json_.end_array();
    }
    json_.end_object();
  }
  /// Of a protocol that carries others; the reference shows those alone, but for files.
  bool is_carried(const TransactionCheck& check) const {
    if (find_carriage(check.proto) == nullptr) return false;
    return check.kind != TransactionCheck::Kind::kBuffer || !is_of_file(check);
  }
  bool is_of_file(const TransactionCheck& check) const {
    return !program_.buffers[check.buffer]->buffer->file_needs.empty();
  }
  /// The reference numbers the states of HTTP in its own way: in HTTP/1 a part belongs to the state in
  /// which it comes, here to the next, when it is whole; in HTTP/2 they are those of a stream.
  std::uint8_t shown_progress(const TransactionCheck& check) const {
    if (check.kind != TransactionCheck::Kind::kBuffer || check.progress == 0) return check.progress;
    const std::string_view name = program_.buffers[check.buffer]->buffer->name;
    const bool is_body =
        name == "http.request_body" || name == "http.response_body" || is_of_file(check);
    if (check.proto == AppProto::kHttp1) {
      const bool when_whole = is_body || name == "http.header.raw";
      return when_whole ? check.progress : static_cast<std::uint8_t>(check.progress - 1);
    }
    if (check.proto != AppProto::kHttp2) return check.progress;
    constexpr std::uint8_t kOpen = 1, kClientDone = 3, kServerDone = 5;
    if (name == "http.response_header") return kOpen;
    if (check.direction == Direction::kToClient || name == "http.response_body") return kServerDone;
    return is_body ? kClientDone : kOpen;
  }
  /// Of keywords without a list of their own: "ftp:request_complete:generic".
  std::string hook_of(const TransactionCheck& check) const {
    for (const ProtocolSpec* const spec : protocols_) {
      if (spec->proto != check.proto) continue;
      const auto states = check.direction == Direction::kToServer ? spec->to_server_states
                                                                  : spec->to_client_states;
      if (check.progress >= states.size()) break;
      const std::string proto(check.proto == AppProto::kHttp1 ? "http1" : name_of(check.proto));
      return proto + ":" + std::string(states[check.progress]) + ":generic";
    }
    return "generic";
  }
  std::string_view keyword_of(const TransactionCheck& check) const {
    for (const DraftTransactionMatch& match : rule_->transaction_matches) {
      if (match.keyword.get() == check.keyword) return match.name;
    }
    return "generic";
  }

  void write_lists() {
    json_.begin_object("lists");
    const auto list = [&](std::string_view wanted) {
      if (!has_list(wanted)) return;
      json_.begin_object(wanted);
      json_.begin_array("matches");
      for (const RuleOption& option : ast_->options) {
        if (list_of(option) != wanted) continue;
        const std::string_view name = list_name(option.name);
        json_.begin_object();
        json_.field("name", name);
        write_detail(name, option.raw, json_);
        json_.end_object();
      }
      json_.end_array();
      json_.end_object();
    };
    list("packet");
    if (rule_->payload != nullptr && !is_transaction()) write_list("payload", *rule_->payload);
    for (const DraftBuffer& buffer : rule_->buffers) {
      for (const auto& item : buffer.chain) {
        const auto* const base64 = dynamic_cast<const Base64DecodeItem*>(item.get());
        if (base64 != nullptr && !base64->data.empty()) write_list("base64_data", base64->data);
      }
    }
    list("postmatch");
    list("tag");
    list("threshold");
    json_.end_object();
  }
  void write_list(std::string_view name, const InspectChain& chain) {
    json_.begin_object(name);
    write_chain(chain, "matches");
    json_.end_object();
  }

  /// `content:"a"; isdataat:!1,relative;`: the content ends the buffer.
  static bool ends_buffer(const InspectItem& item, const InspectItem& next) {
    if (item.kind != InspectKind::kContent || item.negated) return false;
    if (next.kind != InspectKind::kIsDataAt || !next.negated || !next.relative) return false;
    const NumberOrVariable& at = static_cast<const IsDataAtItem&>(next).at;
    return at.variable < 0 && at.number == 1;
  }

  void write_chain(const InspectChain& chain, std::string_view key) {
    json_.begin_array(key);
    bool moved = false;
    for (std::size_t i = 0; i < chain.size(); ++i) {
      const auto& item = chain[i];
      if (i > 0 && ends_buffer(*chain[i - 1], *item)) continue;  // said with the content
      json_.begin_object();
      switch (item->kind) {
        case InspectKind::kContent: {
          json_.field("name", "content");
          json_.begin_object("content");
          write_content(static_cast<const ContentItem&>(*item), !moved,
                        i + 1 < chain.size() && ends_buffer(*item, *chain[i + 1]));
          json_.end_object();
          break;
        }
        case InspectKind::kPcre:
          write_pcre(static_cast<const PcreItem&>(*item));
          break;
        case InspectKind::kByteTest:
          write_byte_test(static_cast<const ByteTestItem&>(*item));
          break;
        case InspectKind::kByteJump:
          write_byte_jump(static_cast<const ByteJumpItem&>(*item));
          break;
        default:
          json_.field("name", item->keyword);
          break;
      }
      json_.end_object();
      const bool stays = item->kind == InspectKind::kBsize || item->kind == InspectKind::kIsDataAt;
      moved = moved || !stays;
    }
    json_.end_array();
  }
  /// `is_first`: nothing before it; where it looks is then the same as from the buffer's start.
  void write_content(const ContentItem& content, bool is_first, bool ends_with = false) {
    ends_with = ends_with || content.ends_with;
    const bool next_is_relative = content.next_is_relative && ends_with == content.ends_with;
    const bool is_mpm = &content == pattern();
    std::string bytes(as_text(content.bytes));
    if (content.nocase) bytes = to_lower(bytes);
    json_.field("pattern", std::string_view(print_pattern(bytes)));
    json_.field("length", content.bytes.size());
    json_.field("nocase", content.nocase);
    json_.field("negated", content.negated);
    json_.field("starts_with", content.starts_with);
    json_.field("ends_with", ends_with);
    json_.field("is_mpm", is_mpm);
    const bool placed = content.has_offset || content.has_depth || content.is_relative();
    json_.field("no_double_inspect", is_mpm && !placed && !next_is_relative &&
                                         content.fast_pattern.chop_length == 0);
    const bool from_start = is_first && content.is_relative();
    const std::int64_t offset = content.has_offset                   ? content.offset.number
                                : from_start && content.has_distance ? content.distance.number
                                                                     : 0;
    if (offset != 0) json_.field("offset", offset);
    if (content.has_depth) {
      json_.field("depth", offset + content.depth.number);
    } else if (from_start && content.has_within) {
      json_.field("depth", offset + content.within.number);
    } else if (dsize_limit() >= 0 && rule_->payload != nullptr && !placed) {
      json_.field("depth", dsize_limit());
    }
    if (!from_start && content.has_distance) json_.field("distance", content.distance.number);
    if (!from_start && content.has_within) json_.field("within", content.within.number);
    json_.field("fast_pattern", content.fast_pattern.wanted);
    json_.field("relative_next", next_is_relative);
  }
  std::int64_t dsize_limit() const {
    const RuleOption* const dsize = ast_->find_option("dsize");
    if (dsize == nullptr) return -1;
    const auto test = NumberMatch::parse(trim(dsize->raw), 65535);
    using Kind = NumberMatch::Kind;
    if (!test) return -1;
    if (test->kind() == Kind::kInside) return static_cast<std::int64_t>(test->b());
    const bool limits = test->kind() == Kind::kLess || test->kind() == Kind::kLessOrEqual ||
                        test->kind() == Kind::kEqual;
    return limits ? static_cast<std::int64_t>(test->a()) : -1;
  }
  void write_pcre(const PcreItem& pcre) {
    json_.field("name", "pcre");
    json_.begin_object("pcre");
    json_.field("relative", pcre.relative);
    json_.field("relative_next", pcre.next_is_relative);
    json_.field("nocase", pcre.nocase);
    json_.field("negated", pcre.negated);
    json_.end_object();
  }
  void write_field(const NumberField& field) {
    json_.field("nbytes", field.count.number);
    json_.field("offset", field.offset.number);
  }
  void write_base(NumberText text) {
    constexpr std::string_view kBases[] = {"unset", "unset", "oct", "dec", "hex"};
    json_.field("base", kBases[static_cast<std::size_t>(text)]);
  }
  void begin_flags(const NumberField& field, bool relative) {
    json_.begin_array("flags");
    if (field.order == ByteOrder::kLittle) json_.item("little_endian");
    if (field.text != NumberText::kBinary) json_.item("string");
    if (relative) json_.item("relative");
  }
  void write_byte_test(const ByteTestItem& test) {
    json_.field("name", "byte_test");
    json_.begin_object("byte_test");
    write_field(test.field);
    write_base(test.field.text);
    begin_flags(test.field, test.relative);
    if (test.field.order == ByteOrder::kDce) json_.item("dce");
    json_.end_array();
    json_.end_object();
  }
  void write_byte_jump(const ByteJumpItem& jump) {
    json_.field("name", "byte_jump");
    json_.begin_object("byte_jump");
    write_field(jump.field);
    json_.field("multiplier", jump.multiplier);
    json_.field("post_offset", jump.post_offset);
    write_base(jump.field.text);
    begin_flags(jump.field, jump.relative);
    if (jump.align) json_.item("align");
    if (jump.field.order == ByteOrder::kDce) json_.item("dce");
    if (jump.origin == ByteJumpItem::Origin::kBeginning) json_.item("from_beginning");
    if (jump.origin == ByteJumpItem::Origin::kEnd) json_.item("from_end");
    json_.end_array();
    json_.end_object();
  }

  /// The content that stands for the rule. Rules on packet headers are found by protocol and port
  /// here; the reference looks for their longest content.
  const ContentItem* pattern() const {
    if (rule_->fast_pattern != nullptr) return rule_->fast_pattern;
    const ContentItem* best = nullptr;
    for (const DraftBuffer* buffer : rule_->packet_buffers) {
      for (const auto& item : buffer->chain) {
        if (item->kind != InspectKind::kContent || item->negated) continue;
        const auto& content = static_cast<const ContentItem&>(*item);
        if (best == nullptr || content.bytes.size() > best->bytes.size()) best = &content;
      }
    }
    return best;
  }
  bool is_mpm_of(const InspectChain& chain) const {
    return std::ranges::any_of(chain, [&](const auto& item) { return item.get() == pattern(); });
  }
  const DraftBuffer& pattern_buffer() const {
    return rule_->buffers[static_cast<std::size_t>(rule_->fast_pattern_buffer)];
  }
  void write_mpm() {
    json_.begin_object("mpm");
    if (rule_->fast_pattern == nullptr) {
      json_.field("buffer", "payload");  // of packet headers: as the reference calls it
      write_content(*pattern(), true);
      json_.end_object();
      return;
    }
    const DraftBuffer& buffer = pattern_buffer();
    json_.field("buffer", std::string_view(buffer.kind == DraftBuffer::Kind::kTransaction
                                               ? report_name(buffer.name)
                                               : std::string("payload")));
    const bool is_first = !buffer.chain.empty() && buffer.chain.front().get() == rule_->fast_pattern;
    write_content(*rule_->fast_pattern, is_first);
    json_.end_object();
  }
  void write_prefilter() {
    std::string_view before;
    for (const RuleOption& option : ast_->options) {
      if (option.name == "prefilter" && rule_->fast_pattern == nullptr && !before.empty()) {
        json_.begin_object("prefilter");
        json_.field("buffer", "packet");
        json_.field("name", before);
        json_.end_object();
      }
      before = list_name(option.name);
    }
  }
  void find_notes() {
    for (const DraftBuffer& buffer : rule_->buffers) {
      if (buffer.chain.empty() || buffer.chain.front()->kind != InspectKind::kContent) continue;
      const auto& content = static_cast<const ContentItem&>(*buffer.chain.front());
      if (!content.is_relative()) continue;
      // One way of saying it for each of the two, as the one given last is.
      if (content.has_within) {
        notes_.emplace_back("'within' option for pattern w/o previous content was converted to 'depth'");
      } else {
        notes_.emplace_back("'distance' option for pattern w/o previous content was converted to 'offset'");
      }
    }
    for (const DraftBuffer& buffer : rule_->buffers) {
      for (const auto& item : buffer.chain) {
        if (item->kind == InspectKind::kContent &&
            static_cast<const ContentItem&>(*item).fast_pattern.only) {
          notes_.emplace_back(
              "'fast_pattern:only' option is silently ignored and is interpreted as regular "
              "'fast_pattern'");
        }
      }
    }
  }

  const RuleProgram& program_;
  std::span<const ProtocolSpec* const> protocols_;
  std::set<std::string_view> generic_;
  std::vector<RuleAst> asts_;
  std::map<std::string, std::set<std::uint32_t>> setters_;  ///< by flowbit: rules on transactions
  std::set<std::string> tested_late_;                       ///< flowbits that such rules test
  const CompiledRule* rule_ = nullptr;
  const RuleAst* ast_ = nullptr;
  std::vector<std::string> notes_;
  JsonWriter json_;
};

/// rules_fast_pattern.txt: which content finds each rule.
std::string fast_pattern_report(const RuleProgram& program) {
  std::string text;
  for (const auto& rule : program.all) {
    if (rule->fast_pattern == nullptr) continue;
    const ContentItem& content = *rule->fast_pattern;
    const DraftBuffer& buffer = rule->buffers[static_cast<std::size_t>(rule->fast_pattern_buffer)];
    std::string flags;
    const auto flag = [&](bool set, std::string_view name) {
      if (!set) return;
      if (!flags.empty()) flags += ' ';
      flags += name;
    };
    flag(content.has_offset, "Offset");
    flag(content.has_depth, "Depth");
    flag(content.has_within, "Within");
    flag(content.has_distance, "Distance");
    flag(content.nocase, "Nocase");
    flag(content.negated, "Negated");
    const std::string pattern = print_content_pattern(as_text(content.bytes));
    const std::uint16_t chop = content.fast_pattern.chop_length;
    const std::string last =
        chop == 0 ? pattern
                  : print_content_pattern(as_text(content.bytes)
                                              .substr(content.fast_pattern.chop_offset, chop));
    text += fmt::format(
        "== Sid: {} ==\n{}\n    Fast Pattern analysis:\n        Fast pattern matcher: {}\n"
        "        Flags: {}\n        Fast pattern set: {}\n        Fast pattern only set: {}\n"
        "        Fast pattern chop set: {}\n",
        rule->meta.sid, rule->meta.text,
        buffer.kind == DraftBuffer::Kind::kTransaction ? report_name(buffer.name) : "content",
        flags.empty() ? "None" : flags, content.fast_pattern.wanted ? "yes" : "no",
        content.fast_pattern.only ? "yes" : "no", chop != 0 ? "yes" : "no");
    if (chop != 0) {
      text += fmt::format("        Fast pattern offset, length: {}, {}\n",
                          content.fast_pattern.chop_offset, chop);
    }
    text += fmt::format("        Original content: {}\n        Final content: {}\n\n", pattern, last);
  }
  return text;
}

Result<void> write_file(const std::string& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.flush();
  if (!out) return failure("cannot write " + path + ": " + std::strerror(errno));
  return {};
}

}  // namespace

std::string analyse_rule(const RuleEnvironment& environment, const RuleSet& rules,
                         std::size_t index) {
  return std::string(Analysis(environment, static_cast<const RuleProgram&>(rules)).write(index));
}

Result<void> write_rule_analysis(const RuleEnvironment& environment, const RuleSet& rules,
                                 const std::string& folder) {
  const auto& program = static_cast<const RuleProgram&>(rules);
  Analysis analysis(environment, program);
  std::string text;
  for (std::size_t i = 0; i < program.all.size(); ++i) {
    text += analysis.write(i);
    text += '\n';
  }
  if (auto done = write_file(folder + "/rules.json", text); !done) return done;
  return write_file(folder + "/rules_fast_pattern.txt", fast_pattern_report(program));
}

}  // namespace culvert
