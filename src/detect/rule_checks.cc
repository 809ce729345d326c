// What a rule has to be like beyond each keyword's own syntax.

#include <algorithm>

#include "app/protocol_spec.h"
#include "detect/inspect_number.h"
#include "detect/inspect_size.h"
#include "detect/rule_compiler.h"

namespace culvert {
namespace {

bool moves_position(const InspectItem& item) {
  switch (item.kind) {
    case InspectKind::kContent:
    case InspectKind::kPcre:
      return !item.negated;
    case InspectKind::kByteJump:
    case InspectKind::kByteExtract:
    case InspectKind::kByteMath:
    case InspectKind::kCustom:
      return true;
    case InspectKind::kIsDataAt:
    case InspectKind::kBsize:
    case InspectKind::kByteTest:
      return false;
  }
  return false;
}

bool is_relative(const InspectItem& item) {
  if (item.kind == InspectKind::kContent) return static_cast<const ContentItem&>(item).is_relative();
  return item.relative;
}

std::string text_of(const ContentItem& content) {
  return std::string(as_text(content.bytes));
}

Result<void> check_content(ContentItem& content) {
  const auto size = static_cast<std::int64_t>(content.bytes.size());
  const bool absolute = content.has_offset || content.has_depth;
  if (content.is_relative() && absolute && !content.starts_with) {
    return failure("content \"" + text_of(content) +
                   "\": distance and within cannot go with offset, depth or startswith");
  }
  if (content.is_relative() && content.starts_with) {
    return failure("startswith cannot go with distance or within");
  }
  if (content.has_depth && content.depth.variable < 0 && content.depth.number < size) {
    return failure("depth:" + std::to_string(content.depth.number) +
                   " smaller than content of len " + std::to_string(size) + ".");
  }
  if (content.has_within && content.within.variable < 0 && content.within.number < size) {
    return failure("within " + std::to_string(content.within.number) + " is smaller than the content");
  }
  if (content.fast_pattern.wanted) {
    if (content.negated && (content.is_relative() || absolute)) {
      return failure("fast_pattern cannot go with a negated content that has a position");
    }
    if (content.fast_pattern.only && (content.negated || content.is_relative() || absolute)) {
      return failure("fast_pattern:only cannot go with negation or a position");
    }
    if (content.fast_pattern.chop_length != 0 &&
        content.fast_pattern.chop_offset + content.fast_pattern.chop_length > size) {
      return failure("fast_pattern: offset and length go beyond the content");
    }
  }
  return {};
}

/// Contents that a transform before them can never leave in the buffer.
Result<void> check_transforms(const DraftBuffer& buffer) {
  for (const auto& transform : buffer.transforms) {
    const std::string key = transform->key();
    const auto is_space = [](char c) {
      return c == ' ' || (c >= '\t' && c <= '\r');
    };
    for (const auto& item : buffer.chain) {
      if (item->kind != InspectKind::kContent) continue;
      const std::string text = text_of(static_cast<const ContentItem&>(*item));
      bool wrong = false;
      if (key == "strip_whitespace") wrong = std::ranges::any_of(text, is_space);
      if (key == "compress_whitespace") {
        for (std::size_t i = 1; i < text.size(); ++i) wrong |= is_space(text[i]) && is_space(text[i - 1]);
      }
      if (key == "to_lowercase" && !static_cast<const ContentItem&>(*item).nocase) {
        wrong = std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
      }
      if (key == "to_uppercase" && !static_cast<const ContentItem&>(*item).nocase) {
        wrong = std::ranges::any_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
      }
      if (wrong) {
        return failure("content string \"" + text + "\" incompatible with " + key + " transform");
      }
    }
  }
  return {};
}

/// The fewest bytes in which the contents of a chain can match, counted as the reference does: the
/// first one from the start, the relative ones after it; what stands alone later is not counted.
std::int64_t required_length(const InspectChain& chain, std::int64_t limit) {
  const auto number = [](const NumberOrVariable& value) {
    return value.variable < 0 ? value.number : std::int64_t{0};
  };
  std::int64_t total = 0, most = 0;
  bool first = true;
  for (const auto& item : chain) {
    if (item->kind != InspectKind::kContent) continue;
    const auto& content = static_cast<const ContentItem&>(*item);
    const auto size = static_cast<std::int64_t>(content.bytes.size());
    if (first) {
      if (size > limit) return size;  // said without the offset
      total = number(content.offset) + size;
      if (total > limit) return total;
      first = false;
    } else if (content.is_relative() && !content.negated) {
      total += number(content.distance) + size;
    } else if (content.has_within) {
      most = std::max(most, total + number(content.distance) + number(content.within));
    }
  }
  return std::max(total, most);
}

Result<void> check_dsize(const RuleDraft& draft, const InspectChain& chain) {
  if (draft.dsize_max < 0) return {};
  const std::int64_t required = required_length(chain, draft.dsize_max);
  if (required <= draft.dsize_max) return {};
  return failure("signature can't match as required content length " + std::to_string(required) +
              " exceeds dsize value " + std::to_string(draft.dsize_max));
}

/// bsize against the contents that have to fit.
Result<void> check_bsize(const InspectChain& chain) {
  for (const auto& item : chain) {
    if (item->kind != InspectKind::kBsize) continue;
    const auto& bsize = static_cast<const BsizeItem&>(*item);
    if (bsize.variable >= 0 || bsize.negated) continue;
    using Operator = BsizeItem::Operator;
    const bool is_range = bsize.op == Operator::kInside;
    if (!is_range && bsize.op != Operator::kEqual && bsize.op != Operator::kLess &&
        bsize.op != Operator::kLessEqual) {
      continue;
    }
    const auto limit = static_cast<std::int64_t>(
        std::min<std::uint64_t>(is_range ? bsize.b : bsize.a, std::uint64_t{1} << 62));
    const std::int64_t required = required_length(chain, limit);
    if (required <= limit) continue;
    return failure("signature can't match as required content length " + std::to_string(required) +
                (is_range ? " exceeds bsize range: " + std::to_string(bsize.a) + "-"
                          : std::string(" exceeds bsize value: ")) +
                std::to_string(limit));
  }
  return {};
}

/// What the buffer itself has to say about the contents that are looked for in it.
Result<void> check_patterns(const RuleDraft& draft, const DraftBuffer& buffer) {
  if (buffer.protocols == nullptr || buffer.protocols->empty()) return {};
  const BufferSpec& spec = *buffer.protocols->front().buffer;
  const bool transactional = draft.ast.direction == RuleDirection::kTransactional;
  if (spec.needs_direction && !draft.wanted_direction && !transactional) {
    return failure(buffer.name + " is of requests or of responses: flow:to_server or flow:to_client is needed");
  }
  if (spec.complain == nullptr || !buffer.transforms.empty()) return {};
  for (const auto& item : buffer.chain) {
    if (item->kind != InspectKind::kContent) continue;
    const auto& content = static_cast<const ContentItem&>(*item);
    const std::string_view complaint = spec.complain(as_text(content.bytes), content.nocase);
    if (!complaint.empty()) {
      return failure("rule " + std::to_string(draft.meta.sid) + ": " + std::string(complaint));
    }
  }
  return {};
}

/// Requests and responses are inspected at different times: a rule that is about both has to say so
/// (`=>`), and one that says so has to be about both, each of its parts about one.
Result<void> check_directions(const RuleDraft& draft) {
  const bool transactional = draft.ast.direction == RuleDirection::kTransactional;
  bool only[2] = {false, false}, ambiguous = false;
  if (draft.wanted_direction) only[index_of(*draft.wanted_direction)] = true;
  const auto note = [&](bool to_server, bool to_client, std::optional<Direction> said) {
    if (said) only[index_of(*said)] = true;
    if (said || (!to_server && !to_client)) return;
    ambiguous |= to_server && to_client;
    if (to_server != to_client) only[to_server ? 0 : 1] = true;
  };
  for (const DraftBuffer& buffer : draft.buffers) {
    if (buffer.kind != DraftBuffer::Kind::kTransaction || buffer.chain.empty()) continue;
    bool exists[2] = {false, false};
    for (const BufferOfProtocol& each : *buffer.protocols) {
      if ((draft.protos & proto_bit(each.protocol->proto)) == 0) continue;
      exists[0] |= each.to_server.exists;
      exists[1] |= each.to_client.exists;
    }
    note(exists[0], exists[1], buffer.direction);
  }
  for (const DraftTransactionMatch& match : draft.transaction_matches) {
    if (match.hook.of_files)
      note(true, true, match.direction);
    else if (transactional)
      note(match.hook.to_server.exists, match.hook.to_client.exists, match.direction);
  }
  const std::string sid = std::to_string(draft.meta.sid);
  if (!transactional && only[0] && only[1]) {
    return failure(
        "rule " + sid +
        " mixes keywords with conflicting directions, a transactional rule with => should be used");
  }
  if (transactional && !(only[0] && only[1])) {
    return failure("rule " + sid + " should use both directions, but does not");
  }
  if (transactional && ambiguous) {
    return failure(
        "rule " + sid +
        " means to use both directions, cannot have keywords ambiguous about directions");
  }
  return {};
}

/// Frames stand for themselves: what looks at packets, streams or transactions comes at other times.
Result<void> check_frames(const RuleDraft& draft) {
  bool frames = false, transactions = !draft.transaction_matches.empty(), payload = false;
  for (const DraftBuffer& buffer : draft.buffers) {
    const bool used = !buffer.chain.empty() || buffer.absent != DraftBuffer::Absent::kNo;
    frames |= used && buffer.kind == DraftBuffer::Kind::kFrame;
    transactions |= used && buffer.kind == DraftBuffer::Kind::kTransaction;
    payload |= used && buffer.kind == DraftBuffer::Kind::kPayload;
  }
  if (!frames) return {};
  if (transactions) return failure("can't mix app-layer buffer and frame inspection");
  if (payload) return failure("can't mix pure content and frame inspection");
  if (draft.has_dsize || draft.needs_packet || draft.flow.no_stream) {
    return failure(
        "Signature combines packet specific matches (like dsize, flags, ttl) with stream / state "
        "matching by matching on app layer proto (like using http_* keywords).");
  }
  return {};
}

Result<void> check_chain(RuleDraft& draft, DraftBuffer& buffer, bool ignore_case) {
  if (auto done = check_transforms(buffer); !done) return done;
  InspectItem* before = nullptr;
  const bool is_payload = buffer.kind == DraftBuffer::Kind::kPayload;
  if (!is_payload && !buffer.chain.empty() &&
      buffer.chain.front()->kind == InspectKind::kByteMath && buffer.chain.front()->relative) {
    return failure("byte_math: relative specified without previous pattern match");
  }
  for (auto& item : buffer.chain) {
    if (item->kind == InspectKind::kContent) {
      auto& content = static_cast<ContentItem&>(*item);
      if (ignore_case) content.nocase = true;
      if (auto done = check_content(content); !done) return done;
      for (const auto& transform : buffer.transforms) {
        if (transform->may_contain(content.bytes)) continue;
        const std::string key = transform->key();
        return failure("content string \"" + text_of(content) + "\" incompatible with " +
                       key.substr(0, key.find_first_of(":,( ")) + " transform");
      }
      content.matcher.emplace(as_text(content.bytes), content.nocase);
    }
    if (is_relative(*item) && before != nullptr) before->next_is_relative = true;
    if (moves_position(*item)) before = item.get();
  }
  if (buffer.kind == DraftBuffer::Kind::kPayload) {
    if (auto done = check_dsize(draft, buffer.chain); !done) return done;
  }
  return check_bsize(buffer.chain);
}

}  // namespace

Result<void> check_draft(RuleDraft& draft, Complaints& /*complaints*/) {
  if (!draft.has_sid) {
    draft.option_offset = 0;
    return failure("the rule has no sid");
  }
  if (const std::string_view unused = draft.unused_buffer(); !unused.empty()) {
    return failure("nothing is looked for in " + std::string(unused));
  }
  if (auto done = check_directions(draft); !done) return done;
  if (auto done = check_frames(draft); !done) return done;
  std::size_t wanted = 0;
  for (DraftBuffer& buffer : draft.buffers) {
    bool ignore_case = false;
    if (buffer.protocols != nullptr) {
      for (const BufferOfProtocol& each : *buffer.protocols) ignore_case |= each.buffer->ignore_case;
    }
    if (auto done = check_patterns(draft, buffer); !done) return done;
    if (auto done = check_chain(draft, buffer, ignore_case); !done) return done;
    for (const auto& item : buffer.chain) {
      if (item->kind != InspectKind::kContent) continue;
      wanted += static_cast<const ContentItem&>(*item).fast_pattern.wanted ? 1 : 0;
    }
  }
  if (wanted > 1) return failure("fast_pattern can be used on only one content in a rule");
  const bool on_transactions =
      !draft.transaction_matches.empty() ||
      std::ranges::any_of(draft.buffers, [](const DraftBuffer& buffer) {
        return buffer.kind == DraftBuffer::Kind::kTransaction;
      });
  const bool on_headers = std::ranges::any_of(draft.buffers, [](const DraftBuffer& buffer) {
    return buffer.kind == DraftBuffer::Kind::kPacketBuffer;
  });
  const bool asks_country = draft.ast.find_option("geoip") != nullptr;
  if (on_transactions && draft.needs_packet && !on_headers && !asks_country &&
      draft.hooks.empty()) {
    draft.option_offset = 0;
    return failure(
        "Signature combines packet specific matches (like dsize, flags, ttl) with stream / state "
        "matching by matching on app layer proto (like using http_* keywords).");
  }
  if (draft.flow.only_stream && draft.needs_packet) {
    return failure("flow:only_stream cannot go with keywords that look at packets");
  }
  return {};
}

}  // namespace culvert
