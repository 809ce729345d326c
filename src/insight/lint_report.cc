#include "insight/lint_report.h"

#include <fmt/format.h>

#include <array>

#include "event/json_writer.h"
#include "insight/terminal.h"

namespace culvert {
namespace {

std::array<std::size_t, 3> count(const LintResult& result) {
  std::array<std::size_t, 3> counts{};
  for (const LintFinding& each : result.findings) ++counts[static_cast<std::size_t>(each.severity)];
  return counts;
}

Color color_of(LintSeverity severity) {
  constexpr Color kColors[] = {Color::kDim, Color::kYellow, Color::kRed};
  return kColors[static_cast<std::size_t>(severity)];
}

}  // namespace

std::string lint_text(const LintResult& result, bool color) {
  std::string out;
  for (const LintFinding& each : result.findings) {
    const std::string place = each.line != 0 ? fmt::format("{}:{}", each.file, each.line) : each.file;
    out += fmt::format("{}{}{}: {}{} {}\n", paint(place, Color::kBold, color), place.empty() ? "" : ": ",
                       paint(name_of(each.severity), color_of(each.severity), color),
                       each.sid != 0 ? fmt::format("rule {}:{}: ", each.gid, each.sid) : std::string(), each.why,
                       paint(fmt::format("[{}]", each.check), Color::kDim, color));
    if (!each.remedy.empty()) out += fmt::format("    instead: {}\n", each.remedy);
  }
  const auto counts = count(result);
  out += fmt::format("{} rules loaded; {} errors, {} warnings, {} notes\n", result.rules, counts[2], counts[1], counts[0]);
  return out;
}

std::string lint_json(const LintResult& result) {
  const auto counts = count(result);
  JsonWriter json;
  json.begin_object();
  json.field("rules", result.rules);
  json.field("errors", counts[2]);
  json.field("warnings", counts[1]);
  json.field("notes", counts[0]);
  json.begin_array("findings");
  for (const LintFinding& each : result.findings) {
    json.begin_object();
    json.field("file", each.file);
    json.field("line", each.line);
    json.field("severity", name_of(each.severity));
    json.field("check", each.check);
    if (each.sid != 0) {
      json.field("gid", each.gid);
      json.field("sid", each.sid);
    }
    json.field("why", each.why);
    if (!each.remedy.empty()) json.field("instead", each.remedy);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::string(json.text()) + "\n";
}

}  // namespace culvert
