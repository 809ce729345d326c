#include "detect/rule_draft.h"

#include <algorithm>
#include <stdexcept>

#include "app/carriage.h"
#include "app/protocol_spec.h"
#include "detect/inspect_base64.h"
#include "detect/rule_program.h"
#include "detect/shared_state.h"
#include "rule/value.h"

namespace culvert {
namespace {

RuleVariables variables_of(const RuleEnvironment& environment) {
  RuleVariables variables;
  if (environment.config == nullptr) return variables;
  for (const ConfigNode& node : environment.config->items("vars.address-groups")) {
    variables.address_groups.emplace(node.name(), node.value());
  }
  for (const ConfigNode& node : environment.config->items("vars.port-groups")) {
    variables.port_groups.emplace(node.name(), node.value());
  }
  return variables;
}

}  // namespace

RuleCatalog::RuleCatalog(const RuleEnvironment& env) : environment(env), sets(variables_of(env)) {
  if (env.previous != nullptr) names = static_cast<const RuleProgram&>(*env.previous).names;
  for (const KeywordSpec* keyword : env.keywords) {
    keywords_.emplace(keyword->name, keyword);
    if (!keyword->alias.empty()) keywords_.emplace(keyword->alias, keyword);
  }
  for (const ProtocolSpec* protocol : env.protocols) {
    for (const KeywordSpec* keyword : protocol->keywords) {
      keywords_.emplace(keyword->name, keyword);
      if (!keyword->alias.empty()) keywords_.emplace(keyword->alias, keyword);
    }
    const auto add = [&](const BufferSpec& buffer, BufferSide to_server, BufferSide to_client) {
      for (const std::string_view name : {buffer.name, buffer.alias}) {
        if (name.empty()) continue;
        buffers_[std::string(name)].push_back({protocol, &buffer, to_server, to_client});
      }
    };
    for (const BufferSpec& buffer : protocol->buffers) {
      add(buffer, buffer.to_server, buffer.to_client);
    }
    const Carriage* const carriage = find_carriage(protocol->proto);
    for (const ProtocolSpec* part : env.protocols) {
      if (carriage == nullptr) break;
      for (const BufferSpec& buffer : part->buffers) {
        if (part->proto == carriage->carrier) add(buffer, buffer.to_server, buffer.to_client);
        if (part->proto != carriage->carried) continue;
        add(buffer, {buffer.to_server.exists, protocol->complete(Direction::kToServer)},
            {buffer.to_client.exists, protocol->complete(Direction::kToClient)});
      }
    }
    if (!protocol->files.to_server.exists && !protocol->files.to_client.exists) continue;
    for (const BufferSpec* buffer : env.file_buffers) {
      add(*buffer, protocol->files.to_server, protocol->files.to_client);
    }
  }
}

DatasetStore& RuleCatalog::datasets() {
  if (environment.shared != nullptr) return environment.shared->datasets;
  if (own_shared_ == nullptr) own_shared_ = std::make_shared<DetectShared>();
  return own_shared_->datasets;
}

const KeywordSpec* RuleCatalog::find_keyword(std::string_view name) const {
  const auto found = keywords_.find(name);
  return found == keywords_.end() ? nullptr : found->second;
}

const std::vector<BufferOfProtocol>& RuleCatalog::find_buffers(std::string_view name) const {
  static const std::vector<BufferOfProtocol> kNone;
  const auto found = buffers_.find(name);
  return found == buffers_.end() ? kNone : found->second;
}

const ProtocolSpec* RuleCatalog::find_protocol(AppProto proto) const {
  for (const ProtocolSpec* each : environment.protocols) {
    if (each->proto == proto) return each;
  }
  return nullptr;
}

ProtoSet protos_covered_by(AppProto wanted) {
  ProtoSet set = proto_bit(wanted);
  for (unsigned i = 0; i <= static_cast<unsigned>(AppProto::kLast); ++i) {
    if (covers(wanted, static_cast<AppProto>(i))) set |= ProtoSet{1} << i;
  }
  return set;
}

RuleDraft::RuleDraft(const RuleAst& rule, RuleCatalog& shared) : ast(rule), catalog(shared) {}

DraftBuffer* RuleDraft::find_buffer(const DraftBuffer& like) {
  for (DraftBuffer& each : buffers) {
    if (each.kind == like.kind && each.name == like.name &&
        each.packet_buffer == like.packet_buffer && each.frame_proto == like.frame_proto &&
        each.frame_type == like.frame_type && each.base64 == like.base64 &&
        each.direction == like.direction && each.transforms.size() == like.transforms.size() &&
        std::ranges::equal(each.transforms, like.transforms,
                           [](const auto& a, const auto& b) { return a->key() == b->key(); })) {
      return &each;
    }
  }
  return nullptr;
}

std::string_view RuleDraft::unused_buffer() const {
  if (!abandoned_.empty()) return abandoned_;
  return is_open() && !transforms_follow_content_ ? std::string_view(pending_->name)
                                                  : std::string_view();
}

bool RuleDraft::is_open() const {
  return pending_ && !pending_->name.empty() && pending_->kind != DraftBuffer::Kind::kBase64;
}

Result<void> RuleDraft::leave_buffer() const {
  if (!is_open()) return {};
  return failure("nothing is looked for in " + pending_->name + " before " +
                 std::string(option_name));
}

void RuleDraft::open(DraftBuffer buffer) {
  if (is_open() && abandoned_.empty()) abandoned_ = pending_->name;
  transforms_follow_content_ = false;
  buffer.direction = side;
  pending_ = std::move(buffer);
}

DraftBuffer& RuleDraft::current() {
  if (!pending_ && current_ == kNone) pending_ = DraftBuffer{};
  if (pending_) {
    // Each mention of a buffer with many instances is about an instance of its own.
    bool many = false;
    if (pending_->protocols != nullptr) {
      for (const BufferOfProtocol& each : *pending_->protocols) many |= each.buffer->multi_instance;
    }
    DraftBuffer* const same = many ? nullptr : find_buffer(*pending_);
    if (same != nullptr) {
      current_ = static_cast<std::size_t>(same - buffers.data());
    } else {
      current_ = buffers.size();
      buffers.push_back(std::move(*pending_));
    }
    pending_.reset();
  }
  return buffers[current_];
}

bool RuleDraft::in_payload() const {
  if (pending_) return pending_->kind == DraftBuffer::Kind::kPayload;
  return current_ == kNone || buffers[current_].kind == DraftBuffer::Kind::kPayload;
}

bool RuleDraft::is_in(std::string_view buffer) const {
  if (!pending_ && current_ == kNone) return false;
  const DraftBuffer& now = pending_ ? *pending_ : buffers[current_];
  return now.name == buffer && now.transforms.empty();
}

Result<void> RuleDraft::add_item(std::unique_ptr<InspectItem> item) {
  item->keyword = option_name;
  const bool is_match = item->kind == InspectKind::kContent || item->kind == InspectKind::kPcre;
  // What is relative, and base64_decode, follow the content before them to where an old modifier
  // has moved that.
  const bool follows = item->relative || item.get() == base64;
  if (!is_match && follows && in_payload() && !pending_ && last_match_buffer_ != kNone) {
    buffers[last_match_buffer_].chain.push_back(std::move(item));
    return {};
  }
  if (item->kind == InspectKind::kContent) last_content_ = static_cast<ContentItem*>(item.get());
  current().chain.push_back(std::move(item));
  if (is_match) last_match_buffer_ = current_;
  return {};
}

Result<void> RuleDraft::add_transform(std::shared_ptr<const Transform> transform) {
  if (!pending_ && current_ != kNone &&
      (buffers[current_].kind == DraftBuffer::Kind::kTransaction ||
       buffers[current_].kind == DraftBuffer::Kind::kPacketBuffer ||
       buffers[current_].kind == DraftBuffer::Kind::kFrame)) {
    // After a content: what follows looks at the same buffer, transformed.
    const DraftBuffer& now = buffers[current_];
    if (!now.transforms.empty()) {
      return failure("a transform follows its sticky buffer, before any content");
    }
    DraftBuffer next;
    next.kind = now.kind;
    next.name = now.name;
    next.protocols = now.protocols;
    next.packet_buffer = now.packet_buffer;
    next.frame_proto = now.frame_proto;
    next.frame_type = now.frame_type;
    next.direction = now.direction;
    open(std::move(next));
    transforms_follow_content_ = true;
  }
  if (!pending_ || pending_->kind == DraftBuffer::Kind::kPayload ||
      pending_->kind == DraftBuffer::Kind::kBase64) {
    return failure("a transform follows its sticky buffer, before any content");
  }
  pending_->transforms.push_back(std::move(transform));
  return {};
}

Result<void> RuleDraft::select_packet_buffer(const PacketBuffer& buffer) {
  DraftBuffer next;
  next.kind = DraftBuffer::Kind::kPacketBuffer;
  next.name = buffer.name;
  next.packet_buffer = &buffer;
  needs_packet = true;
  looks_at_flow_only = false;
  open(std::move(next));
  return {};
}

Result<void> RuleDraft::select_frame(std::string_view name) {
  const auto dot = name.find('.');
  std::optional<AppProto> proto =
      dot == name.npos ? std::nullopt : find_app_proto(name.substr(0, dot));
  std::string_view type = proto ? name.substr(dot + 1) : name;
  const std::uint8_t ip_proto = ast.protocol == "udp"             ? 17
                                : ast.protocol.starts_with("tcp") ? 6
                                                                  : 0;
  if (!proto) {  // the rule's own
    proto = protos == kAllProtos ? std::nullopt : find_app_proto(ast.protocol);
    if (!proto) {
      return failure("rule protocol unknown, can't use shorthand notation for frame '" +
                     std::string(name) + "'");
    }
  } else if (*proto == AppProto::kHttp) {
    proto = AppProto::kHttp1;
  }
  const ProtocolSpec* const spec = catalog.find_protocol(*proto);
  const auto unknown = [&] {
    return failure("unknown frame '" + std::string(type) + "' for protocol '" +
                   std::string(name_of(*proto)) + "'");
  };
  if (spec == nullptr) return unknown();
  DraftBuffer next;
  next.kind = DraftBuffer::Kind::kFrame;
  next.name = std::string(name_of(*proto)) + "." + std::string(type);
  next.frame_proto = *proto;
  next.frame_type = kStreamFrame;
  if (type == "stream") {
    if (ip_proto == 17) return unknown();
  } else {
    const auto found = std::ranges::find(spec->frames, type);
    if (found == spec->frames.end()) return unknown();
    const bool there =
        ip_proto == 0 || spec->ip_protos[0] == ip_proto || spec->ip_protos[1] == ip_proto;
    if (!there) return unknown();
    next.frame_type = static_cast<std::uint8_t>(found - spec->frames.begin());
  }
  if ((protos & protos_covered_by(*proto)) == 0) {
    return failure("frame '" + std::string(name) + "' protocol '" + std::string(name_of(*proto)) +
                   "' mismatch with rule protocol '" + ast.protocol + "'");
  }
  if (auto done = require_protocols(proto_bit(*proto), name); !done) return done;
  needs_app_layer = true;
  open(std::move(next));
  return {};
}

void RuleDraft::select_payload() { open(DraftBuffer{}); }

Result<void> RuleDraft::select_base64() {
  if (base64 == nullptr)
    return failure("\"base64_data\" keyword seen without preceding base64_decode.");
  DraftBuffer next;
  next.kind = DraftBuffer::Kind::kBase64;
  next.name = "base64_data";
  next.base64 = base64;
  open(std::move(next));
  return {};
}

Result<void> RuleDraft::set_absent(bool or_else) {
  if (!pending_ || pending_->kind != DraftBuffer::Kind::kTransaction) {
    return failure("absent follows the sticky buffer that it is about");
  }
  DraftBuffer& buffer = current();
  if (!buffer.chain.empty()) return failure("absent comes before all else about its buffer");
  buffer.absent = or_else ? DraftBuffer::Absent::kOrElse : DraftBuffer::Absent::kOnly;
  return {};
}

Result<void> RuleDraft::select_buffer_named(std::string_view name) {
  const std::vector<BufferOfProtocol>& found = catalog.find_buffers(name);
  if (found.empty()) return failure("no buffer of the name \"" + std::string(name) + "\"");
  ProtoSet set = 0;
  bool by_direction[2] = {false, false};
  for (const BufferOfProtocol& each : found) {
    set |= proto_bit(each.protocol->proto);
    if ((protos & proto_bit(each.protocol->proto)) == 0) continue;
    by_direction[0] |= each.to_server.exists;
    by_direction[1] |= each.to_client.exists;
  }
  // http2 over http1 names, dns over doh2: those that carry a protocol count as it.
  if (auto done = require_protocols(set, name); !done) return done;
  DraftBuffer next;
  next.kind = DraftBuffer::Kind::kTransaction;
  next.name = found.front().buffer->name;
  next.protocols = &catalog.find_buffers(next.name);
  needs_app_layer = true;
  open(std::move(next));
  if (ast.direction == RuleDirection::kTransactional && !side &&
      by_direction[0] != by_direction[1]) {
    pending_->direction = by_direction[0] ? Direction::kToServer : Direction::kToClient;
  }
  return {};
}

Result<void> RuleDraft::select_buffer(const BufferSpec& buffer) {
  return select_buffer_named(buffer.name);
}

Result<void> RuleDraft::add_buffer_content(const BufferSpec& buffer, Bytes bytes, bool nocase,
                                           bool negated, bool exact) {
  if (auto done = leave_buffer(); !done) return done;
  const auto before = current_;
  auto pending_before = std::move(pending_);
  pending_.reset();
  if (auto done = select_buffer_named(buffer.name); !done) return done;
  auto item = std::make_unique<ContentItem>();
  item->bytes.assign(bytes.begin(), bytes.end());
  item->nocase = nocase;
  item->negated = negated;
  if (exact) {
    item->starts_with = item->ends_with = item->has_depth = true;
    item->depth.number = static_cast<std::int64_t>(bytes.size());
  }
  auto done = add_item(std::move(item));
  current_ = before;
  pending_ = std::move(pending_before);
  return done;
}

ContentItem* RuleDraft::last_content() {
  // Old style modifiers move contents to other buffers, and what follows is still about them.
  if (in_payload()) return pending_ ? nullptr : last_content_;
  if (pending_ && !transforms_follow_content_) return nullptr;
  const InspectChain& chain = buffers[current_].chain;
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
    if ((*at)->kind == InspectKind::kContent) return static_cast<ContentItem*>(at->get());
  }
  return nullptr;
}

