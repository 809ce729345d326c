#include "protocols/http/http_lines.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "protocols/http/http_text.h"

namespace culvert::http1 {
namespace {

constexpr std::size_t kNpos = std::string_view::npos;

/// What a line begins with that goes on with the one before it.
constexpr bool begins_folded(char c) { return is_blank(c) || c == '\0'; }

/// RFC 9110 section 5.6.2.
constexpr bool is_token_char(char c) {
  return c > ' ' && c < '\x7f' &&
         std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
}
constexpr std::array<bool, 256> kIsTokenChar = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 128; ++c)
    table[static_cast<std::size_t>(c)] = is_token_char(static_cast<char>(c));
  return table;
}();
bool is_token(std::string_view text) {
  for (const char c : text) {
    if (!kIsTokenChar[static_cast<std::uint8_t>(c)]) return false;
  }
  return true;
}

/// Builds the table of one head.
class FieldReader {
 public:
  FieldReader(Direction direction, std::size_t limit, HttpTransaction& transaction,
              HeaderTable& fields)
      : is_request_(direction == Direction::kToServer),
        limit_(limit),
        tx_(transaction),
        fields_(fields) {}

  /// A line of the text. Those of one field are in one piece there, line ends included.
  void add(std::string_view line) {
    if (line.empty()) return;
    if (has_field_ && continues(line)) {
      field_ = {field_.data(), static_cast<std::size_t>(line.data() + line.size() - field_.data())};
      is_folded_ = true;
      return;
    }
    flush();
    has_field_ = true;
    is_folded_ = false;
    field_ = line;
    colon_ = line.find(':');
    if (!is_request_ && fields_.empty() && !line.empty() && is_blank(line.front()) &&
        colon_ != kNpos) {
      tx_.raise(Event::kInvalidResponseFieldFolding);
    }
  }
  void flush() {
    if (!has_field_) return;
    has_field_ = false;
    if (lines_++ > limit_) return;
    if (is_folded_ && colon_ == kNpos) colon_ = field_.find(':');
    store();
  }

  /// No more events.
  void be_quiet() { is_quiet_ = true; }

  bool has_too_many() const { return lines_ > limit_ + 1; }

 private:
  bool continues(std::string_view line) const {
    if (line.empty() || !begins_folded(line.front())) return false;
    if (is_request_) return true;
    // A field of its own, indented; unless the field at hand has no name yet.
    const std::size_t colon = line.find(':');
    const bool names = colon != kNpos && !trim(line.substr(0, colon)).empty();
    return !names || colon_ == kNpos || colon_ == 0;
  }

