// What is built in, for people and scripts: the lists behind --list-keywords and the like.
#pragma once

#include <string_view>

namespace culvert {

/// `what`: empty for the names, "all" for pages, "csv" for a table, or one keyword. 1 when there is
/// no such keyword.
int list_keywords(std::string_view what);
int list_protocols();
int list_frames();
int list_hooks();
int list_runmodes();
int list_features();

}  // namespace culvert
