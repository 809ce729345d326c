#include "config/threshold_file.h"

#include <charconv>
#include <map>
#include <optional>

#include "config/line_file.h"

namespace culvert {
namespace {

template <class T>
using Word = std::pair<std::string_view, T>;

constexpr Word<ThresholdVerb> kVerbs[] = {{"threshold", ThresholdVerb::kThreshold},
                                          {"event_filter", ThresholdVerb::kThreshold},
                                          {"rate_filter", ThresholdVerb::kRateFilter},
                                          {"suppress", ThresholdVerb::kSuppress}};
constexpr Word<ThresholdType> kTypes[] = {{"limit", ThresholdType::kLimit},
                                          {"threshold", ThresholdType::kThreshold},
                                          {"both", ThresholdType::kBoth}};
constexpr Word<ThresholdTrack> kTracks[] = {{"by_src", ThresholdTrack::kBySource},
                                            {"by_dst", ThresholdTrack::kByDestination},
                                            {"by_both", ThresholdTrack::kByBoth},
                                            {"by_rule", ThresholdTrack::kByRule},
                                            {"by_flow", ThresholdTrack::kByFlow}};
constexpr Word<ThresholdTrack> kSuppressTracks[] = {{"by_src", ThresholdTrack::kBySource},
                                                    {"by_dst", ThresholdTrack::kByDestination},
                                                    {"by_either", ThresholdTrack::kByEither}};
constexpr Word<ThresholdAction> kActions[] = {{"alert", ThresholdAction::kAlert},
                                              {"drop", ThresholdAction::kDrop},
                                              {"pass", ThresholdAction::kPass},
                                              {"reject", ThresholdAction::kReject}};

/// "gen_id 1, sig_id 2, ..." by name; takes what it is asked for, and knows whether all went well.
class Settings {
 public:
  explicit Settings(std::string_view text) {
    while (!text.empty()) {
      const std::string_view key = take_word(text, ",");
      // Only an address set has commas inside, in brackets.
      std::size_t end = 0;
      int depth = 0;
      while (end < text.size() && (depth > 0 || text[end] != ',')) {
        if (text[end] == '[') ++depth;
        if (text[end] == ']') --depth;
        ++end;
      }
      const std::string_view value = strip_spaces(text.substr(0, end));
      text = strip_spaces(text.substr(std::min(end + 1, text.size())));
      if (key.empty() || value.empty() || !values_.try_emplace(key, value).second) {
        complain("every setting is a name and a value, given once");
      }
    }
  }

  bool has(std::string_view key) const { return values_.contains(key); }
  std::string_view text(std::string_view key) {
    const auto found = values_.find(key);
    if (found == values_.end()) {
      complain("\"" + std::string(key) + "\" is missing");
      return {};
    }
    const std::string_view value = found->second;
    values_.erase(found);
    return value;
  }
  std::uint32_t number(std::string_view key) {
    const std::string_view value = text(key);
    std::uint32_t result = 0;
    const char* const end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, result);
    if (error != std::errc() || rest != end) {
      complain("\"" + std::string(key) + "\" has to be a whole number");
    }
    return result;
  }
  template <class T, std::size_t kCount>
  T word(std::string_view key, const Word<T> (&words)[kCount]) {
    const std::string_view value = text(key);
    std::string names;
    for (const auto& [name, meaning] : words) {
      if (name == value) return meaning;
      names += names.empty() ? "" : ", ";
      names += name;
    }
    complain("\"" + std::string(key) + "\" has to be one of " + names);
    return words[0].second;
  }
  /// What was wrong first, if anything; also when something was not asked for.
  std::string complaint() {
    if (!values_.empty())
      complain("\"" + std::string(values_.begin()->first) + "\" is unknown here");
    return complaint_;
  }

 private:
  void complain(std::string message) {
    if (complaint_.empty()) complaint_ = std::move(message);
  }
  std::map<std::string_view, std::string_view> values_;
  std::string complaint_;
};

std::optional<ThresholdVerb> find_verb(std::string_view word) {
  for (const auto& [name, verb] : kVerbs) {
    if (name == word) return verb;
  }
  return std::nullopt;
}

/// What is wrong with the line, or empty.
std::string parse_entry(std::string_view line, ThresholdEntry& entry) {
  const std::optional<ThresholdVerb> verb = find_verb(take_word(line));
  if (!verb) return "a line begins with threshold, event_filter, rate_filter or suppress";
  entry.verb = *verb;
  Settings settings(line);
  entry.gid = settings.number("gen_id");
  entry.sid = settings.number("sig_id");
  switch (entry.verb) {
    case ThresholdVerb::kThreshold:
      entry.type = settings.word("type", kTypes);
      entry.track = settings.word("track", kTracks);
      entry.count = settings.number("count");
      entry.seconds = settings.number("seconds");
      break;
    case ThresholdVerb::kRateFilter:
      entry.track = settings.word("track", kTracks);
      entry.count = settings.number("count");
      entry.seconds = settings.number("seconds");
      entry.new_action = settings.word("new_action", kActions);
      entry.timeout_seconds = settings.number("timeout");
      break;
    case ThresholdVerb::kSuppress:
      if (settings.has("track") || settings.has("ip")) {
        entry.track = settings.word("track", kSuppressTracks);
        entry.addresses = settings.text("ip");
      }
      break;
  }
  return settings.complaint();
}

}  // namespace

std::vector<ThresholdEntry> parse_threshold_file(std::string_view text, const std::string& name,
                                                 Complaints& complaints) {
  std::vector<ThresholdEntry> entries;
  for (const ConfigLine& line : split_config_lines(text, name)) {
    ThresholdEntry entry;
    entry.where = line.where;
    if (std::string complaint = parse_entry(line.text, entry); complaint.empty()) {
      entries.push_back(std::move(entry));
    } else {
      complaints.error(std::move(complaint), line.where);
    }
  }
  return entries;
}

std::vector<ThresholdEntry> load_threshold_file(const std::filesystem::path& file,
                                                Complaints& complaints) {
  const Result<std::string> text = read_text_file(file);
  if (!text) {
    complaints.errors.push_back(text.error());
    return {};
  }
  return parse_threshold_file(*text, file.string(), complaints);
}

}  // namespace culvert