  /// The value, in one piece: line ends go, the white space around them stays.
  std::string_view unfold(std::string_view value) {
    if (!is_folded_) return value;
    std::byte* const memory = tx_.arena.allocate(value.size());
    char* const text = reinterpret_cast<char*>(memory);
    std::size_t size = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const char c = value[i];
      if (c == '\n') continue;
      if (c == '\r' && (!is_request_ || (i + 1 < value.size() && value[i + 1] == '\n'))) continue;
      if (c == '\0' && i > 0 && (value[i - 1] == '\n' || value[i - 1] == '\r')) continue;
      text[size++] = c;
    }
    return {text, size};
  }

  void store() {
    Header header;
    header.folded = is_folded_;
    if (colon_ == kNpos || trim(field_.substr(0, colon_)).empty()) {
      // As in the reference once a transaction, whoever sent it.
      if (!tx_.has_event(Event::kRequestFieldMissingColon)) {
        raise(Event::kRequestFieldMissingColon, Event::kResponseFieldMissingColon);
      }
      header.missing_colon = true;
      const std::size_t from = colon_ == kNpos ? 0 : colon_ + 1;
      header.name = field_.substr(0, 0);
      header.value = trim(unfold(field_.substr(from)));
    } else {
      header.value = trim(unfold(field_.substr(colon_ + 1)));
      std::string_view name = field_.substr(0, colon_);
      while (!name.empty() && name.front() == '\0') name.remove_prefix(1);
      // Of most names nothing more is to be found out.
      if (const Field field = field_of(name); field != Field::kOther) {
        header.name = name;
        merge(header, field);
        return;
      }
      check_name(name);
      while (!name.empty() && (is_space(name.back()) || name.back() == '\0')) name.remove_suffix(1);
      header.name = trim_front(name);
    }
    merge(header, field_of(header.name));
  }

  void raise(Event of_request, Event of_response) {
    if (!is_quiet_) tx_.raise(is_request_ ? of_request : of_response);
  }

  /// As in the reference one complaint a transaction, whoever sent it.
  void check_name(std::string_view name) {
    if (is_blank(name.back())) {
      complain_of_name(Event::kRequestInvalidLwsAfterName, Event::kResponseInvalidLwsAfterName);
      name = trim_back(name);
    }
    if (!is_request_) {
      while (!name.empty() && is_blank(name.front())) name.remove_prefix(1);
    }
    if (!is_token(name)) {
      complain_of_name(Event::kRequestHeaderInvalid, Event::kResponseHeaderNameNotToken);
    }
  }
  void complain_of_name(Event of_request, Event of_response) {
    for (const Event event :
         {Event::kRequestInvalidLwsAfterName, Event::kRequestHeaderInvalid,
          Event::kResponseInvalidLwsAfterName, Event::kResponseHeaderNameNotToken}) {
      if (tx_.has_event(event)) return;
    }
    raise(of_request, of_response);
  }

  /// Lines of one name become one field.
  void merge(const Header& header, Field field) {
    const std::uint64_t bit = field == Field::kOther ? bit_of(header.name) : 0;
    if (field != Field::kOther || (seen_ & bit) != 0) {
      if (Header* const first = fields_.find(field, header.name)) return repeat(*first, header);
    }
    seen_ |= bit;
    fields_.add(header, field);
  }
  void repeat(Header& first, const Header& again) {
    first.repeated = true;
    raise(Event::kRequestHeaderRepetition, Event::kResponseHeaderRepetition);
    if (equal_nocase(first.name, "Content-Length")) {
      // Never joined: the first counts, and any other is reason for doubt.
      if (first.value != again.value) {
        raise(Event::kDuplicateContentLengthFieldInRequest,
              Event::kDuplicateContentLengthFieldInResponse);
      }
      return;
    }
    if (joined_ >= kMostJoined || joined_bytes_ > kMaxJoinedBytes) return;
    ++joined_;
    const std::size_t size = first.value.size() + 2 + again.value.size();
    char* const text = reinterpret_cast<char*>(tx_.arena.allocate(size));
    std::memcpy(text, first.value.data(), first.value.size());
    std::memcpy(text + first.value.size(), ", ", 2);
    std::memcpy(text + first.value.size() + 2, again.value.data(), again.value.size());
    first.value = {text, size};
    joined_bytes_ += size;
  }
  /// A rough set of the names that were seen.
  static std::uint64_t bit_of(std::string_view name) {
    if (name.empty()) return 1;
    const auto lower = [](char c) { return ascii_lower(static_cast<std::uint8_t>(c)); };
    return std::uint64_t{1} << ((name.size() * 7 + lower(name.front()) + lower(name.back()) * 3u) &
                                63);
  }

  /// What joining repeated fields may take: they copy what is there each time.
  static constexpr std::size_t kMostJoined = 65;
  static constexpr std::size_t kMaxJoinedBytes = 256 * 1024;

  const bool is_request_;
  const std::size_t limit_;
  HttpTransaction& tx_;
  HeaderTable& fields_;
  std::string_view field_;
  std::size_t colon_ = kNpos;  ///< in field_
  bool has_field_ = false;
  bool is_folded_ = false;
  bool is_quiet_ = false;
  std::size_t lines_ = 0;
  std::size_t joined_ = 0, joined_bytes_ = 0;
  std::uint64_t seen_ = 0;
};

}  // namespace

