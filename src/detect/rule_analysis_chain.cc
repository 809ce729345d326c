#include "detect/rule_analysis_chain.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii_case.h"
#include "detect/inspect_number.h"
#include "detect/inspect_size.h"
#include "rule/number_match.h"
#include "rule/value.h"

namespace culvert {
namespace {

/// As the reports have it: what is not printable, space and the characters of the rule language as
/// hex.
std::string print_pattern(std::string_view bytes) {
  std::string text;
  bool in_hex = false;
  for (const char c : bytes) {
    const bool plain =
        c > ' ' && c < 0x7f && std::string_view("|\":;\\").find(c) == std::string_view::npos;
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

/// `content:"a"; isdataat:!1,relative;`: the content ends the buffer.
bool ends_buffer(const InspectItem& item, const InspectItem& next) {
  if (item.kind != InspectKind::kContent || item.negated) return false;
  if (next.kind != InspectKind::kIsDataAt || !next.negated || !next.relative) return false;
  const NumberOrVariable& at = static_cast<const IsDataAtItem&>(next).at;
  return at.variable < 0 && at.number == 1;
}

std::int64_t dsize_limit(const RuleAst& ast) {
  const RuleOption* const dsize = ast.find_option("dsize");
  if (dsize == nullptr) return -1;
  const auto test = NumberMatch::parse(trim(dsize->raw), 65535);
  using Kind = NumberMatch::Kind;
  if (!test) return -1;
  if (test->kind() == Kind::kInside) return static_cast<std::int64_t>(test->b());
  const bool limits = test->kind() == Kind::kLess || test->kind() == Kind::kLessOrEqual ||
                      test->kind() == Kind::kEqual;
  return limits ? static_cast<std::int64_t>(test->a()) : -1;
}

void write_pcre(const PcreItem& pcre, JsonWriter& json) {
  json.field("name", "pcre");
  json.begin_object("pcre");
  json.field("relative", pcre.relative);
  json.field("relative_next", pcre.next_is_relative);
  json.field("nocase", pcre.nocase);
  json.field("negated", pcre.negated);
  json.end_object();
}
void write_field(const NumberField& field, JsonWriter& json) {
  json.field("nbytes", field.count.number);
  json.field("offset", field.offset.number);
}
void write_base(NumberText text, JsonWriter& json) {
  constexpr std::string_view kBases[] = {"unset", "unset", "oct", "dec", "hex"};
  json.field("base", kBases[static_cast<std::size_t>(text)]);
}
void begin_flags(const NumberField& field, bool relative, JsonWriter& json) {
  json.begin_array("flags");
  if (field.order == ByteOrder::kLittle) json.item("little_endian");
  if (field.text != NumberText::kBinary) json.item("string");
  if (relative) json.item("relative");
}
void write_byte_test(const ByteTestItem& test, JsonWriter& json) {
  json.field("name", "byte_test");
  json.begin_object("byte_test");
  write_field(test.field, json);
  write_base(test.field.text, json);
  begin_flags(test.field, test.relative, json);
  if (test.field.order == ByteOrder::kDce) json.item("dce");
  json.end_array();
  json.end_object();
}
void write_byte_jump(const ByteJumpItem& jump, JsonWriter& json) {
  json.field("name", "byte_jump");
  json.begin_object("byte_jump");
  write_field(jump.field, json);
  json.field("multiplier", jump.multiplier);
  json.field("post_offset", jump.post_offset);
  write_base(jump.field.text, json);
  begin_flags(jump.field, jump.relative, json);
  if (jump.align) json.item("align");
  if (jump.field.order == ByteOrder::kDce) json.item("dce");
  if (jump.origin == ByteJumpItem::Origin::kBeginning) json.item("from_beginning");
  if (jump.origin == ByteJumpItem::Origin::kEnd) json.item("from_end");
  json.end_array();
  json.end_object();
}

}  // namespace

const ContentItem* ChainAnalysis::pattern() const {
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

bool ChainAnalysis::is_mpm_of(const InspectChain& chain) const {
  return std::ranges::any_of(chain, [&](const auto& item) { return item.get() == pattern(); });
}

void ChainAnalysis::write_list(std::string_view name, const InspectChain& chain) {
  json_.begin_object(name);
  write_chain(chain, "matches");
  json_.end_object();
}

void ChainAnalysis::write_chain(const InspectChain& chain, std::string_view key) {
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
        write_pcre(static_cast<const PcreItem&>(*item), json_);
        break;
      case InspectKind::kByteTest:
        write_byte_test(static_cast<const ByteTestItem&>(*item), json_);
        break;
      case InspectKind::kByteJump:
        write_byte_jump(static_cast<const ByteJumpItem&>(*item), json_);
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

void ChainAnalysis::write_content(const ContentItem& content, bool is_first, bool ends_with) {
  ends_with = ends_with || content.ends_with;
  const bool next_is_relative = content.next_is_relative && ends_with == content.ends_with;
  const bool is_mpm = &content == pattern();
  std::string bytes(as_text(content.bytes));
  if (content.nocase) bytes = ascii_lower(bytes);
  json_.field("pattern", std::string_view(print_pattern(bytes)));
  json_.field("length", content.bytes.size());
  json_.field("nocase", content.nocase);
  json_.field("negated", content.negated);
  json_.field("starts_with", content.starts_with);
  json_.field("ends_with", ends_with);
  json_.field("is_mpm", is_mpm);
  const bool placed = content.has_offset || content.has_depth || content.is_relative();
  json_.field("no_double_inspect",
              is_mpm && !placed && !next_is_relative && content.fast_pattern.chop_length == 0);
  const bool from_start = is_first && content.is_relative();
  const std::int64_t offset = content.has_offset                   ? content.offset.number
                              : from_start && content.has_distance ? content.distance.number
                                                                   : 0;
  if (offset != 0) json_.field("offset", offset);
  if (content.has_depth) {
    json_.field("depth", offset + content.depth.number);
  } else if (from_start && content.has_within) {
    json_.field("depth", offset + content.within.number);
  } else if (dsize_limit(*ast_) >= 0 && rule_->payload != nullptr && !placed) {
    json_.field("depth", dsize_limit(*ast_));
  }
  if (!from_start && content.has_distance) json_.field("distance", content.distance.number);
  if (!from_start && content.has_within) json_.field("within", content.within.number);
  json_.field("fast_pattern", content.fast_pattern.wanted);
  json_.field("relative_next", next_is_relative);
}

}  // namespace culvert