InspectItem* RuleDraft::last_item() {
  if (pending_ || current_ == kNone || buffers[current_].chain.empty()) return nullptr;
  return buffers[current_].chain.back().get();
}

Result<void> RuleDraft::move_last_content(std::string_view buffer_name) {
  if (!in_payload()) return failure(std::string(buffer_name) + " cannot follow a sticky buffer");
  if (last_content() == nullptr) return failure("there is no content before it");
  InspectChain& from = buffers[current_].chain;
  auto at = std::find_if(from.rbegin(), from.rend(),
                         [&](const auto& item) { return item.get() == last_content_; });
  if (at == from.rend()) return failure("the content before it already has a buffer");
  if (last_content_->rawbytes)
    return failure("rawbytes cannot go with " + std::string(buffer_name));
  std::unique_ptr<InspectItem> item = std::move(*at);
  from.erase(std::next(at).base());
  return add_item_to(buffer_name, std::move(item));
}

Result<void> RuleDraft::add_item_to(std::string_view buffer_name,
                                    std::unique_ptr<InspectItem> item) {
  const std::vector<BufferOfProtocol>& found = catalog.find_buffers(buffer_name);
  if (is_open() && !found.empty() && is_in(found.front().buffer->name)) {
    return add_item(std::move(item));  // `http.header; pcre:"/a/H"; http.method; ...`
  }
  const std::size_t before = current_;
  std::optional<DraftBuffer> pending_before = std::move(pending_);
  pending_.reset();
  if (auto done = select_buffer_named(buffer_name); !done) return done;
  if (auto done = add_item(std::move(item)); !done) return done;
  current_ = before;
  pending_ = std::move(pending_before);
  return {};
}