LineStatus LineCutter::next(std::string_view text, bool is_all, std::string_view& line) {
  return direction_ == Direction::kToServer ? next_of_request(text, is_all, line)
                                            : next_of_response(text, is_all, line);
}

LineStatus LineCutter::next_of_request(std::string_view text, bool is_all, std::string_view& line) {
  const std::size_t end = text.find('\n', std::max(position_, searched_));
  if (end == kNpos) {
    searched_ = text.size();
    if (!is_all || position_ == text.size()) return LineStatus::kMore;
    line = text.substr(position_);
    position_ = text.size();
    return LineStatus::kLine;
  }
  std::string_view found = text.substr(position_, end - position_);
  position_ = end + 1;
  const bool ends = found.find_first_not_of('\r') == kNpos;
  if (!found.empty() && found.back() == '\r') found.remove_suffix(1);
  line = found;
  return ends ? LineStatus::kEnd : LineStatus::kLine;
}

/// Passes over CRs at the start of a line that do not belong to an empty one.
LineStatus LineCutter::skip_stray(std::string_view text, bool is_all) {
  if (position_ >= text.size() || text[position_] != '\r') return LineStatus::kLine;
  if (position_ + 1 == text.size()) return is_all ? LineStatus::kLine : LineStatus::kMore;
  if (text[position_ + 1] == '\n') return LineStatus::kLine;
  if (last_ == End::kLf) {
    ++position_;
    last_ = End::kNone;
    return LineStatus::kLine;
  }
  if (last_ != End::kCrLf) return LineStatus::kLine;
  // Only what follows tells whether there is more of it.
  std::size_t end = position_;
  while (end < text.size() && (text[end] == '\r' || text[end] == ' ')) ++end;
  if (end == text.size() && !is_all) return LineStatus::kMore;
  if (end < text.size() && text[end] == '\n') ++end;
  position_ = end;
  last_ = End::kNone;
  deformed_ = true;
  return LineStatus::kLine;
}

LineStatus LineCutter::next_of_response(std::string_view text, bool is_all,
                                        std::string_view& line) {
  if (skip_stray(text, is_all) == LineStatus::kMore) return LineStatus::kMore;
  const std::size_t from = std::min(std::max(position_, searched_), text.size());
  std::size_t end = std::min(text.find('\n', from), text.size());
  end = std::min(text.substr(from, end - from).find('\r'), end - from) + from;
  searched_ = end;
  if (end == text.size()) {
    if (!is_all || position_ == text.size()) return LineStatus::kMore;
    line = text.substr(position_);
    position_ = text.size();
    return LineStatus::kLine;
  }
  line = text.substr(position_, end - position_);
  std::size_t after = end + 1;
  End how = End::kLf;
  if (text[end] == '\r') {
    if (after == text.size() && !is_all) return LineStatus::kMore;
    const bool crlf = after < text.size() && text[after] == '\n';
    how = crlf ? End::kCrLf : End::kCr;
    if (crlf) ++after;
  }
  position_ = after;
  last_ = how;
  return line.empty() && how != End::kCr ? LineStatus::kEnd : LineStatus::kLine;
}

bool parse_fields(Direction direction, std::string_view text, std::size_t limit,
                  HttpTransaction& transaction, HeaderTable& fields) {
  LineCutter cutter(direction);
  FieldReader reader(direction, limit, transaction, fields);
  std::string_view line;
  LineStatus status = LineStatus::kLine;
  while ((status = cutter.next(text, true, line)) == LineStatus::kLine) reader.add(line);
  // What might still have gone on is no reason for complaints.
  if (status != LineStatus::kEnd) reader.be_quiet();
  reader.flush();
  if (cutter.was_deformed()) transaction.raise(Event::kDeformedEol);
  if (!reader.has_too_many()) return true;
  transaction.raise(direction == Direction::kToServer ? Event::kRequestTooManyHeaders
                                                      : Event::kResponseTooManyHeaders);
  return false;
}

}  // namespace culvert::http1
