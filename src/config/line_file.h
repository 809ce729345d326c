// Files of lines, such as classification.config: what is not blank and not a comment, with places.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culvert {

struct ConfigLine {
  std::string text;   ///< without the spaces around; lines that ended in "\" are joined
  std::string where;  ///< "classification.config:12"
};

/// The lines of `text` that say something; `name` is for `where`.
std::vector<ConfigLine> split_config_lines(std::string_view text, const std::string& name);
/// A whole file as text.
Result<std::string> read_text_file(const std::filesystem::path& file);

std::string_view strip_spaces(std::string_view text);
/// Takes the next word off the front of `text`: what comes before a space or one of `stops`.
std::string_view take_word(std::string_view& text, std::string_view stops = {});
/// A name as in classification types: a letter, then letters, digits, "-" and "_".
bool is_config_name(std::string_view text);

}  // namespace culvert
