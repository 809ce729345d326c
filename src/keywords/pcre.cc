// pcre: a regular expression on the current buffer.
//
//     pcre:"/pattern/flags"            flags of Perl: i s m x A E G
//     pcre:"/(\d+)/R, flow:count"      R: from where the last match ended; captures to variables
//     pcre:"/(?P<flow_count>\d+)/U"    old: the capture's name, and a letter for an HTTP buffer

#include <array>

#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

/// Letters that choose a buffer of HTTP.
constexpr std::pair<char, std::string_view> kBuffers[] = {
    {'U', "http.uri"},           {'I', "http.uri.raw"},    {'P', "http.request_body"},
    {'Q', "http.response_body"}, {'H', "http.header"},     {'D', "http.header.raw"},
    {'M', "http.method"},        {'C', "http.cookie"},     {'S', "http.stat_code"},
    {'Y', "http.stat_msg"},      {'V', "http.user_agent"}, {'W', "http.host"},
    {'Z', "http.host.raw"}};

struct Parts {
  std::string_view pattern, flags, captures;
};

Result<Parts> split(std::string_view text) {
  if (text.empty() || text.front() != '/') return failure("pcre is of the form \"/pattern/flags\"");
  // The captures come after the last slash, so look for the slash from the end.
  const std::size_t slash = text.rfind('/');
  if (slash == 0) return failure("pcre has no closing slash");
  Parts parts;
  parts.pattern = text.substr(1, slash - 1);
  parts.flags = text.substr(slash + 1);
  if (const std::size_t comma = parts.flags.find(','); comma != parts.flags.npos) {
    parts.captures = parts.flags.substr(comma + 1);
    parts.flags = parts.flags.substr(0, comma);
  }
  parts.flags = trim(parts.flags);
  return parts;
}

Result<void> add_captures(RuleDraft& draft, PcreItem& item, std::string_view list) {
  const auto add = [&](std::string_view name, std::size_t group) -> Result<void> {
    PcreItem::Capture capture;
    if (name.starts_with("pkt:") || name.starts_with("pkt_")) {
      capture.is_packet_variable = true;
      name.remove_prefix(4);
    } else if (name.starts_with("flow:") || name.starts_with("flow_")) {
      name.remove_prefix(5);
    } else {
      return failure("pcre: a capture goes to flow:name or pkt:name");
    }
    capture.group = static_cast<std::uint8_t>(group);
    capture.variable = draft.catalog.names.id(
        capture.is_packet_variable ? VariableKind::kPktvar : VariableKind::kFlowvar, name);
    item.captures.push_back(capture);
    return {};
  };
  if (!list.empty()) {
    std::size_t group = 1;
    for (const std::string_view name : split_list(list)) {
      if (group > item.regex->capture_count()) return failure("pcre: more variables than captures");
      if (auto done = add(name, group++); !done) return done;
    }
  }
  for (const auto& [name, group] : item.regex->names()) {
    if (!name.starts_with("pkt_") && !name.starts_with("flow_")) continue;
    if (auto done = add(name, group); !done) return done;
  }
  return {};
}

/// What such a buffer holds, in Suricata's words.
std::string_view description_of(std::string_view buffer) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"http.uri", "http request uri"},
      {"http.uri.raw", "raw http uri"},
      {"http.request_body", "http request body"},
      {"http.response_body", "data from tracked files"},
      {"http.header", "http headers"},
      {"http.header.raw", "raw http headers"},
      {"http.method", "http request method"},
      {"http.cookie", "http cookie header"},
      {"http.stat_code", "http response status code"},
      {"http.stat_msg", "http response status message"},
      {"http.user_agent", "http user agent"},
      {"http.host", "http host"},
      {"http.host.raw", "http raw host header"}};
  for (const auto& [name, words] : kWords) {
    if (name == buffer) return words;
  }
  return buffer;
}

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  std::string_view text = trim(argument);
  const bool negated = take_negation(text);
  take_quotes(text);  // they may be left away
  const auto parts = split(text);
  if (!parts) return tl::unexpected(parts.error());
  RegexFlags flags;
  bool relative = false;
  std::string_view buffer;
  for (const char flag : parts->flags) {
    switch (flag) {
      case 'i':
        flags.caseless = true;
        break;
      case 'm':
        flags.multiline = true;
        break;
      case 's':
        flags.dot_all = true;
        break;
      case 'x':
        flags.extended = true;
        break;
      case 'A':
        flags.anchored = true;
        break;
      case 'E':
        flags.dollar_end_only = true;
        break;
      case 'G':
        flags.ungreedy = true;
        break;
      case 'R':
        relative = true;
        break;
      case 'B':  // raw bytes: buffers are raw
      case 'O':  // no match limit: there is one
        break;
      default: {
        std::string_view found;
        for (const auto& [letter, name] : kBuffers) {
          if (letter == flag) found = name;
        }
        if (found.empty()) return failure(std::string("pcre has no flag ") + flag);
        if (!buffer.empty()) return failure("pcre has flags for two buffers");
        buffer = found;
      }
    }
  }
  auto regex = draft.catalog.regexes.compile(parts->pattern, flags);
  if (!regex) return tl::unexpected(regex.error());
  auto item = std::make_unique<PcreItem>(std::move(*regex));
  item->negated = negated;
  item->relative = relative;
  item->nocase = flags.caseless;
  if (auto done = add_captures(draft, *item, parts->captures); !done) return done;
  if (buffer.empty()) return draft.add_item(std::move(item));
  // Letters are older than HTTP/2. After a sticky buffer only its own is possible.
  if (auto done = draft.require_protocol(AppProto::kHttp1); !done) return done;
  // A response's body is the file that it brings.
  if (buffer == "http.response_body" && draft.is_in("file.data")) {
    return draft.add_item(std::move(item));
  }
  if (!draft.in_payload() && !draft.is_in(buffer)) {
    return failure(
        "Expression seen with a sticky buffer still set; either (1) reset sticky buffer with "
        "pkt_data or (2) use a sticky buffer providing \"" +
        std::string(description_of(buffer)) + "\".");
  }
  return draft.add_item_to(buffer, std::move(item));
}

}  // namespace

const KeywordSpec keywords::kPcre{
    "pcre", "a regular expression on the buffer", KeywordArgument::kRequired, compile, {}, true,
    true};

}  // namespace culvert
