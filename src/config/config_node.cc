#include "config/config_node.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/ascii_case.h"

namespace culvert {
namespace {

const std::deque<ConfigNode> kNoChildren;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// "12.5 mb" to 12.5 and "mb"; nothing unless it begins with a number that is not negative.
std::optional<std::pair<double, std::string>> split_unit(std::string_view text) {
  text = trimmed(text);
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + end, number);
  if (error != std::errc() || rest != text.data() + end) return std::nullopt;
  return std::pair(number, ascii_lower(trimmed(text.substr(end))));
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  text = trimmed(text);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t magnitude = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, magnitude, hexadecimal ? 16 : 10);
  constexpr auto kHighest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (text.empty() || error != std::errc() || rest != end || magnitude > kHighest) return {};
  const auto value = static_cast<std::int64_t>(magnitude);
  return negative ? -value : value;
}

bool is_index(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The child of that name; in a list which knows fewer items, any index finds the first.
const ConfigNode* known_child(const ConfigNode& known, std::string_view name) {
  for (const ConfigNode& child : known.children()) {
    if (child.name() == name) return &child;
  }
  return nullptr;
}

/// Whether `known` has a node at the path of names, where a list's item may be any item.
bool is_known(const ConfigNode& known, std::span<const std::string_view> path) {
  if (path.empty()) return true;
  if (is_index(path.front()) && known.kind() == ConfigNode::Kind::kSequence) {
    return std::ranges::any_of(known.children(), [&](const ConfigNode& item) {
      return is_known(item, path.subspan(1)) ||
             (path.size() == 2 && item.value() == path[1]);  // "- ssh" where "- ssh: {}" is asked
    });
  }
  const ConfigNode* child = known_child(known, path.front());
  return child != nullptr && is_known(*child, path.subspan(1));
}

void append_dump(const ConfigNode& node, const std::string& prefix, bool in_list,
                 std::string& out) {
  const bool named_item =
      in_list && node.kind() == ConfigNode::Kind::kMap && !node.children().empty();
  out += prefix;
  out += " = ";
  if (named_item) {
    out += node.children().front().name();
  } else {
    out += node.kind() == ConfigNode::Kind::kScalar ? node.value() : "(null)";
  }
  out += '\n';
  const bool is_list = node.kind() == ConfigNode::Kind::kSequence;
  for (const ConfigNode& child : node.children()) {
    append_dump(child, prefix + "." + child.name(), is_list, out);
  }
}

}  // namespace

std::string ConfigPlace::text() const {
  if (file == nullptr) return "built-in defaults";
  if (line == 0) return *file;
  return *file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

const ConfigNode* ConfigNode::find(std::string_view path) const {
  const ConfigNode* node = this;
  node->asked_ = true;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    const auto child = std::ranges::find_if(
        node->children_, [name](const ConfigNode& each) { return each.name_ == name; });
    if (child == node->children_.end()) return nullptr;
    node = &*child;
    node->asked_ = true;
  }
  return node;
}

ConfigNode* ConfigNode::find_mutable(std::string_view path) {
  ConfigNode* node = this;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    const auto child = std::ranges::find_if(
        node->children_, [name](const ConfigNode& each) { return each.name_ == name; });
    if (child == node->children_.end()) return nullptr;
    node = &*child;
  }
  return node;
}

bool ConfigNode::has(std::string_view path) const {
  const ConfigNode* node = find(path);
  return node != nullptr && (!node->is_null() || !node->children_.empty());
}

const ConfigNode* ConfigNode::find_value(std::string_view path) const {
  const ConfigNode* node = find(path);
  return node != nullptr && node->kind_ == Kind::kScalar ? node : nullptr;
}

bool ConfigNode::same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

std::string ConfigNode::text(std::string_view path, std::string_view fallback) const {
  const ConfigNode* node = find_value(path);
  return node == nullptr ? std::string(fallback) : node->value_;
}

