// A mail message (RFC 5322, 2045, 2046), line by line: its headers, its parts to any depth that
// makes sense, attachments as files, URLs.
//
//     headers -> (multipart) preamble -> --b -> headers -> body -> --b -> ... -> --b-- -> headers
//             -> (message/rfc822) headers
//             -> body
//
// What follows a closing boundary is read as headers again, as the reference does: an epilogue has
// none that matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"
#include "protocols/mime/mime_decoders.h"
#include "protocols/mime/mime_types.h"
#include "protocols/text/line_reader.h"

struct evp_md_ctx_st;

namespace culvert::mime {

/// Told what the parser finds, besides what it keeps in the MimeMessage.
class MimeSink {
 public:
  virtual ~MimeSink() = default;
  virtual void on_mime_event(MimeEvent event) = 0;
  /// An attachment with a name; one at a time.
  virtual void begin_file(std::string_view name) = 0;
  virtual void append_file(Bytes bytes) = 0;
  virtual void end_file(bool whole) = 0;
};

/// For one message after the other. `options` outlive it.
class MimeParser {
 public:
  explicit MimeParser(const MimeOptions& options);
  ~MimeParser();
  MimeParser(const MimeParser&) = delete;
  MimeParser& operator=(const MimeParser&) = delete;

  /// A new message. What is kept of it goes to `message` and `arena`, until finish().
  void start(MimeMessage& message, Arena& arena, MimeSink& sink);
  bool is_active() const { return message_ != nullptr; }
  /// The next line, or piece of one. REQUIRES: is_active().
  void feed(const Line& line);
  /// The message is over; `whole`: it came to its end.
  void finish(bool whole);

 private:
  enum class State : std::uint8_t { kHeaders, kPreamble, kBody };
  enum class Encoding : std::uint8_t { kNone, kBase64, kQuotedPrintable };
  /// What the headers of the message or part at hand say.
  struct Entity {
    std::string content_type, disposition;  ///< values of the fields
    Encoding encoding = Encoding::kNone;
    bool has_name = false;
    std::string name;
    void clear();
  };

  void feed_header(const Line& line);
  void end_header();
  void end_headers();
  void name_attachment(std::string_view value, std::string_view parameter);
  bool enter_multipart();
  bool feed_boundary(const Line& line);
  void feed_body(const Line& line);
  void end_body(bool whole);
  void decode(Bytes text);
  void find_urls_in(std::string_view text);
  void note(MimeEvent event) { sink_->on_mime_event(event); }

  const MimeOptions& options_;
  MimeMessage* message_ = nullptr;
  Arena* arena_ = nullptr;
  MimeSink* sink_ = nullptr;

  State state_ = State::kHeaders;
  bool is_main_ = true;  ///< in the headers of the message itself
  std::string header_;   ///< the field at hand, unfolded
  Entity entity_;
  std::vector<std::string> boundaries_;  ///< of the multiparts around, innermost last
  std::string scratch_;

  bool is_text_ = false;  ///< the body at hand is looked into for URLs
  bool has_file_ = false;
  bool line_is_skipped_ = false;
  Bytes held_ending_;  ///< line ending in front of what follows, unless that is a boundary
  Base64Decoder base64_;
  std::vector<std::byte> decoded_;
  std::string decoded_line_;  ///< text of a base64 body up to the next line ending

  struct FreeDigest {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, FreeDigest> digest_;  ///< of the body
};

}  // namespace culvert::mime
