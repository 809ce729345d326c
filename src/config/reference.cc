#include "config/reference.h"

#include "base/ascii_case.h"
#include "config/line_file.h"

namespace culvert {

const std::string* References::find(std::string_view name) const {
  const auto found = prefixes_.find(ascii_lower(name));
  return found == prefixes_.end() ? nullptr : &found->second;
}

void References::add(std::string_view name, std::string_view prefix) {
  prefixes_.try_emplace(ascii_lower(name), prefix);
}

References parse_references(std::string_view text, const std::string& name,
                            Complaints& complaints) {
  References result;
  for (const ConfigLine& line : split_config_lines(text, name)) {
    std::string_view rest = line.text;
    bool ok = take_word(rest) == "config" && take_word(rest, ":") == "reference";
    ok = ok && rest.starts_with(':');
    if (ok) rest.remove_prefix(1);
    const std::string_view system = take_word(rest);
    if (ok && is_config_name(system) && !rest.empty()) {
      result.add(system, rest);
    } else {
      complaints.error("Invalid Reference Config in reference.config file: \"" + line.text +
                           "\" is not of the form \"config reference: name https://...\"",
                       line.where);
    }
  }
  return result;
}

References load_references(const std::filesystem::path& file, Complaints& complaints) {
  const Result<std::string> text = read_text_file(file);
  if (!text) {
    complaints.errors.push_back(text.error());
    return {};
  }
  return parse_references(*text, file.string(), complaints);
}

}  // namespace culvert
