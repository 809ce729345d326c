#include "detect/reputation.h"

#include <algorithm>

#include "base/log.h"
#include "config/line_file.h"
#include "rule/value.h"

namespace culvert {
namespace {

/// Calls take(line, where) for the lines that say something; they end with LF, CR or both.
template <class Take>
void each_line(std::string_view text, const std::string& name, Take&& take) {
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    const std::string_view line = trim(text.substr(0, end));
    if (end != text.npos && text[end] == '\r' && text.substr(end + 1, 1) == "\n") {
      text.remove_prefix(end + 2);
    } else {
      text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    ++number;
    if (!line.empty() && line[0] != '#') take(line, name + ":" + std::to_string(number));
  }
}

constexpr std::uint64_t kMostCategories = 59;  // ids as in the reference: 1 to 59
constexpr std::uint64_t kHighestScore = 127;

}  // namespace

std::shared_ptr<const Reputation> Reputation::load(const ConfigNode& root, Complaints& complaints) {
  const std::string categories = root.text("reputation-categories-file");
  const std::vector<std::string> files = root.texts("reputation-files");
  const std::string folder = root.text("default-reputation-path");
  if (categories.empty()) return nullptr;
  auto reputation = std::make_shared<Reputation>();
  const auto read = [&](const std::string& file) -> std::optional<std::string> {
    auto text = read_text_file(file);
    if (text) return std::move(*text);
    complaints.errors.push_back(text.error());
    return std::nullopt;
  };
  if (const auto text = read(categories)) reputation->add_categories(*text, categories, complaints);
  for (const std::string& file : files) {
    const std::string path = file.starts_with('/') || folder.empty() ? file : folder + "/" + file;
    log_info("Loading reputation file: " + path);
    if (const auto text = read(path)) reputation->add_addresses(*text, path, complaints);
  }
  return reputation;
}

void Reputation::add_categories(std::string_view text, const std::string& name,
                                Complaints& complaints) {
  each_line(text, name, [&](std::string_view line, const std::string& where) {
    const auto parts = split_list(line);
    const auto id = parse_unsigned(parts[0], kMostCategories);
    if (parts.size() < 2 || !id || *id == 0 || parts[1].empty()) {
      complaints.error("a category is of the form id,name,description with an id from 1 to 59", where);
      return;
    }
    categories_[std::string(parts[1])] = static_cast<std::uint8_t>(*id);
  });
}

void Reputation::add_addresses(std::string_view text, const std::string& name,
                               Complaints& complaints) {
  each_line(text, name, [&](std::string_view line, const std::string& where) {
    const auto parts = split_list(line);
    const auto network = IpNetwork::parse(parts[0]);
    if (parts.size() != 3 || !network) {
      complaints.warning("an entry is of the form address,category,score", where);
      return;
    }
    const auto category = parse_unsigned(parts[1], kMostCategories);
    const auto score = parse_unsigned(parts[2], kHighestScore);
    if (!category || *category == 0 || !score) {
      complaints.warning("categories are 1 to 59, scores 0 to 127", where);
      return;
    }
    const bool is_v6 = network->base.is_v6();
    auto at = std::ranges::find_if(lengths_, [&](const Length& each) {
      return each.prefix == network->prefix && each.is_v6 == is_v6;
    });
    if (at == lengths_.end()) {
      const auto behind = std::ranges::find_if(
          lengths_, [&](const Length& each) { return each.prefix < network->prefix; });
      at = lengths_.insert(behind, Length{network->prefix, is_v6, {}});
    }
    std::vector<Score>& scores = at->networks[network->base];
    const auto known = std::ranges::find(scores, *category, &Score::category);
    const auto value = static_cast<std::uint8_t>(*score);
    if (known != scores.end()) {
      known->value = value;
    } else {
      scores.push_back({static_cast<std::uint8_t>(*category), value});
      ++entries_;
    }
  });
}

std::optional<std::uint8_t> Reputation::find_category(std::string_view name) const {
  const auto found = categories_.find(name);
  if (found == categories_.end()) return std::nullopt;
  return found->second;
}

std::uint8_t Reputation::score(const IpAddress& address, std::uint8_t category) const {
  for (const Length& each : lengths_) {
    if (each.is_v6 != address.is_v6()) continue;
    const auto found = each.networks.find(address.network(each.prefix));
    if (found == each.networks.end()) continue;
    for (const Score& score : found->second) {
      if (score.category == category) return score.value;
    }
  }
  return 0;
}

}  // namespace culvert