std::int16_t RuleDraft::find_variable(std::string_view name) const {
  const auto found = std::ranges::find(variables_, name);
  return found == variables_.end() ? std::int16_t{-1}
                                   : static_cast<std::int16_t>(found - variables_.begin());
}

Result<std::int16_t> RuleDraft::add_variable(std::string_view name) {
  if (variables_.size() >= InspectState::kMaxVariables) return failure("too many variables");
  variables_.emplace_back(name);
  return static_cast<std::int16_t>(variables_.size() - 1);
}

Result<NumberOrVariable> RuleDraft::number_or_variable(std::string_view text, std::int64_t lowest,
                                                       std::int64_t highest) const {
  text = trim(text);
  const bool is_number =
      !text.empty() && (text[0] == '-' || text[0] == '+' || (text[0] >= '0' && text[0] <= '9'));
  NumberOrVariable result;
  if (is_number) {
    const auto number = parse_integer(text, lowest, highest);
    if (!number) return tl::unexpected(number.error());
    result.number = *number;
    return result;
  }
  result.variable = find_variable(text);
  if (result.variable < 0) {
    std::string_view keyword;
    for (const RuleOption& option : ast.options) {
      if (option.offset == option_offset) keyword = option.name;
    }
    const bool test_or_jump = keyword == "byte_test" || keyword == "byte_jump";
    return failure(
        std::string(test_or_jump ? "Unknown byte_extract var" : "unknown byte_ keyword var") +
        " seen in " + std::string(keyword) + " - " + std::string(text) +
        ": it is neither a number nor made by a byte_extract or byte_math before");
  }
  return result;
}

