// What follows a content and says where and how it is looked for.

#include <optional>

#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/content_pattern.h"
#include "rule/value.h"

namespace culvert {
namespace {

/// In the words of the reference, which differ from keyword to keyword.
std::string without_content(std::string_view keyword) {
  const std::string name(keyword);
  if (keyword == "depth" || keyword == "distance") {
    return name +
           " needs preceding content, uricontent option, http_client_body, http_server_body, "
           "http_header option, http_raw_header option, http_method option, http_cookie, "
           "http_raw_uri, http_stat_msg, http_stat_code, http_user_agent, http_host, http_raw_host "
           "or file_data/dce_stub_data sticky buffer options.";
  }
  if (keyword == "fast_pattern") {
    return "fast_pattern found inside the rule, without a content context. Please use a content "
           "based keyword before using fast_pattern";
  }
  if (keyword == "rawbytes") return "\"rawbytes\" needs a preceding content option";
  if (keyword == "startswith") return "startswith needs a preceding content option.";
  if (keyword == "endswith") return "endswith needs a preceding content option";
  return name + " needs preceding content option" + (keyword == "offset" ? "." : "");
}

Result<ContentItem*> content_of(RuleBuilder& rule, std::string_view keyword) {
  ContentItem* const content = draft_of(rule).last_content();
  if (content == nullptr) return failure(without_content(keyword));
  return content;
}

/// What a fast_pattern before it says against a position.
std::optional<Error> fast_pattern_forbids(const ContentItem& content, bool relative) {
  if (content.fast_pattern.wanted && content.negated) {
    return Error{relative ? "can't have a relative negated keyword set along with a fast_pattern"
                          : "can't have a relative negated keyword set along with 'fast_pattern'."};
  }
  if (content.fast_pattern.only) {
    return Error{relative ? "can't have a relative keyword set along with a fast_pattern:only;"
                          : "can't have a relative keyword set along with 'fast_pattern:only;'."};
  }
  return {};
}

Result<NumberOrVariable> number_of(RuleBuilder& rule, std::string_view keyword,
                                   std::string_view argument, std::int64_t lowest,
                                   std::int64_t highest) {
  std::string_view text = trim(argument);
  auto number = draft_of(rule).number_or_variable(text, lowest, highest);
  const bool is_number = !text.empty() && text.find_first_not_of("+-0123456789") == text.npos;
  if (!number && is_number) {
    return failure("invalid value for " + std::string(keyword) + ": " + std::string(text));
  }
  return number;
}

constexpr std::int64_t kHighest = 65535;
constexpr std::int64_t kFarthest = 1024 * 1024;
constexpr const char* kMixed =
    "can't use a relative keyword like within/distance with a absolute relative keyword like "
    "depth/offset for the same content.";

Result<void> compile_nocase(RuleBuilder& rule, std::string_view) {
  const auto content = content_of(rule, "nocase");
  if (!content) return tl::unexpected(content.error());
  if ((*content)->nocase) return failure("can't use multiple nocase modifiers with the same content");
  (*content)->nocase = true;
  return {};
}

Result<void> compile_rawbytes(RuleBuilder& rule, std::string_view) {
  const auto content = content_of(rule, "rawbytes");
  if (!content) return tl::unexpected(content.error());
  if (!draft_of(rule).in_payload()) return failure("rawbytes cannot go with a sticky buffer");
  if ((*content)->rawbytes) return failure("can't use multiple rawbytes modifiers for the same content.");
  (*content)->rawbytes = true;
  return {};
}

Result<void> compile_depth(RuleBuilder& rule, std::string_view argument) {
  const auto content = content_of(rule, "depth");
  if (!content) return tl::unexpected(content.error());
  if ((*content)->has_depth) return failure("can't use multiple depths for the same content.");
  if ((*content)->is_relative()) return failure(kMixed);
  if (auto why = fast_pattern_forbids(**content, false)) return tl::unexpected(std::move(*why));
  const auto number = number_of(rule, "depth", argument, 0, kHighest);
  if (!number) return tl::unexpected(number.error());
  (*content)->has_depth = true;
  (*content)->depth = *number;
  return {};
}

Result<void> compile_offset(RuleBuilder& rule, std::string_view argument) {
  const auto content = content_of(rule, "offset");
  if (!content) return tl::unexpected(content.error());
  if ((*content)->starts_with) return failure("can't use offset with startswith.");
  if ((*content)->has_offset) return failure("can't use multiple offsets for the same content.");
  if ((*content)->is_relative()) return failure(kMixed);
  if (auto why = fast_pattern_forbids(**content, false)) return tl::unexpected(std::move(*why));
  const auto number = number_of(rule, "offset", argument, 0, kHighest);
  if (!number) return tl::unexpected(number.error());
  (*content)->has_offset = true;
  (*content)->offset = *number;
  return {};
}

Result<void> compile_distance(RuleBuilder& rule, std::string_view argument) {
  const auto content = content_of(rule, "distance");
  if (!content) return tl::unexpected(content.error());
  if ((*content)->has_distance) return failure("can't use multiple distances for the same content.");
  if (auto why = fast_pattern_forbids(**content, true)) return tl::unexpected(std::move(*why));
  if ((*content)->has_offset || (*content)->has_depth) {
    return failure(kMixed);
  }
  const auto number = number_of(rule, "distance", argument, -kFarthest, kFarthest);
  if (!number) return tl::unexpected(number.error());
  (*content)->has_distance = true;
  (*content)->distance = *number;
  return {};
}

Result<void> compile_within(RuleBuilder& rule, std::string_view argument) {
  const auto content = content_of(rule, "within");
  if (!content) return tl::unexpected(content.error());
  if ((*content)->has_within) return failure("can't use multiple withins for the same content.");
  if (auto why = fast_pattern_forbids(**content, true)) return tl::unexpected(std::move(*why));
  if ((*content)->has_offset || (*content)->has_depth) {
    return failure(kMixed);
  }
  const auto number = number_of(rule, "within", argument, -kFarthest, kFarthest);
  if (!number) return tl::unexpected(number.error());
  if (number->variable < 0 && number->number < static_cast<std::int64_t>((*content)->bytes.size())) {
    return failure("within argument \"" + std::to_string(number->number) +
                   "\" is less than the content length \"" +
                   std::to_string((*content)->bytes.size()) +
                   "\" which is invalid, since this will never match.  Invalidating signature");
  }
  (*content)->has_within = true;
  (*content)->within = *number;
  return {};
}

Result<void> compile_startswith(RuleBuilder& rule, std::string_view) {
  const auto content = content_of(rule, "startswith");
  if (!content) return tl::unexpected(content.error());
  ContentItem& item = **content;
  if (item.has_depth) {
    return failure("can't use multiple depth/startswith settings for the same content.");
  }
  if (item.is_relative()) return failure(kMixed);
  if (item.has_offset) return failure("can't mix offset with startswith.");
  item.starts_with = item.has_depth = true;
  item.depth.number = static_cast<std::int64_t>(item.bytes.size());
  return {};
}

Result<void> compile_endswith(RuleBuilder& rule, std::string_view) {
  const auto content = content_of(rule, "endswith");
  if (!content) return tl::unexpected(content.error());
  if ((*content)->ends_with) return failure("endswith is there twice");
  (*content)->ends_with = true;
  return {};
}

/// `fast_pattern`, `fast_pattern:only`, `fast_pattern:2,10`.
Result<void> compile_fast_pattern(RuleBuilder& rule, std::string_view argument) {
  const auto content = content_of(rule, "fast_pattern");
  if (!content) return tl::unexpected(content.error());
  ContentItem& item = **content;
  if (item.negated && (item.is_relative() || item.has_depth || item.has_offset)) {
    return failure("fast_pattern; cannot be used with negated content, along with relative modifiers");
  }
  if (draft_of(rule).is_in("base64_data")) {
    return failure("fast_pattern cannot be used with base64_data");
  }
  if (item.fast_pattern.wanted) {
    return failure("can\'t use multiple fast_pattern options for the same content");
  }
  item.fast_pattern.wanted = true;
  std::string_view text = trim(argument);
  if (text.empty()) return {};
  if (text == "only") {
    if (item.negated || item.is_relative() || item.has_depth || item.has_offset) {
      return failure("fast_pattern: only; cannot be used with negated content or with any of the "
                     "relative modifiers like distance, within, offset, depth");
    }
    item.fast_pattern.only = true;
    return {};
  }
  const auto parts = split_list(text);
  if (parts.size() != 2) return failure("fast_pattern takes \"only\" or offset,length");
  const auto offset = parse_unsigned(parts[0], 65535), length = parse_unsigned(parts[1], 65535);
  if (!offset || !length || *length == 0 || *offset + *length > item.bytes.size()) {
    const std::uint64_t end = offset && length ? *offset + *length : 0;
    return failure("Fast pattern (length + offset (" + std::to_string(end) +
                   ")) exceeds pattern length (" + std::to_string(item.bytes.size()) + ")");
  }
  item.fast_pattern.chop_offset = static_cast<std::uint16_t>(*offset);
  item.fast_pattern.chop_length = static_cast<std::uint16_t>(*length);
  return {};
}

Result<void> compile_replace(RuleBuilder& rule, std::string_view argument) {
  const auto content = content_of(rule, "replace");
  if (!content) return tl::unexpected(content.error());
  std::string_view text = trim(argument);
  if (take_negation(text)) return failure("replace: a replacement cannot be negated");
  if (!take_quotes(text)) return failure("replace is a pattern in double quotes");
  if ((*content)->negated) return failure("replace: what a negated content finds is not there");
  if (!(*content)->replacement.empty()) return failure("replace is there twice for one content");
  const auto bytes = parse_content_pattern(text);
  if (!bytes) return tl::unexpected(bytes.error());
  if (bytes->size() != (*content)->bytes.size()) {
    return failure("replace has to have as many bytes as its content");
  }
  if (!draft_of(rule).in_payload()) return failure("replace works on the payload of packets only");
  const Bytes view = as_bytes(*bytes);
  (*content)->replacement.assign(view.begin(), view.end());
  draft_of(rule).needs_packet = true;
  return {};
}

}  // namespace

const KeywordSpec keywords::kNocase{"nocase", "the content in either case", KeywordArgument::kNone, compile_nocase};
const KeywordSpec keywords::kRawbytes{"rawbytes", "accepted for compatibility: buffers are raw", KeywordArgument::kNone, compile_rawbytes};
const KeywordSpec keywords::kDepth{"depth", "the content lies in that many bytes from its offset", KeywordArgument::kRequired, compile_depth};
const KeywordSpec keywords::kOffset{"offset", "the content begins there or later", KeywordArgument::kRequired, compile_offset};
const KeywordSpec keywords::kDistance{"distance", "the content begins that many bytes after the last match", KeywordArgument::kRequired, compile_distance};
const KeywordSpec keywords::kWithin{"within", "the content ends within that many bytes of the last match", KeywordArgument::kRequired, compile_within};
const KeywordSpec keywords::kStartswith{"startswith", "the content begins the buffer", KeywordArgument::kNone, compile_startswith};
const KeywordSpec keywords::kEndswith{"endswith", "the content ends the buffer", KeywordArgument::kNone, compile_endswith};
const KeywordSpec keywords::kFastPattern{"fast_pattern", "this content is looked for first", KeywordArgument::kOptional, compile_fast_pattern};
const KeywordSpec keywords::kReplace{"replace",
                                     "bytes to put in place of the content, inline",
                                     KeywordArgument::kRequired,
                                     compile_replace,
                                     {},
                                     false,
                                     true};

}  // namespace culvert
