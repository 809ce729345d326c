// The steps of URI normalisation, in the order in which they are taken.
#pragma once

#include <string>
#include <string_view>

#include "protocols/http/http_options.h"

namespace culvert::http1 {

/// The parts of a target (RFC 3986 section 3), as lenient servers divide it. Views; null: not there.
struct UriParts {
  std::string_view scheme, user, password, host, port, path, query, fragment;
  bool has_user = false;
};
/// "http:host" has a host, "http:/x" and "http:///x" only a path. A ":" without a port is the path's.
UriParts split_uri(std::string_view raw);

/// Percent escapes, "%u" escapes, backslashes, runs of slashes, letters; appends to `out`.
void decode_path(const HttpOptions& options, std::string_view in, std::string& out);
/// Escapes alone; for queries and fragments.
void decode_query(const HttpOptions& options, std::string_view in, bool plus_to_space,
                  std::string& out);
/// UTF-8, overlong forms as well, to the bytes that fit best; in place.
void fold_utf8(std::string& text, std::uint8_t replacement);
/// "." and ".." segments (RFC 3986 section 5.2.4), in place. Unlike there, no slash stays behind a
/// segment that has gone at the end: "/a/b/.." is "/a", and "/a/.." is empty.
void remove_dot_segments(std::string& path);

}  // namespace culvert::http1
