#include "protocols/mime/mime_parser.h"

#include <openssl/evp.h>

#include <algorithm>

#include "protocols/mime/url_finder.h"

namespace culvert::mime {
namespace {

constexpr std::size_t kLongestLine = 998;        // RFC 5322 section 2.1.1
constexpr std::size_t kLongestEncodedLine = 76;  // RFC 2045 sections 6.7 and 6.8
constexpr std::size_t kLongestHeaderName = 75;
constexpr std::size_t kLongestBoundary = 254;  // longer ones are an event, and used
constexpr std::size_t kLongestFilename = 255;
constexpr std::size_t kMostHeaderBytes = 64 * 1024;  // of one field, unfolded; the rest is left out
constexpr std::size_t kMostHeaders = 1024;
constexpr std::size_t kMostMessageBytes = 1024 * 1024;  // of headers, names and URLs that are kept
constexpr std::size_t kMostAttachments = 1024, kMostUrls = 4096;
constexpr std::size_t kMostDepth = 32;
constexpr std::size_t kMostDecodedLine = 4096;

constexpr std::byte kCrLf[] = {std::byte{'\r'}, std::byte{'\n'}};

bool is_space(std::byte b) { return b == std::byte{' '} || b == std::byte{'\t'}; }

std::string_view without_front_space(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}
std::string_view without_space(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return without_front_space(text);
}

/// Nothing but white space, as may follow a boundary.
bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r") == text.npos; }

}  // namespace

void MimeParser::FreeDigest::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

void MimeParser::Entity::clear() {
  content_type.clear();
  disposition.clear();
  encoding = Encoding::kNone;
  has_name = false;
  name.clear();
}

MimeParser::MimeParser(const MimeOptions& options) : options_(options) {
  if (options.body_md5) digest_.reset(EVP_MD_CTX_new());
}
MimeParser::~MimeParser() = default;

void MimeParser::start(MimeMessage& message, Arena& arena, MimeSink& sink) {
  message_ = &message;
  arena_ = &arena;
  sink_ = &sink;
  message.clear();
  message.begun = true;
  state_ = State::kHeaders;
  is_main_ = true;
  header_.clear();
  entity_.clear();
  boundaries_.clear();
  is_text_ = has_file_ = line_is_skipped_ = false;
  held_ending_ = {};
  base64_.reset();
  decoded_line_.clear();
}

void MimeParser::feed(const Line& line) {
  if (line.begins && line.body().size() > kLongestLine) note(MimeEvent::kLongLine);
  if (digest_ != nullptr && message_->has_headers) {
    EVP_DigestUpdate(digest_.get(), line.bytes.data(), line.bytes.size());
  }
  if (line.begins) line_is_skipped_ = !boundaries_.empty() && feed_boundary(line);
  if (line_is_skipped_) return;
  switch (state_) {
    case State::kHeaders:
      feed_header(line);
      break;
    case State::kPreamble:
      break;
    case State::kBody:
      feed_body(line);
      break;
  }
}

void MimeParser::finish(bool whole) {
  if (message_ == nullptr) return;
  end_body(whole);
  if (whole && digest_ != nullptr && message_->has_headers) {
    unsigned size = 0;
    EVP_DigestFinal_ex(digest_.get(), reinterpret_cast<unsigned char*>(message_->body_md5.data()),
                       &size);
    message_->has_body_md5 = true;
  }
  message_ = nullptr;
}

// ------------------------------------------------------------------------------------ headers

void MimeParser::feed_header(const Line& line) {
  const Bytes body = line.body();
  if (line.begins && body.empty()) {
    end_header();
    end_headers();
    return;
  }
  if (line.begins) {
    if (is_space(body[0])) {  // folded: RFC 5322 section 2.2.3
      if (header_.empty()) return;
      header_.append(as_text(body.subspan(1, std::min(body.size() - 1, kMostHeaderBytes))));
      if (header_.size() > kMostHeaderBytes) {
        header_.resize(kMostHeaderBytes);
        note(MimeEvent::kLongHeaderValue);
      }
      return;
    }
    end_header();
    const std::string_view text = as_text(body);
    const std::size_t colon = text.find(':');
    if (colon == text.npos) return;
    if (colon > kLongestHeaderName) note(MimeEvent::kLongHeaderName);
    if (without_front_space(text.substr(colon + 1)).size() > options_.header_value_depth) {
      note(MimeEvent::kLongHeaderValue);
    }
    header_ = text;
    return;
  }
  if (!header_.empty() && header_.size() < kMostHeaderBytes) header_.append(as_text(body));
}

void MimeParser::end_header() {
  if (header_.empty()) return;
  const std::size_t colon = header_.find(':');
  const std::string_view name = std::string_view(header_).substr(0, colon);
  const std::string_view value = without_front_space(std::string_view(header_).substr(colon + 1));
  if (is_main_ && message_->headers.size() < kMostHeaders &&
      arena_->used_bytes() < kMostMessageBytes) {
    message_->headers.push_back({arena_->copy(name), arena_->copy(value)});
  } else if (is_main_) {
    note(MimeEvent::kTooMuch);
  }
  if (equals_ignoring_case(name, "content-type")) {
    entity_.content_type = value;
    name_attachment(value, "name");
  } else if (equals_ignoring_case(name, "content-disposition")) {
    entity_.disposition = value;
    name_attachment(value, "filename");
  } else if (equals_ignoring_case(name, "content-transfer-encoding")) {
    const std::string_view encoding = without_space(value);
    entity_.encoding = equals_ignoring_case(encoding, "base64") ? Encoding::kBase64
                       : equals_ignoring_case(encoding, "quoted-printable")
                           ? Encoding::kQuotedPrintable
                           : Encoding::kNone;
  }
  header_.clear();
}

/// The first field that has a name for the part decides.
void MimeParser::name_attachment(std::string_view value, std::string_view parameter) {
  if (entity_.has_name) return;
  const auto name = find_parameter(value, parameter, scratch_);
  if (!name) return;
  entity_.has_name = true;
  entity_.name = name->substr(0, kLongestFilename);
  if (name->size() > kLongestFilename) note(MimeEvent::kLongFilename);
}

void MimeParser::end_headers() {
  if (is_main_) {
    is_main_ = false;
    message_->has_headers = true;
    if (digest_ != nullptr) EVP_DigestInit_ex(digest_.get(), EVP_md5(), nullptr);
  }
  const std::string_view type = main_value(entity_.content_type);
  if (enter_multipart()) {
    entity_.clear();
    state_ = State::kPreamble;
    return;
  }
  if (entity_.has_name && message_->attachments.size() < kMostAttachments &&
      arena_->used_bytes() < kMostMessageBytes) {
    message_->attachments.push_back(arena_->copy(std::string_view(entity_.name)));
  }
  if (equals_ignoring_case(type, "message/rfc822")) {  // its headers follow
    entity_.clear();
    return;
  }
  state_ = State::kBody;
  is_text_ = options_.extract_urls && (type.empty() || type == "text/plain" || type == "text/html");
  if (entity_.has_name && !entity_.name.empty()) {
    has_file_ = true;
    sink_->begin_file(entity_.name);
  }
}

bool MimeParser::enter_multipart() {
  constexpr std::string_view kMultipart = "multipart/";
  const std::string_view type = main_value(entity_.content_type);
  if (!equals_ignoring_case(type.substr(0, kMultipart.size()), kMultipart)) return false;
  const auto boundary = find_parameter(entity_.content_type, "boundary", scratch_);
  if (!boundary || boundary->empty()) return false;
  if (boundary->size() > kLongestBoundary) note(MimeEvent::kLongBoundary);
  if (boundaries_.size() >= kMostDepth) {
    note(MimeEvent::kTooMuch);
    return false;
  }
  boundaries_.emplace_back(*boundary);
  return true;
}

// ------------------------------------------------------------------------------------- bodies

/// Whether the line is a boundary: of the innermost multipart, or of one around it, which ends
/// those within (RFC 2046 section 5.1.2). The innermost may be followed by anything.
bool MimeParser::feed_boundary(const Line& line) {
  std::string_view text = line.text();
  if (!text.starts_with("--")) return false;
  text.remove_prefix(2);
  std::size_t level = boundaries_.size();
  for (std::size_t i = boundaries_.size(); i-- > 0;) {
    if (!text.starts_with(boundaries_[i])) continue;
    const std::string_view tail = text.substr(boundaries_[i].size());
    const bool exact = is_blank(tail) || (tail.starts_with("--") && is_blank(tail.substr(2)));
    if (!exact && i + 1 != boundaries_.size()) continue;
    level = i;
    if (exact) break;
  }
  if (level == boundaries_.size()) return false;
  const bool closes = text.substr(boundaries_[level].size()).starts_with("--");
  held_ending_ = {};
  header_.clear();
  end_body(true);
  boundaries_.resize(level + (closes ? 0 : 1));
  entity_.clear();
  state_ = State::kHeaders;
  return true;
}

void MimeParser::feed_body(const Line& line) {
  const Bytes body = line.body();
  if (entity_.encoding != Encoding::kNone && line.begins && body.size() > kLongestEncodedLine) {
    note(MimeEvent::kLongEncodedLine);
  }
  if (is_text_ && entity_.encoding != Encoding::kBase64) find_urls_in(as_text(line.bytes));
  if (entity_.encoding == Encoding::kBase64) {
    if (options_.decode_base64 && !body.empty()) decode(body);
    return;
  }
  if (entity_.encoding == Encoding::kQuotedPrintable && !options_.decode_quoted_printable) return;
  if (!held_ending_.empty()) {
    if (has_file_) sink_->append_file(held_ending_);
    held_ending_ = {};
  }
  const std::size_t ending = line.ending_size();
  if (entity_.encoding == Encoding::kQuotedPrintable && !body.empty()) {
    decoded_.clear();
    const QuotedPrintableLine result = decode_quoted_printable(body, decoded_);
    for (std::uint32_t i = 0; i < result.mistakes; ++i) note(MimeEvent::kInvalidQuotedPrintable);
    if (!result.soft_break)
      decoded_.insert(decoded_.end(), line.ending().begin(), line.ending().end());
    if (has_file_) sink_->append_file(decoded_);
    return;
  }
  if (has_file_ && !body.empty()) sink_->append_file(body);
  held_ending_ = Bytes(kCrLf).last(ending);
}

void MimeParser::decode(Bytes text) {
  decoded_.clear();
  if (!base64_.decode(text, decoded_)) note(MimeEvent::kInvalidBase64);
  if (has_file_ && !decoded_.empty()) sink_->append_file(decoded_);
  if (!is_text_) return;
  std::string_view rest = as_text(Bytes(decoded_));
  while (!rest.empty()) {
    const std::size_t size = std::min(rest.find('\n'), rest.size() - 1) + 1;
    decoded_line_.append(rest.substr(0, size));
    rest.remove_prefix(size);
    if (decoded_line_.back() != '\n' && decoded_line_.size() < kMostDecodedLine) continue;
    find_urls_in(decoded_line_);
    decoded_line_.clear();
  }
}

void MimeParser::end_body(bool whole) {
  if (state_ == State::kBody && entity_.encoding == Encoding::kBase64) {
    decoded_.clear();
    base64_.finish(decoded_);
    if (has_file_ && !decoded_.empty()) sink_->append_file(decoded_);
    if (is_text_) {
      decoded_line_.append(as_text(Bytes(decoded_)));
      find_urls_in(decoded_line_);
    }
  }
  base64_.reset();
  decoded_line_.clear();
  held_ending_ = {};
  if (has_file_) sink_->end_file(whole);
  has_file_ = is_text_ = false;
}

void MimeParser::find_urls_in(std::string_view text) {
  find_urls(text, options_.url_schemes, options_.log_url_scheme, [&](std::string_view url) {
    if (message_->urls.size() >= kMostUrls || arena_->used_bytes() >= kMostMessageBytes) return;
    message_->urls.push_back(arena_->copy(url));
  });
}

}  // namespace culvert::mime