void RuleDraft::add_packet_match(std::unique_ptr<const Keyword> keyword) {
  packet_matches.push_back(std::move(keyword));
}

Result<void> RuleDraft::add_transaction_match(const TransactionHook& hook,
                                              std::unique_ptr<const Keyword> keyword) {
  ProtoSet set = hook.of_files ? 0 : protos_covered_by(hook.proto);
  if (hook.of_files) {
    for (const ProtocolSpec* spec : catalog.environment.protocols) {
      if (spec->files.to_server.exists || spec->files.to_client.exists)
        set |= proto_bit(spec->proto);
    }
  }
  if (auto done = leave_buffer(); !done) return done;
  const std::string_view what = hook.of_files ? "a file" : name_of(hook.proto);
  if (auto done = require_protocols(set, what); !done) return done;
  needs_app_layer = true;
  transaction_matches.push_back({hook, std::move(keyword), side, option_name});
  return {};
}

void RuleDraft::add_post_match(std::unique_ptr<const Keyword> keyword) {
  post_matches.push_back(std::move(keyword));
}

Result<void> RuleDraft::require_protocols(ProtoSet set, std::string_view what) {
  if ((protos & set) == 0) {
    return failure("rule contains conflicting protocols: " + std::string(what) +
                   " is of another one than the rule");
  }
  protos &= set;
  return {};
}

Result<void> RuleDraft::require_protocol(AppProto proto) {
  needs_app_layer = true;
  return require_protocols(protos_covered_by(proto), name_of(proto));
}

Result<void> RuleDraft::require_direction(Direction direction) {
  if (ast.direction == RuleDirection::kTransactional) return {};
  if (wanted_direction && *wanted_direction != direction) {
    return failure("the rule already applies to the other direction only");
  }
  wanted_direction = direction;
  return {};
}

const BufferSide& TransactionHook::side(Direction direction, const ProtocolSpec& spec) const {
  if (of_files) {
    return direction == Direction::kToServer ? spec.files.to_server : spec.files.to_client;
  }
  return direction == Direction::kToServer ? to_server : to_client;
}

RuleDraft& draft_of(RuleBuilder& rule) {
  auto* const draft = dynamic_cast<RuleDraft*>(&rule);
  if (draft == nullptr) throw std::logic_error("keyword needs the rule compiler");
  return *draft;
}

}  // namespace culvert
