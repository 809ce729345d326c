#include "config/line_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace culvert {

std::string_view strip_spaces(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string_view take_word(std::string_view& text, std::string_view stops) {
  text = strip_spaces(text);
  const auto end = std::ranges::find_if(text, [stops](char c) {
    return c == ' ' || c == '\t' || stops.find(c) != std::string_view::npos;
  });
  const std::string_view word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text = strip_spaces(text.substr(word.size()));
  return word;
}

bool is_config_name(std::string_view text) {
  const auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::vector<ConfigLine> split_config_lines(std::string_view text, const std::string& name) {
  std::vector<ConfigLine> lines;
  std::string joined;
  int number = 0;
  int first_number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = strip_spaces(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (joined.empty()) first_number = number;
    if (line.ends_with('\\') && !line.starts_with('#')) {
      line.remove_suffix(1);
      joined += line;
      continue;
    }
    joined += line;
    if (!joined.empty() && joined.front() != '#') {
      lines.push_back({joined, name + ":" + std::to_string(first_number)});
    }
    joined.clear();
  }
  if (!joined.empty()) lines.push_back({joined, name + ":" + std::to_string(first_number)});
  return lines;
}

Result<std::string> read_text_file(const std::filesystem::path& file) {
  std::error_code code;
  if (std::filesystem::is_directory(file, code)) {
    return failure("cannot read " + file.string() + ": it is a folder");
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) return failure("cannot open " + file.string() + ": " + std::strerror(errno));
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return failure("cannot read " + file.string() + ": " + std::strerror(errno));
  return text;
}

}  // namespace culvert
