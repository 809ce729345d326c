#include "insight/explain_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "event/json_writer.h"
#include "insight/terminal.h"

namespace culvert {
namespace {

using Answer = AccountStep::Answer;

/// Those that tell most: matches first, then those that came farthest; in the capture's order.
std::vector<const Attempt*> choose(const Explanation& explanation, std::size_t most) {
  std::vector<const Attempt*> chosen;
  for (const Attempt& attempt : explanation.attempts) chosen.push_back(&attempt);
  if (most == 0 || chosen.size() <= most) return chosen;
  const auto value = [](const Attempt* attempt) {
    // A match that made no alert is what somebody wonders about.
    if (attempt->matched) return attempt->alerted ? ~std::size_t{0} - 1 : ~std::size_t{0};
    return attempt->held;
  };
  std::ranges::stable_sort(chosen, std::ranges::greater(), value);
  chosen.resize(most);
  std::ranges::sort(chosen);
  return chosen;
}

std::string_view answer_word(Answer answer) {
  switch (answer) {
    case Answer::kYes:
      return "yes";
    case Answer::kNo:
      return "NO";
    case Answer::kNotReached:
      return "-";
    case Answer::kWaits:
      return "waits";
    case Answer::kNote:
      return "";
  }
  return "";
}

Color answer_color(Answer answer) {
  switch (answer) {
    case Answer::kYes:
      return Color::kGreen;
    case Answer::kNo:
      return Color::kRed;
    case Answer::kWaits:
      return Color::kYellow;
    case Answer::kNotReached:
    case Answer::kNote:
      return Color::kDim;
  }
  return Color::kDim;
}

void append_attempt(std::string& out, const Attempt& attempt, bool color) {
  const char* const verdict = attempt.alerted ? "alerts" : attempt.matched ? "matches" : "no match";
  out += fmt::format("\n{}  {}  {}\n", paint(attempt.when, Color::kBold, color), attempt.ends,
                     paint(verdict, attempt.matched ? Color::kGreen : Color::kRed, color));
  for (const AccountStep& step : attempt.steps) {
    const std::string indent(2 * step.depth, ' ');
    const std::string word = fmt::format("{:>7}", answer_word(step.answer));
    out += fmt::format("{}  {}{}", paint(word, answer_color(step.answer), color), indent, step.what);
    if (!step.detail.empty()) out += fmt::format("  -- {}", step.detail);
    out += '\n';
    for (const std::string& line : step.bytes) out += fmt::format("             {}{}\n", indent, line);
  }
}

/// Most frequent first.
std::vector<std::pair<std::string, std::uint64_t>> by_count(
    const std::map<std::string, std::uint64_t>& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::ranges::greater(), &std::pair<std::string, std::uint64_t>::second);
  return sorted;
}

std::string verdict_of(const Explanation& it) {
  if (it.alerts != 0) return fmt::format("fires: {} alerts, {} matches", it.alerts, it.matches);
  if (it.matches != 0) return fmt::format("matches {} times, and makes no alert", it.matches);
  return "does not fire";
}

}  // namespace

std::string explanation_text(const Explanation& it, const ExplainReportOptions& options) {
  const bool color = options.color;
  std::string out = fmt::format("{}  \"{}\"\n", paint(fmt::format("rule {}:{} revision {}", it.gid, it.sid, it.rev), Color::kBold, color), it.msg);
  out += fmt::format("  {}:{}: {}\n", it.file, it.line, it.text);
  out += fmt::format("  evaluated as {}; fast pattern: {}\n", it.type, it.fast_pattern);
  const auto shown = choose(it, options.attempts);
  for (const Attempt* attempt : shown) append_attempt(out, *attempt, color);
  out += fmt::format("\n{} in {} packets", paint(verdict_of(it), it.alerts != 0 ? Color::kGreen : Color::kRed, color), it.packets);
  if (it.not_inspected != 0) out += fmt::format(", of which {} were not inspected", it.not_inspected);
  out += '\n';
  if (shown.size() < it.attempts.size()) {
    out += fmt::format("shown: {} of {} tries (--all for all)\n", shown.size(), it.attempts.size());
  }
  for (const auto& [why, count] : by_count(it.notes)) {
    out += fmt::format("  {:>6} x  not inspected: {}\n", count, why);
  }
  for (const auto& [what, count] : by_count(it.stops)) {
    out += fmt::format("  {:>6} x  stopped at {}\n", count, what);
  }
  if (it.disagreements != 0) {
    out += fmt::format("  {:>6} x  this account and detection differ: see there\n", it.disagreements);
  }
  return out;
}

std::string explanation_json(const Explanation& it, const ExplainReportOptions& options) {
  JsonWriter json;
  json.begin_object();
  json.begin_object("rule");
  json.field("gid", it.gid);
  json.field("sid", it.sid);
  json.field("rev", it.rev);
  json.field("msg", it.msg);
  json.field("file", it.file);
  json.field("line", it.line);
  json.field("text", it.text);
  json.field("type", it.type);
  json.field("fast_pattern", it.fast_pattern);
  json.end_object();
  json.field("packets", it.packets);
  json.field("not_inspected", it.not_inspected);
  json.field("matches", it.matches);
  json.field("alerts", it.alerts);
  const auto counts = [&](std::string_view key, std::string_view name,
                          const std::map<std::string, std::uint64_t>& all) {
    json.begin_array(key);
    for (const auto& [what, count] : by_count(all)) {
      json.begin_object();
      json.field(name, what);
      json.field("count", count);
      json.end_object();
    }
    json.end_array();
  };
  counts("stopped_at", "condition", it.stops);
  counts("not_inspected_because", "reason", it.notes);
  json.begin_array("attempts");
  for (const Attempt* attempt : choose(it, options.attempts)) {
    json.begin_object();
    json.field("packet", attempt->packet);
    json.field("when", attempt->when);
    json.field("ends", attempt->ends);
    json.field("matched", attempt->matched);
    json.field("alerted", attempt->alerted);
    if (!attempt->stopped_at.empty()) json.field("stopped_at", attempt->stopped_at);
    json.begin_array("steps");
    for (const AccountStep& step : attempt->steps) {
      constexpr std::string_view kAnswers[] = {"yes", "no", "not_reached", "waits", "note"};
      json.begin_object();
      json.field("condition", step.what);
      json.field("answer", kAnswers[static_cast<std::size_t>(step.answer)]);
      if (!step.detail.empty()) json.field("detail", step.detail);
      if (!step.bytes.empty()) {
        json.begin_array("bytes");
        for (const std::string& line : step.bytes) json.item(line);
        json.end_array();
      }
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::string(json.text()) + "\n";
}

}  // namespace culvert
