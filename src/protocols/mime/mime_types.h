// Options, events and results of parsing a mail message.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"
#include "protocols/mime/mime_header.h"

namespace culvert::mime {

/// `app-layer.protocols.smtp.mime`.
struct MimeOptions {
  bool decode_base64 = true;
  bool decode_quoted_printable = true;
  bool extract_urls = true;
  bool log_url_scheme = false;
  bool body_md5 = false;
  std::uint32_t header_value_depth = 2000;          ///< longer ones are an event
  std::vector<std::string> url_schemes = {"http"};  ///< without "://"
};

enum class MimeEvent : std::uint8_t {
  kInvalidBase64,
  kLongHeaderName,
  kLongHeaderValue,
  kInvalidQuotedPrintable,
  kLongLine,
  kLongEncodedLine,
  kLongBoundary,
  kLongFilename,
  kTooMuch,  ///< nested deeper, or with more header fields, than is looked into
};

/// What is kept of a message. Texts live in the arena of its owner.
struct MimeMessage {
  bool begun = false;                         ///< there is a message at all
  bool has_headers = false;                   ///< the empty line behind them has been seen
  std::vector<Header> headers;                ///< of the message itself, not those of its parts
  std::vector<std::string_view> attachments;  ///< names, some may be empty
  std::vector<std::string_view> urls;         ///< in their order; EVE has the last one first
  bool has_body_md5 = false;
  std::array<std::byte, 16> body_md5{};

  /// The first field of that name, when the headers are complete; or null.
  const Header* find(std::string_view name, unsigned instance = 0) const {
    if (!has_headers) return nullptr;
    for (const Header& header : headers) {
      if (equals_ignoring_case(header.name, name) && instance-- == 0) return &header;
    }
    return nullptr;
  }
  void clear() {
    begun = has_headers = has_body_md5 = false;
    headers.clear();
    attachments.clear();
    urls.clear();
  }
};

}  // namespace culvert::mime