bool ConfigNode::boolean(std::string_view path, bool fallback, Complaints& complaints) const {
  const ConfigNode* node = find_value(path);
  if (node == nullptr) return fallback;
  const std::optional<bool> value = parse_boolean(node->value_);
  if (!value) node->complain(path, "yes or no", complaints);
  return value.value_or(fallback);
}

std::int64_t ConfigNode::integer(std::string_view path, std::int64_t fallback,
                                 Complaints& complaints, std::int64_t lowest,
                                 std::int64_t highest) const {
  const ConfigNode* node = find_value(path);
  if (node == nullptr) return fallback;
  const std::optional<std::int64_t> value = parse_integer(node->value_);
  if (value && *value >= lowest && *value <= highest) return *value;
  std::string range = "a whole number of at least " + std::to_string(lowest);
  if (highest != std::numeric_limits<std::int64_t>::max()) {
    range = "a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest);
  }
  node->complain(path, range, complaints);
  return fallback;
}

std::uint64_t ConfigNode::size(std::string_view path, std::uint64_t fallback,
                               Complaints& complaints, std::uint64_t lowest,
                               std::uint64_t highest) const {
  const ConfigNode* node = find_value(path);
  if (node == nullptr) return fallback;
  const std::optional<std::uint64_t> value = parse_size(node->value_);
  if (value && *value >= lowest && *value <= highest) return *value;
  std::string expected = "a size such as 4096, 512kb, 32mb or 1gb";
  if (value && *value < lowest) expected += " of at least " + std::to_string(lowest) + " bytes";
  if (value && *value > highest) expected += " of at most " + std::to_string(highest) + " bytes";
  node->complain(path, expected, complaints);
  return fallback;
}

double ConfigNode::number(std::string_view path, double fallback, Complaints& complaints) const {
  const ConfigNode* node = find_value(path);
  if (node == nullptr) return fallback;
  const std::string_view text = trimmed(node->value_);
  double value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && rest == text.data() + text.size() && std::isfinite(value)) {
    return value;
  }
  node->complain(path, "a number such as 1.5", complaints);
  return fallback;
}

std::chrono::milliseconds ConfigNode::duration(std::string_view path,
                                               std::chrono::milliseconds fallback,
                                               Complaints& complaints) const {
  const ConfigNode* node = find_value(path);
  if (node == nullptr) return fallback;
  const auto value = parse_duration(node->value_);
  if (!value) node->complain(path, "a time such as 30, 500ms, 30s, 5m, 12h or 1d", complaints);
  return value.value_or(fallback);
}

const std::deque<ConfigNode>& ConfigNode::items(std::string_view path) const {
  const ConfigNode* node = find(path);
  if (node == nullptr) return kNoChildren;
  for (const ConfigNode& item : node->children_) item.asked_ = true;
  return node->children_;
}

std::vector<std::string> ConfigNode::texts(std::string_view path) const {
  std::vector<std::string> result;
  const ConfigNode* node = find(path);
  if (node == nullptr) return result;
  if (node->kind_ == Kind::kScalar && node->children_.empty()) return {node->value_};
  for (const ConfigNode& item : items(path)) {
    if (item.kind_ == Kind::kScalar) result.push_back(item.value_);
  }
  return result;
}

std::vector<ConfigNode::NamedItem> ConfigNode::named_items(std::string_view path) const {
  std::vector<NamedItem> result;
  for (const ConfigNode& item : items(path)) {
    if (item.kind_ == Kind::kScalar) {
      result.push_back({item.value_, &item});
    } else if (!item.children_.empty()) {
      item.children_.front().asked_ = true;
      result.push_back({item.children_.front().name_, &item.children_.front()});
    }
  }
  return result;
}

void ConfigNode::complain(std::string_view path, std::string_view what,
                          Complaints& complaints) const {
  std::string message(path.empty() ? std::string_view(name_) : path);
  message += ": \"" + value_ + "\" is not ";
  message += what;
  complaints.error(std::move(message), place_.text());
}

void ConfigNode::mark_asked() const {
  asked_ = true;
  for (const ConfigNode& child : children_) child.mark_asked();
}

