// What a rule says about itself: msg, sid, rev, gid, classtype, priority, reference, metadata, target;
// and what it asks of the program: requires, noalert, bypass.

#include <algorithm>
#include <charconv>

#include "base/ascii_case.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

Result<void> compile_msg(RuleBuilder& rule, std::string_view argument) {
  std::string_view text = trim(argument);
  if (!take_quotes(text)) return failure("msg is a text in double quotes");
  draft_of(rule).meta.msg = unescape(text);
  return {};
}

template <std::uint32_t RuleMeta::*kMember, std::uint32_t kLowest = 0>
Result<void> compile_number(RuleBuilder& rule, std::string_view argument) {
  const auto number = parse_unsigned(trim(argument), 0xffffffffu);
  if (!number) return tl::unexpected(number.error());
  if (*number < kLowest) return failure("0 is no number of a rule or revision");
  draft_of(rule).meta.*kMember = static_cast<std::uint32_t>(*number);
  return {};
}

Result<void> compile_sid(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  if (draft.has_sid) return failure("sid is there twice");
  draft.has_sid = true;
  return compile_number<&RuleMeta::sid>(rule, argument);
}

Result<void> compile_priority(RuleBuilder& rule, std::string_view argument) {
  const auto number = parse_unsigned(trim(argument), 0xffffffffu);
  if (!number) return failure("priority is a number, of which 1 means most");
  draft_of(rule).meta.priority = static_cast<std::uint32_t>(*number);
  draft_of(rule).has_priority = true;
  return {};
}

Result<void> compile_classtype(RuleBuilder& rule, std::string_view argument) {
  const std::string_view text = trim(argument);
  if (!is_word(text, "-_") || !is_ascii_letter(static_cast<std::uint8_t>(text.front()))) {
    return failure("classtype is a name of letters, digits, - and _");
  }
  draft_of(rule).meta.classtype = text;
  draft_of(rule).has_classtype = true;
  return {};
}

Result<void> compile_reference(RuleBuilder& rule, std::string_view argument) {
  const std::string_view text = trim(argument);
  const std::size_t comma = text.find(',');
  if (comma == text.npos) return failure("reference is of the form system,text");
  RuleMeta::Reference reference;
  reference.system = ascii_lower(trim(text.substr(0, comma)));
  reference.content = unescape(trim(text.substr(comma + 1)));
  if (reference.system.empty() || reference.content.empty()) {
    return failure("reference is of the form system,text");
  }
  draft_of(rule).meta.references.push_back(std::move(reference));
  return {};
}

Result<void> compile_metadata(RuleBuilder& rule, std::string_view argument) {
  std::string_view rest = trim(argument);
  auto& metadata = draft_of(rule).meta.metadata;
  metadata.reserve(metadata.size() + 1 +
                   static_cast<std::size_t>(std::ranges::count(rest, ',')));
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view part = trim(rest.substr(0, comma));
    rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
    const std::size_t space = part.find_first_of(" \t");
    if (space == part.npos) continue;  // a key alone says nothing
    metadata.emplace_back(part.substr(0, space), trim(part.substr(space)));
  }
  return {};
}

Result<void> compile_target(RuleBuilder& rule, std::string_view argument) {
  const std::string_view text = trim(argument);
  if (text == "src_ip") {
    draft_of(rule).meta.target = RuleTarget::kSource;
  } else if (text == "dest_ip") {
    draft_of(rule).meta.target = RuleTarget::kDestination;
  } else {
    return failure("target is src_ip or dest_ip");
  }
  return {};
}

/// "8.0.3" as 8, 0, 3.
std::optional<std::array<unsigned, 3>> parse_version(std::string_view text) {
  std::array<unsigned, 3> version{};
  std::size_t at = 0;
  const auto parts = split_list(text, '.');
  if (parts.empty() || parts.size() > 3) return std::nullopt;
  for (const std::string_view part : parts) {
    const char* const end = part.data() + part.size();
    if (part.empty() || std::from_chars(part.data(), end, version[at++]).ptr != end) {
      return std::nullopt;
    }
  }
  return version;
}

