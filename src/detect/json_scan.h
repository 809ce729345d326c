// Reads JSON texts of the operator's files (lists of `dataset`) without building a tree: finds members
// by name, and gives values back as text without white space.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace culvert {

/// One JSON value: a view of its text.
struct JsonValue {
  std::string_view text;

  bool is_object() const { return !text.empty() && text.front() == '{'; }
  bool is_array() const { return !text.empty() && text.front() == '['; }
  /// Members of an object by name (unescaped), in their order; none for other kinds.
  std::vector<std::pair<std::string, JsonValue>> members() const;
  std::vector<JsonValue> items() const;
  /// "a.b.c": members of members.
  std::optional<JsonValue> find(std::string_view path) const;
  /// A string without its quotes and escapes; numbers and the like as written.
  std::string plain() const;
  /// Without white space outside of strings.
  std::string compact() const;
};

/// The next value of `text` from `at` on, which is moved behind it. Nothing: there is no whole value.
/// Values nested more than 64 deep are none.
std::optional<JsonValue> scan_json(std::string_view text, std::size_t& at);

}  // namespace culvert