void ConfigNode::set_null() {
  kind_ = Kind::kNull;
  value_.clear();
}

void ConfigNode::set_value(std::string value) {
  kind_ = Kind::kScalar;
  value_ = std::move(value);
}

ConfigNode& ConfigNode::child(std::string_view name, const ConfigPlace& place) {
  for (ConfigNode& each : children_) {
    if (each.name_ == name) return each;
  }
  if (kind_ == Kind::kNull) kind_ = Kind::kMap;
  return children_.emplace_back(std::string(name), place);
}

ConfigNode& ConfigNode::make_path(std::string_view path, const ConfigPlace& place) {
  const std::size_t dot = path.find('.');
  const std::string_view name = path.substr(0, dot);
  if (kind_ == Kind::kNull && is_index(name)) kind_ = Kind::kSequence;
  ConfigNode& next = child(name, place);
  return dot == std::string_view::npos ? next : next.make_path(path.substr(dot + 1), place);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const auto split = split_unit(text);
  if (!split) return std::nullopt;
  const auto& [number, unit] = *split;
  constexpr std::array<std::array<std::string_view, 3>, 5> kUnits = {{{"", "b", "bytes"},
                                                                      {"k", "kb", "kib"},
                                                                      {"m", "mb", "mib"},
                                                                      {"g", "gb", "gib"},
                                                                      {"t", "tb", "tib"}}};
  // Whole numbers of bytes do not go through a double's 53 bits.
  std::uint64_t whole = 0;
  const std::string_view digits = trimmed(text);
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
  if (error == std::errc() && rest == digits.data() + digits.size()) return whole;
  double factor = 1;
  for (const auto& names : kUnits) {
    if (std::ranges::find(names, unit) != names.end()) {
      const double bytes = number * factor;
      if (bytes >= 18446744073709551616.0) return std::nullopt;
      return static_cast<std::uint64_t>(bytes);
    }
    factor *= 1024;
  }
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto split = split_unit(text);
  if (!split) return std::nullopt;
  struct Unit {
    std::string_view name;
    double milliseconds;
  };
  constexpr Unit kUnits[] = {{"", 1e3},      {"ms", 1},        {"s", 1e3},        {"sec", 1e3},
                             {"m", 60e3},    {"min", 60e3},    {"h", 3600e3},     {"hour", 3600e3},
                             {"d", 86400e3}, {"day", 86400e3}, {"w", 7 * 86400e3}};
  for (const Unit& unit : kUnits) {
    if (unit.name != split->second) continue;
    const double milliseconds = split->first * unit.milliseconds;
    if (milliseconds > 9e15) return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds));
  }
  return std::nullopt;
}

std::optional<bool> parse_boolean(std::string_view text) {
  const std::string word = ascii_lower(trimmed(text));
  if (word == "yes" || word == "true" || word == "on" || word == "1") return true;
  if (word == "no" || word == "false" || word == "off" || word == "0") return false;
  return std::nullopt;
}

std::vector<std::pair<std::string, const ConfigNode*>> unknown_keys(const ConfigNode& root,
                                                                    const ConfigNode* known) {
  std::vector<std::pair<std::string, const ConfigNode*>> found;
  struct Walk {
    const ConfigNode* known;
    std::vector<std::pair<std::string, const ConfigNode*>>& found;
    std::vector<std::string_view> path;

    void visit(const ConfigNode& node) {
      for (const ConfigNode& child : node.children_) {
        path.push_back(child.name_);
        if (child.asked_ || (known != nullptr && is_known(*known, path))) {
          visit(child);
        } else {
          std::string text;
          for (const std::string_view name : path) {
            if (!text.empty()) text += '.';
            text += name;
          }
          found.emplace_back(std::move(text), &child);
        }
        path.pop_back();
      }
    }
  };
  Walk{known, found, {}}.visit(root);
  return found;
}

std::string dump_config(const ConfigNode& root) {
  std::string out;
  for (const ConfigNode& child : root.children()) append_dump(child, child.name(), false, out);
  return out;
}

}  // namespace culvert
