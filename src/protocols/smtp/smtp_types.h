// Options, states, events and the transaction of SMTP.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "app/transaction.h"
#include "base/arena.h"
#include "protocols/mime/mime_types.h"

namespace culvert::smtp {

/// `app-layer.protocols.smtp`.
struct SmtpOptions {
  bool decode_mime = true;
  bool raw_extraction = false;  ///< the whole message as a file; not together with decode_mime
  mime::MimeOptions mime;
  std::uint32_t max_transactions = 256;  ///< live ones of a flow
  // How attachments are offered to rules: `inspected-tracker`.
  std::uint32_t content_limit = 100'000;
  std::uint32_t content_inspect_min_size = 32'768;
  std::uint32_t content_inspect_window = 4'096;
};

enum State : std::uint8_t { kStarted, kData, kComplete };
inline constexpr std::string_view kRequestStates[] = {"request_started", "request_data",
                                                      "request_complete"};
inline constexpr std::string_view kResponseStates[] = {"response_started", "response_data",
                                                       "response_complete"};

enum class Event : std::uint8_t {
  kInvalidReply,
  kUnableToMatchReplyWithRequest,
  kMaxCommandLineLenExceeded,
  kMaxReplyLineLenExceeded,
  kInvalidPipelinedSequence,
  kBdatChunkLenExceeded,
  kNoServerWelcomeMessage,
  kTlsRejected,
  kDataCommandRejected,
  kFailedProtocolChange,
  kMimeParseFailed,
  kMimeMalformedMessage,
  kMimeInvalidBase64,
  kMimeInvalidQuotedPrintable,
  kMimeLongLine,
  kMimeLongEncodedLine,
  kMimeLongHeaderName,
  kMimeLongHeaderValue,
  kMimeLongBoundary,
  kMimeLongFilename,
  kDuplicateFields,
  kUnparsableContent,
  kTruncatedLine,
  kInvalidBdat,
};
/// By number of Event, as EVE has them; rules write them in lower case. Some are never raised, by
/// the reference either.
inline constexpr std::string_view kEventNames[] = {
    "INVALID_REPLY",
    "UNABLE_TO_MATCH_REPLY_WITH_REQUEST",
    "MAX_COMMAND_LINE_LEN_EXCEEDED",
    "MAX_REPLY_LINE_LEN_EXCEEDED",
    "INVALID_PIPELINED_SEQUENCE",
    "BDAT_CHUNK_LEN_EXCEEDED",
    "NO_SERVER_WELCOME_MESSAGE",
    "TLS_REJECTED",
    "DATA_COMMAND_REJECTED",
    "FAILED_PROTOCOL_CHANGE",
    "MIME_PARSE_FAILED",
    "MIME_MALFORMED_MSG",
    "MIME_INVALID_BASE64",
    "MIME_INVALID_QP",
    "MIME_LONG_LINE",
    "MIME_LONG_ENC_LINE",
    "MIME_LONG_HEADER_NAME",
    "MIME_LONG_HEADER_VALUE",
    "MIME_LONG_BOUNDARY",
    "MIME_LONG_FILENAME",
    "DUPLICATE_FIELDS",
    "UNPARSABLE_CONTENT",
    "TRUNCATED_LINE",
    "INVALID_BDAT",
};

/// One mail: its envelope and the message. Texts live in its arena.
struct SmtpTransaction final : Transaction {
  std::optional<std::string_view> helo;
  std::optional<std::string_view> mail_from;
  std::vector<std::string_view> rcpt_to;
  mime::MimeMessage mail;
  Arena arena{1024};

  void raise(Event event) { raise_anew(event); }
  /// As new.
  void clear() {
    static_cast<Transaction&>(*this) = Transaction{};
    helo.reset();
    mail_from.reset();
    rcpt_to.clear();
    mail.clear();
    arena.clear();
  }
};

}  // namespace culvert::smtp
