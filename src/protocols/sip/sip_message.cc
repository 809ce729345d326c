#include "protocols/sip/sip_message.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "protocols/mime/mime_header.h"

namespace culvert::sip {
namespace {

constexpr std::size_t kMostHeaders = 512, kMostSdpLines = 1024;

using mime::equals_ignoring_case;

constexpr std::string_view kMethods[] = {"REGISTER", "INVITE",  "ACK",   "BYE",       "CANCEL",
                                         "UPDATE",   "REFER",   "PRACK", "SUBSCRIBE", "NOTIFY",
                                         "PUBLISH",  "MESSAGE", "INFO",  "OPTIONS"};

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The line in front of CR LF; nothing when there is none.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  if (end == rest.npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

/// "SIP/2.0"
bool is_version(std::string_view text) {
  constexpr std::string_view kPrefix = "SIP/";
  return text.starts_with(kPrefix) && text.size() > kPrefix.size() &&
         text.find_first_not_of("0123456789.", kPrefix.size()) == text.npos;
}

/// Section 7.3.3.
char compact_form_of(std::string_view name) {
  constexpr std::pair<std::string_view, char> kForms[] = {
      {"from", 'f'},           {"to", 't'},     {"via", 'v'}, {"content-type", 'c'},
      {"content-length", 'l'}, {"call-id", 'i'}};
  for (const auto& [full, compact] : kForms) {
    if (equals_ignoring_case(name, full)) return compact;
  }
  return '\0';
}

/// In the reference a session with another name, such as "-", is no session description.
bool is_readable_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return c == ' ' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
  });
}

void parse_sdp(std::string_view body, Sdp& sdp, Arena& arena) {
  SdpMedia* media = nullptr;
  for (std::size_t lines = 0; !body.empty() && lines < kMostSdpLines; ++lines) {
    const std::size_t end = body.find('\n');
    std::string_view line = body.substr(0, end);
    body.remove_prefix(end == body.npos ? body.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() < 2 || line[1] != '=') continue;
    const std::string_view value = arena.copy(line.substr(2));
    switch (line[0]) {
      case 'o':
        sdp.origin = value;
        break;
      case 's':
        sdp.session_name = value;
        break;
      case 'i':
        (media != nullptr ? media->media_info : sdp.session_info) = value;
        break;
      case 'u':
        sdp.uri = value;
        break;
      case 'e':
        sdp.email = value;
        break;
      case 'p':
        sdp.phone_number = value;
        break;
      case 'c':
        (media != nullptr ? media->connection_data : sdp.connection_data) = value;
        break;
      case 'b':
        (media != nullptr ? media->bandwidths : sdp.bandwidths).push_back(value);
        break;
      case 't':
        sdp.times.push_back({.time = value, .repeat_time = {}});
        break;
      case 'r':
        if (!sdp.times.empty()) sdp.times.back().repeat_time = value;
        break;
      case 'z':
        sdp.timezone = value;
        break;
      case 'k':
        (media != nullptr ? media->encryption_key : sdp.encryption_key) = value;
        break;
      case 'a':
        (media != nullptr ? media->attributes : sdp.attributes).push_back(value);
        break;
      case 'm':
        media = &sdp.media.emplace_back();
        media->media = value;
        break;
      default:
        break;
    }
  }
}

}  // namespace

bool begins_request(std::string_view text) {
  for (const std::string_view method : kMethods) {
    if (text.starts_with(method) && text.size() > method.size() && text[method.size()] == ' ') {
      return true;
    }
  }
  return false;
}
bool begins_response(std::string_view text) { return text.starts_with("SIP/"); }

MessageStatus Message::parse(Bytes bytes, bool is_stream, Arena& arena) {
  const std::string_view text = as_text(bytes);
  const MessageStatus incomplete = is_stream && bytes.size() < kMostHeaderBytes
                                       ? MessageStatus::kNeedMore
                                       : MessageStatus::kMalformed;
  std::string_view rest = text;
  const auto line = take_line(rest);
  if (!line) return incomplete;
  line_size = line->size() + 2;
  const std::size_t first = line->find(' ');
  const std::size_t second = first == line->npos ? first : line->find(' ', first + 1);
  if (second == line->npos) return MessageStatus::kMalformed;
  first_line = arena.copy(*line);
  const std::string_view words[] = {first_line.substr(0, first),
                                    first_line.substr(first + 1, second - first - 1),
                                    first_line.substr(second + 1)};
  if (is_version(words[0])) {
    if (words[1].size() != 3) return MessageStatus::kMalformed;
    version = words[0];
    code = words[1];
    reason = words[2];
  } else {
    is_request = true;
    method = words[0];
    uri = words[1];
    version = words[2];
    if (method.empty() || uri.empty() || !is_version(version)) return MessageStatus::kMalformed;
  }
  for (;;) {
    const auto field = take_line(rest);
    if (!field) return incomplete;
    if (field->empty()) break;
    header_size = text.size() - rest.size() - line_size;
    if ((field->front() == ' ' || field->front() == '\t') && !headers.empty()) {
      std::string joined(headers.back().value);  // folded: section 7.3.1
      joined += ' ';
      joined += trim(*field);
      if (joined.size() < kMostHeaderBytes)
        headers.back().value = arena.copy(std::string_view(joined));
      continue;
    }
    const std::size_t colon = field->find(':');
    if (colon == field->npos || headers.size() >= kMostHeaders) return MessageStatus::kMalformed;
    headers.push_back(
        {arena.copy(trim(field->substr(0, colon))), arena.copy(trim(field->substr(colon + 1)))});
  }
  std::size_t body_size = is_stream ? 0 : rest.size();
  if (is_stream) {
    if (const Header* const length = find("content-length")) {
      const char* const end = length->value.data() + length->value.size();
      const auto [stop, failure] = std::from_chars(length->value.data(), end, body_size);
      if (failure != std::errc{} || stop != end || body_size > kMostBodyBytes) {
        return MessageStatus::kMalformed;
      }
    }
  }
  size = text.size() - rest.size() + body_size;
  if (rest.size() < body_size) return MessageStatus::kNeedMore;
  const Header* const type = find("content-type");
  if (body_size != 0 && type != nullptr &&
      equals_ignoring_case(mime::main_value(type->value), "application/sdp")) {
    parse_sdp(rest.substr(0, body_size), sdp, arena);
    has_sdp = !sdp.origin.empty() && is_readable_name(sdp.session_name);
  }
  return MessageStatus::kOk;
}

const Header* Message::find(std::string_view name, unsigned instance) const {
  const char compact = compact_form_of(name);
  for (const Header& header : headers) {
    const bool same =
        equals_ignoring_case(header.name, name) ||
        (compact != '\0' && header.name.size() == 1 && (header.name[0] | 0x20) == compact);
    if (same && instance-- == 0) return &header;
  }
  return nullptr;
}

}  // namespace culvert::sip
