#include "config/classification.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "config/line_file.h"

namespace culvert {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

std::optional<Classification> parse_line(std::string_view line) {
  if (take_word(line) != "config" || take_word(line, ":") != "classification") return {};
  if (!line.starts_with(':')) return {};
  line.remove_prefix(1);
  const std::size_t first = line.find(',');
  const std::size_t last = line.rfind(',');
  if (first == last) return {};  // also when there is none
  Classification result;
  result.name = strip_spaces(line.substr(0, first));
  result.description = strip_spaces(line.substr(first + 1, last - first - 1));
  const std::string_view priority = strip_spaces(line.substr(last + 1));
  const char* const end = priority.data() + priority.size();
  const auto [rest, error] = std::from_chars(priority.data(), end, result.priority);
  const bool whole = error == std::errc() && rest == end && result.priority >= 0;
  if (!whole || !is_config_name(result.name) || result.description.empty()) return {};
  return result;
}

}  // namespace

const Classification* Classifications::find(std::string_view name) const {
  const auto found = std::ranges::find_if(
      all_, [name](const Classification& each) { return same_name(each.name, name); });
  return found == all_.end() ? nullptr : &*found;
}

void Classifications::add(Classification classification) {
  if (find(classification.name) == nullptr) all_.push_back(std::move(classification));
}

Classifications parse_classifications(std::string_view text, const std::string& name,
                                      Complaints& complaints) {
  Classifications result;
  for (const ConfigLine& line : split_config_lines(text, name)) {
    if (auto classification = parse_line(line.text)) {
      result.add(std::move(*classification));
    } else {
      complaints.error("Invalid Classtype in classification.config file " + name + ": \"" +
                           line.text +
                           "\" is not of the form \"config classification: name,description,1\"",
                       line.where);
    }
  }
  return result;
}

Classifications load_classifications(const std::filesystem::path& file, Complaints& complaints) {
  const Result<std::string> text = read_text_file(file);
  if (!text) {
    complaints.errors.push_back(text.error());
    return {};
  }
  return parse_classifications(*text, file.string(), complaints);
}

}  // namespace culvert
