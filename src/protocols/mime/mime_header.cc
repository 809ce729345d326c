#include "protocols/mime/mime_header.h"

#include <algorithm>

namespace culvert::mime {
namespace {

constexpr unsigned kMostParts = 100;  ///< of a parameter that comes in parts

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// A parameter as written.
struct Parameter {
  std::string_view name;
  std::string_view value;  ///< of a quoted text, what is between the quotes
  bool escaped = false;    ///< there are backslashes in it that do not count
};

/// Takes the next parameter off `rest`, which is what follows a semicolon.
std::optional<Parameter> take_parameter(std::string_view& rest) {
  while (!rest.empty()) {
    const std::size_t end_of_name = rest.find_first_of("=;");
    if (end_of_name == rest.npos) break;
    Parameter parameter;
    parameter.name = trim(rest.substr(0, end_of_name));
    const bool has_value = rest[end_of_name] == '=';
    rest.remove_prefix(end_of_name + 1);
    if (!has_value) continue;
    while (!rest.empty() && is_space(rest.front())) rest.remove_prefix(1);
    if (rest.starts_with('"')) {
      std::size_t end = 1;
      while (end < rest.size() && rest[end] != '"') {
        parameter.escaped = parameter.escaped || rest[end] == '\\';
        end += rest[end] == '\\' ? 2 : 1;
      }
      if (end < rest.size()) {
        parameter.value = rest.substr(1, end - 1);
        const std::size_t next = rest.find(';', end);
        rest.remove_prefix(next == rest.npos ? rest.size() : next + 1);
        return parameter;
      }
      parameter.escaped = false;  // never closed: it is no quoted text
    }
    const std::size_t end = std::min(rest.find(';'), rest.size());
    parameter.value = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return parameter;
  }
  rest = {};
  return std::nullopt;
}

std::string_view parameters_of(std::string_view value) {
  const std::size_t semicolon = value.find(';');
  return semicolon == value.npos ? std::string_view{} : value.substr(semicolon + 1);
}

void append_value(const Parameter& parameter, std::string& out) {
  for (std::size_t i = 0; i < parameter.value.size(); ++i) {
    if (parameter.escaped && parameter.value[i] == '\\' && i + 1 < parameter.value.size()) ++i;
    out.push_back(parameter.value[i]);
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// "utf-8'en'a%20b": the character set and language, in the first part only, and %-escapes.
void append_extended(std::string_view value, bool is_first, std::string& out) {
  if (is_first) {
    const std::size_t first = value.find('\'');
    const std::size_t second = first == value.npos ? first : value.find('\'', first + 1);
    if (second != value.npos) value.remove_prefix(second + 1);
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '%' && value.size() - i > 2) {
      const int high = hex_digit(value[i + 1]), low = hex_digit(value[i + 2]);
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high << 4 | low));
        i += 2;
        continue;
      }
    }
    out.push_back(value[i]);
  }
}

/// The suffix behind `name` in a parameter's name: "", "*", "*0", "*0*"; nothing: another name.
std::optional<std::string_view> suffix_of(std::string_view parameter, std::string_view name) {
  if (parameter.size() < name.size() ||
      !equals_ignoring_case(parameter.substr(0, name.size()), name)) {
    return std::nullopt;
  }
  const std::string_view suffix = parameter.substr(name.size());
  if (!suffix.empty() && suffix.front() != '*') return std::nullopt;
  return suffix;
}

/// Appends part `number`; whether there is one.
bool append_part(std::string_view value, std::string_view name, unsigned number, std::string& out) {
  const std::string plain = "*" + std::to_string(number);
  std::string_view rest = parameters_of(value);
  while (const auto parameter = take_parameter(rest)) {
    const auto suffix = suffix_of(parameter->name, name);
    if (!suffix || !suffix->starts_with(plain)) continue;
    const std::string_view tail = suffix->substr(plain.size());
    if (tail.empty()) {
      append_value(*parameter, out);
      return true;
    }
    if (tail == "*") {
      append_extended(parameter->value, number == 0, out);
      return true;
    }
  }
  return false;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view main_value(std::string_view value) {
  return trim(value.substr(0, value.find(';')));
}

std::optional<std::string_view> find_parameter(std::string_view value, std::string_view name,
                                               std::string& out) {
  out.clear();
  bool has_extended = false, has_parts = false;
  Parameter extended;
  std::string_view rest = parameters_of(value);
  while (const auto parameter = take_parameter(rest)) {
    const auto suffix = suffix_of(parameter->name, name);
    if (!suffix) continue;
    if (suffix->empty()) {
      if (!parameter->escaped) return parameter->value;
      append_value(*parameter, out);
      return out;
    }
    if (*suffix == "*" && !has_extended) {
      has_extended = true;
      extended = *parameter;
    }
    has_parts = has_parts || *suffix == "*0" || *suffix == "*0*";
  }
  if (has_extended) {
    append_extended(extended.value, true, out);
    return out;
  }
  if (!has_parts) return std::nullopt;
  for (unsigned number = 0; number < kMostParts; ++number) {
    if (!append_part(value, name, number, out)) break;
  }
  return out;
}

std::optional<std::string_view> take_address(std::string_view& list) {
  while (!list.empty() && is_space(list.front())) list.remove_prefix(1);
  if (list.empty()) return std::nullopt;
  bool quoted = false;
  std::size_t end = 0;
  for (; end < list.size(); ++end) {
    if (list[end] == '"') quoted = !quoted;
    if (list[end] == ',' && !quoted && end > 0) break;
  }
  const std::string_view item = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  return item;
}

}  // namespace culvert::mime
