#include "insight/profile_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "event/json_writer.h"
#include "insight/terminal.h"

namespace culvert {
namespace {

double value_of(const RuleProfile& rule, ProfileOrder order) {
  switch (order) {
    case ProfileOrder::kTicks:
      return static_cast<double>(rule.ticks.ticks);
    case ProfileOrder::kAverage:
      return rule.ticks.average();
    case ProfileOrder::kChecks:
      return static_cast<double>(rule.checks);
    case ProfileOrder::kMatches:
      return static_cast<double>(rule.matches);
    case ProfileOrder::kMost:
      return static_cast<double>(rule.ticks.most);
    case ProfileOrder::kAverageNoMatch:
      return rule.ticks_no_match.average();
  }
  return 0;
}

/// Sorts all lists; leaves as many rules as are wanted.
void arrange(Profile& profile, const ProfileReportOptions& options) {
  std::ranges::stable_sort(profile.rules, std::ranges::greater(), [&](const RuleProfile& rule) {
    return value_of(rule, options.order);
  });
  if (options.rules != 0 && profile.rules.size() > options.rules) profile.rules.resize(options.rules);
  std::ranges::stable_sort(profile.scans, std::ranges::greater(),
                           [](const ScanProfile& scan) { return scan.ticks.ticks; });
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string shorten(const std::string& text, std::size_t most) {
  return text.size() <= most ? text : text.substr(0, most - 3) + "...";
}

void write_ticks(std::string_view key, const TickSum& sum, JsonWriter& json) {
  json.begin_object(key);
  json.field("count", sum.count);
  json.field("total", sum.ticks);
  json.field_double("avg", sum.average());
  json.field("max", sum.most);
  json.end_object();
}

}  // namespace

std::optional<ProfileOrder> find_profile_order(std::string_view name) {
  constexpr std::pair<std::string_view, ProfileOrder> kNames[] = {
      {"ticks", ProfileOrder::kTicks},     {"avg", ProfileOrder::kAverage},
      {"checks", ProfileOrder::kChecks},   {"matches", ProfileOrder::kMatches},
      {"max", ProfileOrder::kMost},        {"avg-no-match", ProfileOrder::kAverageNoMatch},
  };
  for (const auto& [each, order] : kNames) {
    if (each == name) return order;
  }
  return std::nullopt;
}

std::string profile_text(Profile profile, const ProfileReportOptions& options) {
  const std::size_t all = profile.rules.size();
  arrange(profile, options);
  const std::uint64_t whole = profile.total_ticks + profile.scan_ticks;
  std::string out = fmt::format(
      "{} packets; {:.1f} % of the ticks in fast pattern search, {:.1f} % in {} rules that were "
      "looked at\n\n",
      profile.packets, percent(profile.scan_ticks, whole), percent(profile.total_ticks, whole), all);
  out += paint(fmt::format("{:>5} {:>12} {:>6} {:>9} {:>9} {:>9} {:>11} {:>11} {:>11} {:>11}  {}\n", "#",
                           "rule", "%", "checks", "matches", "alerts", "ticks", "avg", "avg no", "max",
                           "message"),
               Color::kBold, options.color);
  std::size_t n = 0;
  for (const RuleProfile& rule : profile.rules) {
    out += fmt::format("{:>5} {:>12} {:>6.2f} {:>9} {:>9} {:>9} {:>11} {:>11.0f} {:>11.0f} {:>11}  {}\n", ++n,
                       fmt::format("{}:{}", rule.gid, rule.sid),
                       percent(rule.ticks.ticks, profile.total_ticks), rule.checks, rule.matches,
                       rule.alerts, rule.ticks.ticks, rule.ticks.average(),
                       rule.ticks_no_match.average(), rule.ticks.most, shorten(rule.msg, 60));
    if (!options.steps) continue;
    for (const StepProfile& step : rule.steps) {
      out += fmt::format("{:>25} {:>9} {:>9} {:>9} {:>11} {:>11.0f} {:>11} {:>11}  {}\n", "",
                         step.ticks.count, step.matches, "", step.ticks.ticks,
                         step.ticks.average(), "", step.ticks.most,
                         shorten(step.buffer + ": " + step.step, 60));
    }
  }
  if (profile.rules.size() < all) out += fmt::format("      ... and {} rules more (--top 0)\n", all - profile.rules.size());
  if (!profile.scans.empty()) {
    out += paint(fmt::format("\n{:>32} {:>6} {:>9} {:>9} {:>11} {:>11} {:>11} {:>9}\n", "fast patterns in", "%",
                             "patterns", "scans", "bytes", "ticks", "avg", "per byte"),
                 Color::kBold, options.color);
  }
  for (const ScanProfile& scan : profile.scans) {
    out += fmt::format("{:>32} {:>6.2f} {:>9} {:>9} {:>11} {:>11} {:>11.0f} {:>9.2f}\n",
                       shorten(scan.buffer, 32), percent(scan.ticks.ticks, profile.scan_ticks), scan.patterns,
                       scan.ticks.count, scan.bytes, scan.ticks.ticks, scan.ticks.average(),
                       scan.bytes == 0 ? 0.0 : static_cast<double>(scan.ticks.ticks) / static_cast<double>(scan.bytes));
  }
  if (!profile.keywords.empty()) {
    out += paint(fmt::format("\n{:>32} {:>9} {:>11} {:>11} {:>11}\n", "steps of all rules", "times", "ticks",
                             "avg", "max"),
                 Color::kBold, options.color);
  }
  std::vector<std::pair<std::string, TickSum>> keywords(profile.keywords.begin(), profile.keywords.end());
  std::ranges::stable_sort(keywords, std::ranges::greater(), [](const auto& each) { return each.second.ticks; });
  for (const auto& [name, sum] : keywords) {
    out += fmt::format("{:>32} {:>9} {:>11} {:>11.0f} {:>11}\n", name, sum.count, sum.ticks, sum.average(), sum.most);
  }
  return out;
}

std::string profile_json(Profile profile, const ProfileReportOptions& options) {
  arrange(profile, options);
  JsonWriter json;
  json.begin_object();
  json.field("packets", profile.packets);
  json.field("rule_ticks", profile.total_ticks);
  json.field("scan_ticks", profile.scan_ticks);
  json.begin_array("rules");
  for (const RuleProfile& rule : profile.rules) {
    json.begin_object();
    json.field("gid", rule.gid);
    json.field("sid", rule.sid);
    json.field("rev", rule.rev);
    json.field("msg", rule.msg);
    json.field("file", rule.file);
    json.field("line", rule.line);
    json.field("type", rule.type);
    json.field("checks", rule.checks);
    json.field("matches", rule.matches);
    json.field("alerts", rule.alerts);
    json.field_double("percent", percent(rule.ticks.ticks, profile.total_ticks));
    write_ticks("ticks", rule.ticks, json);
    write_ticks("ticks_match", rule.ticks_match, json);
    write_ticks("ticks_no_match", rule.ticks_no_match, json);
    json.begin_array("steps");
    for (const StepProfile& step : rule.steps) {
      json.begin_object();
      json.field("buffer", step.buffer);
      json.field("step", step.step);
      json.field("matches", step.matches);
      write_ticks("ticks", step.ticks, json);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.begin_array("scans");
  for (const ScanProfile& scan : profile.scans) {
    json.begin_object();
    json.field("buffer", scan.buffer);
    json.field("patterns", scan.patterns);
    json.field("bytes", scan.bytes);
    write_ticks("ticks", scan.ticks, json);
    json.end_object();
  }
  json.end_array();
  json.begin_object("keywords");
  for (const auto& [name, sum] : profile.keywords) write_ticks(name, sum, json);
  json.end_object();
  json.end_object();
  return std::string(json.text()) + "\n";
}

}  // namespace culvert