/// `version >= 7.0.4 < 8`, alternatives with |.
Result<bool> version_fits(std::string_view wanted, std::string_view actual) {
  const auto ours = parse_version(actual.substr(0, actual.find('-')));
  for (std::string_view alternative : split_list(wanted, '|')) {
    bool fits = true;
    while (!alternative.empty()) {
      alternative = trim(alternative);
      const std::size_t op_end = alternative.find_first_not_of("<>=");
      const std::string_view op = alternative.substr(0, op_end);
      if (op.empty() || op_end == alternative.npos) return failure("requires: version needs an operator");
      alternative = trim(alternative.substr(op_end));
      const std::size_t end = alternative.find_first_of(" <>=");
      const auto version = parse_version(alternative.substr(0, end));
      alternative = end == alternative.npos ? std::string_view() : alternative.substr(end);
      if (!version) return failure("requires: not a version");
      if (op == ">=") {
        fits = fits && *ours >= *version;
      } else if (op == ">") {
        fits = fits && *ours > *version;
      } else if (op == "<") {
        fits = fits && *ours < *version;
      } else if (op == "<=") {
        fits = fits && *ours <= *version;
      } else {
        return failure("requires: unknown operator");
      }
    }
    if (fits) return true;
  }
  return false;
}

Result<void> compile_requires(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  const RuleEnvironment& environment = draft.catalog.environment;
  for (const std::string_view part : split_list(trim(argument))) {
    if (part.empty()) continue;
    const std::size_t space = part.find_first_of(" \t<>=");
    const std::string_view word = part.substr(0, space);
    const std::string_view value = space == part.npos ? std::string_view() : trim(part.substr(space));
    if (word == "version") {
      const auto fits = version_fits(value, environment.version);
      if (!fits) return tl::unexpected(fits.error());
      if (!*fits) draft.skip_reason = "requires version " + std::string(value);
    } else if (word == "feature") {
      if (std::ranges::find(environment.features, value) == environment.features.end()) {
        draft.skip_reason = "requires feature " + std::string(value);
      }
    } else if (word == "keyword") {
      if (draft.catalog.find_keyword(value) == nullptr && draft.catalog.find_buffers(value).empty()) {
        draft.skip_reason = "requires keyword " + std::string(value);
      }
    } else {
      draft.skip_reason = "requires " + std::string(part) + ", which is unknown";
    }
  }
  return {};
}

Result<void> compile_noalert(RuleBuilder& rule, std::string_view) {
  draft_of(rule).is_noalert = true;
  return {};
}

/// Also where the action makes none, as in pass rules.
Result<void> compile_alert(RuleBuilder& rule, std::string_view) {
  draft_of(rule).is_noalert = false;
  draft_of(rule).wants_alert = true;
  return {};
}

Result<void> compile_bypass(RuleBuilder& rule, std::string_view) {
  draft_of(rule).wants_bypass = true;
  return {};
}

}  // namespace

const KeywordSpec keywords::kMsg{
    "msg", "text of the alert", KeywordArgument::kRequired, compile_msg, {}, false, true};
const KeywordSpec keywords::kSid{"sid", "number of the rule", KeywordArgument::kRequired, compile_sid};
const KeywordSpec keywords::kRev{"rev", "revision of the rule", KeywordArgument::kRequired,
                                 compile_number<&RuleMeta::rev, 1>};
const KeywordSpec keywords::kGid{"gid", "group of the rule, 1 if not given", KeywordArgument::kRequired, compile_number<&RuleMeta::gid>};
const KeywordSpec keywords::kClasstype{"classtype", "class of the rule, from classification.config", KeywordArgument::kRequired, compile_classtype};
const KeywordSpec keywords::kPriority{"priority", "severity; 1 means most",
                                      KeywordArgument::kRequired, compile_priority};
const KeywordSpec keywords::kReference{"reference", "where to read more: system,text", KeywordArgument::kRequired, compile_reference};
const KeywordSpec keywords::kMetadata{"metadata", "pairs of key and value, for events", KeywordArgument::kRequired, compile_metadata};
const KeywordSpec keywords::kTarget{"target", "which end is attacked: src_ip or dest_ip", KeywordArgument::kRequired, compile_target};
const KeywordSpec keywords::kRequires{"requires", "leaves the rule out unless version, feature or keyword are there", KeywordArgument::kRequired, compile_requires};
const KeywordSpec keywords::kNoalert{"noalert", "no alert when the rule matches", KeywordArgument::kNone, compile_noalert};
const KeywordSpec keywords::kAlert{"alert", "an alert when the rule matches, also where its action makes none", KeywordArgument::kNone, compile_alert};
const KeywordSpec keywords::kBypass{"bypass", "the rest of the flow is not inspected", KeywordArgument::kNone, compile_bypass};

}  // namespace culvert
