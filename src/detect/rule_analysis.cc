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
#include "detect/rule_analysis_chain.h"
#include "detect/rule_analysis_keywords.h"
#include "detect/rule_program.h"
#include "event/json_writer.h"
#include "rule/content_pattern.h"
#include "rule/number_match.h"
#include "rule/parser.h"
#include "rule/value.h"

namespace culvert {
namespace {

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
    for (const KeywordSpec* keyword : environment.keywords) {
      generic_.insert(keyword->name);
      if (!keyword->alias.empty()) generic_.insert(keyword->alias);
    }
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
    chains_.set_rule(*rule_, *ast_);
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
    if (chains_.pattern() != nullptr) write_mpm();
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
  std::string_view list_of(const RuleOption& option) const {
    return analysis_list(option, generic_, is_transaction());
  }
  bool has_list(std::string_view list) const {
    return std::ranges::any_of(ast_->options,
                               [&](const RuleOption& option) { return list_of(option) == list; });
  }
  bool needs_packet() const {
    return std::ranges::any_of(ast_->options, [&](const RuleOption& option) {
      if (option.name.ends_with(".hdr")) return true;
      if (option.name == "ip_proto") return true;
      return list_of(option) == "packet" && asks_of_packet(option.name);
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
      return ast_->protocol == "http" ? http_name() : analysis_name(*named);
    }
    std::string_view only;
    for (std::size_t i = 0; i < RuleProgram::kProtos; ++i) {
      if ((rule_->protos >> i & 1) == 0) continue;
      const auto proto = static_cast<AppProto>(i);
      if (proto == AppProto::kHttp1 || proto == AppProto::kHttp2) return http_name();
      if (only.empty() && generic_proto(proto)) only = analysis_name(proto);
    }
    return only.empty() ? std::string_view("unknown") : only;
  }
  /// Parts that only HTTP/1 has make it a rule for that.
  std::string_view http_name() const {
    const bool only_1 = (rule_->protos & proto_bit(AppProto::kHttp2)) == 0;
    return only_1 ? analysis_name(AppProto::kHttp1) : std::string_view("http_any");
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
    if (chains_.pattern() != nullptr || has_option("prefilter")) json_.item("prefilter");
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
      engine(buffer->name, chains_.is_mpm_of(buffer->chain));
      chains_.write_chain(buffer->chain, "matches");
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
                                                               : analysis_name(check.proto));
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
      chains_.write_chain(*check.chain, "matches");
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
        const std::string_view name = analysis_name(option.name);
        json_.begin_object();
        json_.field("name", name);
        write_analysis_detail(name, option.raw, json_);
        json_.end_object();
      }
      json_.end_array();
      json_.end_object();
    };
    list("packet");
    if (rule_->payload != nullptr && !is_transaction()) chains_.write_list("payload", *rule_->payload);
    for (const DraftBuffer& buffer : rule_->buffers) {
      for (const auto& item : buffer.chain) {
        const auto* const base64 = dynamic_cast<const Base64DecodeItem*>(item.get());
        if (base64 != nullptr && !base64->data.empty()) chains_.write_list("base64_data", base64->data);
      }
    }
    list("postmatch");
    list("tag");
    list("threshold");
    json_.end_object();
  }
  const DraftBuffer& pattern_buffer() const {
    return rule_->buffers[static_cast<std::size_t>(rule_->fast_pattern_buffer)];
  }
  void write_mpm() {
    json_.begin_object("mpm");
    if (rule_->fast_pattern == nullptr) {
      json_.field("buffer", "payload");  // of packet headers: as the reference calls it
      chains_.write_content(*chains_.pattern(), true);
      json_.end_object();
      return;
    }
    const DraftBuffer& buffer = pattern_buffer();
    json_.field("buffer", std::string_view(buffer.kind == DraftBuffer::Kind::kTransaction
                                               ? report_name(buffer.name)
                                               : std::string("payload")));
    const bool is_first = !buffer.chain.empty() && buffer.chain.front().get() == rule_->fast_pattern;
    chains_.write_content(*rule_->fast_pattern, is_first);
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
      before = analysis_name(option.name);
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
  ChainAnalysis chains_{json_};
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
