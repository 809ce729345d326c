#include "protocols/http2/http2_keywords.h"

#include <algorithm>
#include <optional>

#include "protocols/http2/http2_transaction.h"
#include "rule/number_match.h"
#include "rule/value.h"

namespace culvert::http2 {
namespace {

/// Both directions, from the first frame on.
constexpr TransactionHook kAnyTime{AppProto::kHttp2, {true, 0}, {true, 0}};

const Message& message(const MatchContext& context) {
  return static_cast<const Http2Transaction&>(*context.transaction).message(context.direction);
}

struct FrameTypeIs final : Keyword {
  explicit FrameTypeIs(std::uint8_t t) : type(t) {}
  bool match(const MatchContext& context) const noexcept override {
    return message(context).frame_types.test(type);
  }
  const std::uint8_t type;
};
Result<void> compile_frame_type(RuleBuilder& rule, std::string_view argument) {
  const std::string_view text = trim(argument);
  std::optional<std::uint8_t> type = find_frame_type(text);
  if (!type) {
    const auto number = parse_unsigned(text, 255);
    if (!number) {
      return failure("http2.frametype: \"" + std::string(text) +
                     "\" is neither a type (DATA, HEADERS, RSTSTREAM, WINDOWUPDATE ...) nor 0 to 255");
    }
    type = static_cast<std::uint8_t>(*number);
  }
  return rule.add_transaction_match(kAnyTime, std::make_unique<FrameTypeIs>(*type));
}

struct ErrorIs final : Keyword {
  explicit ErrorIs(std::uint32_t c) : code(c) {}
  bool match(const MatchContext& context) const noexcept override {
    return message(context).error == code;
  }
  const std::uint32_t code;
};
Result<void> compile_error_code(RuleBuilder& rule, std::string_view argument) {
  const std::string_view text = trim(argument);
  std::optional<std::uint32_t> code = find_error(text);
  if (!code) {
    const auto number = parse_unsigned(text, 0xffffffff);
    if (!number) {
      return failure("http2.errorcode: \"" + std::string(text) +
                     "\" is neither an error (NO_ERROR, PROTOCOL_ERROR ...) nor a number");
    }
    code = static_cast<std::uint32_t>(*number);
  }
  return rule.add_transaction_match(kAnyTime, std::make_unique<ErrorIs>(*code));
}

struct PriorityIs final : Keyword {
  explicit PriorityIs(const NumberMatch& test) : wanted(test) {}
  bool match(const MatchContext& context) const noexcept override {
    const auto& priority = message(context).priority;
    return priority && wanted.matches(*priority);
  }
  const NumberMatch wanted;
};
struct WindowIs final : Keyword {
  explicit WindowIs(const NumberMatch& test) : wanted(test) {}
  bool match(const MatchContext& context) const noexcept override {
    return std::ranges::any_of(message(context).windows,
                               [&](std::uint32_t size) { return wanted.matches(size); });
  }
  const NumberMatch wanted;
};
struct SizeUpdateIs final : Keyword {
  explicit SizeUpdateIs(const NumberMatch& test) : wanted(test) {}
  bool match(const MatchContext& context) const noexcept override {
    return std::ranges::any_of(message(context).fields, [&](const Field& field) {
      return field.is_size_update() && wanted.matches(field.size_update);
    });
  }
  const NumberMatch wanted;
};
template <class Match, std::uint64_t kHighest>
Result<void> compile_number(RuleBuilder& rule, std::string_view argument) {
  const auto test = NumberMatch::parse(trim(argument), kHighest);
  if (!test) return tl::unexpected(test.error());
  return rule.add_transaction_match(kAnyTime, std::make_unique<Match>(*test));
}

struct SettingIs final : Keyword {
  SettingIs(std::uint16_t i, std::optional<NumberMatch> test) : id(i), wanted(test) {}
  bool match(const MatchContext& context) const noexcept override {
    return std::ranges::any_of(message(context).settings, [&](const Setting& setting) {
      return setting.id == id && (!wanted || wanted->matches(setting.value));
    });
  }
  const std::uint16_t id;
  const std::optional<NumberMatch> wanted;
};
/// "SETTINGS_ENABLE_PUSH", "SETTINGS_ENABLE_PUSH=0", "SETTINGS_MAX_FRAME_SIZE >20000"
Result<void> compile_settings(RuleBuilder& rule, std::string_view argument) {
  const std::string_view text = trim(argument);
  const auto is_name = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  const auto* const end = std::find_if_not(text.begin(), text.end(), is_name);
  const auto size = static_cast<std::size_t>(end - text.begin());
  const auto id = find_setting(text.substr(0, size));
  if (!id) {
    return failure("http2.settings: \"" + std::string(text) +
                   "\" does not begin with a setting (SETTINGS_ENABLE_PUSH ...)");
  }
  std::optional<NumberMatch> wanted;
  if (const std::string_view rest = trim(text.substr(size)); !rest.empty()) {
    const auto test = NumberMatch::parse(rest, 0xffffffff);
    if (!test) return tl::unexpected(test.error());
    wanted = *test;
  }
  return rule.add_transaction_match(kAnyTime, std::make_unique<SettingIs>(*id, wanted));
}

const KeywordSpec kFrameType{.name = "http2.frametype",
                             .help = "a frame of that type has come: GOAWAY, or its number",
                             .compile = compile_frame_type};
const KeywordSpec kErrorCode{.name = "http2.errorcode",
                             .help = "error of RST_STREAM or GOAWAY: NO_ERROR, or its number",
                             .compile = compile_error_code};
const KeywordSpec kPriorityWeight{.name = "http2.priority",
                                  .help = "weight of the stream, as sent: 0 to 255",
                                  .compile = compile_number<PriorityIs, 255>};
const KeywordSpec kWindow{.name = "http2.window",
                          .help = "increment of a WINDOW_UPDATE",
                          .compile = compile_number<WindowIs, 0xffffffff>};
const KeywordSpec kSizeUpdate{.name = "http2.size_update",
                              .help = "new size of the dynamic table of header fields",
                              .compile = compile_number<SizeUpdateIs, ~std::uint64_t{0}>};
const KeywordSpec kSettingsOf{.name = "http2.settings",
                              .help = "a setting and its value: SETTINGS_ENABLE_PUSH=0",
                              .compile = compile_settings};

}  // namespace

const KeywordSpec* const kHttp2Keywords[6] = {&kFrameType, &kErrorCode,  &kPriorityWeight,
                                              &kWindow,    &kSizeUpdate, &kSettingsOf};

}  // namespace culvert::http2
