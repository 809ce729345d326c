#include "protocols/http/http_keywords.h"

#include "detect/inspect_size.h"
#include "detect/rule_draft.h"
#include "rule/content_pattern.h"
#include "rule/number_match.h"
#include "rule/value.h"

namespace culvert::http1 {
namespace {

/// `content:"a"; http_uri;`: the content before it belongs to the buffer. HTTP/1 only.
template <const std::string_view& kBuffer>
Result<void> compile_modifier(RuleBuilder& rule, std::string_view) {
  if (auto done = rule.require_protocol(AppProto::kHttp1); !done) return done;
  return draft_of(rule).move_last_content(kBuffer);
}

constexpr std::string_view kMethod = "http.method", kUri = "http.uri", kRawUri = "http.uri.raw",
                           kHeader = "http.header", kRawHeader = "http.header.raw",
                           kCookie = "http.cookie", kUserAgent = "http.user_agent",
                           kHost = "http.host", kRawHost = "http.host.raw",
                           kStatCode = "http.stat_code", kStatMsg = "http.stat_msg",
                           kRequestBodyName = "http.request_body",
                           kResponseBodyName = "http.response_body";

/// `uricontent:"a"` is `content:"a"; http_uri;`.
Result<void> compile_uricontent(RuleBuilder& rule, std::string_view argument) {
  std::string_view text = trim(argument);
  auto item = std::make_unique<ContentItem>();
  item->negated = take_negation(text);
  if (!take_quotes(text)) return failure("uricontent is a pattern in double quotes");
  const auto pattern = parse_content_pattern(text);
  if (!pattern) return tl::unexpected(pattern.error());
  const Bytes bytes = as_bytes(*pattern);
  item->bytes.assign(bytes.begin(), bytes.end());
  RuleDraft& draft = draft_of(rule);
  if (!draft.in_payload()) return failure("uricontent cannot follow a sticky buffer");
  if (auto done = rule.require_protocol(AppProto::kHttp1); !done) return done;
  return draft.add_item_to(kUri, std::move(item));
}

/// The size that `urilen` asks for: "5", ">5", "5<>10" (between), "!5".
Result<std::unique_ptr<BsizeItem>> size_of(std::string_view text) {
  const auto match = NumberMatch::parse(text, 65535);
  if (!match) return tl::unexpected(match.error());
  using Kind = NumberMatch::Kind;
  using Operator = BsizeItem::Operator;
  auto item = std::make_unique<BsizeItem>();
  item->a = match->a();
  item->b = match->b();
  switch (match->kind()) {
    case Kind::kEqual:
      item->op = Operator::kEqual;
      break;
    case Kind::kNotEqual:
      item->op = Operator::kNotEqual;
      break;
    case Kind::kLess:
      item->op = Operator::kLess;
      break;
    case Kind::kLessOrEqual:
      item->op = Operator::kLessEqual;
      break;
    case Kind::kGreater:
      item->op = Operator::kGreater;
      break;
    case Kind::kGreaterOrEqual:
      item->op = Operator::kGreaterEqual;
      break;
    case Kind::kOutside:
      item->negated = true;
      [[fallthrough]];
    case Kind::kInside:
      item->op = Operator::kInside;
      break;
    case Kind::kMaskEqual:
    case Kind::kMaskNotEqual:
      return failure("urilen takes no mask");
  }
  return item;
}

/// `urilen:>5` is about the normalised URI, `urilen:>5,raw` about the raw one. Any other word after
/// the comma means "norm", as in the reference.
Result<void> compile_urilen(RuleBuilder& rule, std::string_view argument) {
  const std::size_t comma = argument.find(',');
  const bool is_raw =
      comma != argument.npos && trim(argument.substr(comma + 1)) == std::string_view("raw");
  auto item = size_of(trim(argument.substr(0, comma)));
  if (!item) return tl::unexpected(item.error());
  return draft_of(rule).add_item_to(is_raw ? kRawUri : kUri, std::move(*item));
}

constexpr KeywordArgument kNoArgument = KeywordArgument::kNone;

const KeywordSpec kHttpMethod{"http_method", "the content is in http.method", kNoArgument,
                              compile_modifier<kMethod>};
const KeywordSpec kHttpUri{"http_uri", "the content is in http.uri", kNoArgument,
                           compile_modifier<kUri>};
const KeywordSpec kHttpRawUri{"http_raw_uri", "the content is in http.uri.raw", kNoArgument,
                              compile_modifier<kRawUri>};
const KeywordSpec kHttpHeader{"http_header", "the content is in http.header", kNoArgument,
                              compile_modifier<kHeader>};
const KeywordSpec kHttpRawHeader{"http_raw_header", "the content is in http.header.raw",
                                 kNoArgument, compile_modifier<kRawHeader>};
const KeywordSpec kHttpCookie{"http_cookie", "the content is in http.cookie", kNoArgument,
                              compile_modifier<kCookie>};
const KeywordSpec kHttpUserAgent{"http_user_agent", "the content is in http.user_agent",
                                 kNoArgument, compile_modifier<kUserAgent>};
const KeywordSpec kHttpHost{"http_host", "the content is in http.host", kNoArgument,
                            compile_modifier<kHost>};
const KeywordSpec kHttpRawHost{"http_raw_host", "the content is in http.host.raw", kNoArgument,
                               compile_modifier<kRawHost>};
const KeywordSpec kHttpStatCode{"http_stat_code", "the content is in http.stat_code", kNoArgument,
                                compile_modifier<kStatCode>};
const KeywordSpec kHttpStatMsg{"http_stat_msg", "the content is in http.stat_msg", kNoArgument,
                               compile_modifier<kStatMsg>};
const KeywordSpec kHttpClientBody{"http_client_body", "the content is in http.request_body",
                                  kNoArgument, compile_modifier<kRequestBodyName>};
const KeywordSpec kHttpServerBody{"http_server_body", "the content is in http.response_body",
                                  kNoArgument, compile_modifier<kResponseBodyName>};
const KeywordSpec kUricontent{.name = "uricontent",
                              .help = "bytes that are in http.uri, or not with !",
                              .compile = compile_uricontent,
                              .can_negate = true,
                              .can_quote = true};
const KeywordSpec kUrilen{.name = "urilen",
                          .help = "size of the URI: 5, >5, 5<>10; with \",raw\" as sent",
                          .compile = compile_urilen};

}  // namespace

const std::array<const KeywordSpec*, 15> kHttpKeywords{
    &kHttpMethod,    &kHttpUri,       &kHttpRawUri,  &kHttpHeader,     &kHttpRawHeader,
    &kHttpCookie,    &kHttpUserAgent, &kHttpHost,    &kHttpRawHost,    &kHttpStatCode,
    &kHttpStatMsg,   &kHttpClientBody, &kHttpServerBody, &kUricontent, &kUrilen};

}  // namespace culvert::http1
