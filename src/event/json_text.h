// Bytes to the inside of a JSON string (RFC 8259 section 7), as Suricata prints them:
//
//     quote, backslash        \"  and  \\ (two)
//     bs, tab, lf, ff, cr     \b \t \n \f \r
//     other controls < 0x20   \u0001 ... (lower case)
//     valid UTF-8             as it is, when all of the bytes are
//     bytes >= 0x80           \\x80 (a backslash in the value), when they are not
//
// So a DNS name of the bytes 61 ff is printed "a\\xff", and the record is valid JSON whatever the
// traffic holds.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/bytes.h"
#include "event/text_buffer.h"

namespace culvert {

/// Appends the escaped text, without the quotes.
void append_json_escaped(TextBuffer& out, std::string_view text);
/// The same, but what is not UTF-8 becomes U+FFFD, one for each start of a sequence that goes wrong:
/// how the reference prints texts that it holds as text, such as those of mail headers.
void append_json_lossy(TextBuffer& out, std::string_view text);
/// The slow and obvious twin, judge of the fast one in tests.
void append_json_escaped_slowly(TextBuffer& out, std::string_view text);

/// Bytes from the front that need no escape, UTF-8 not counted as such: >= 0x20, < 0x80, no quote,
/// no backslash.
std::size_t plain_prefix(std::string_view text);
std::size_t plain_prefix_portable(std::string_view text);  ///< without SSE2

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);

/// RFC 4648 section 4, with padding.
void append_base64(TextBuffer& out, Bytes bytes);
/// Lower case, nothing between the bytes.
void append_hex(TextBuffer& out, Bytes bytes);
/// As Suricata's `payload_printable`: 0x20 to 0x7e, \r and \n stay, all else becomes ".". Escaped.
void append_json_printable(TextBuffer& out, Bytes bytes);

}  // namespace culvert
