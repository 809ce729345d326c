// What the keywords of a rule are in Suricata's rule analysis (rules.json): their names, the list
// each belongs to, and what it tells of them.
#pragma once

#include <set>
#include <string_view>

#include "app/app_proto.h"
#include "event/json_writer.h"
#include "rule/ast.h"

namespace culvert {

/// The first of the words in a keyword's value, without quotes.
std::string_view first_word(std::string_view raw);

/// "http" is the first version of it alone, "http_any" all.
std::string_view analysis_name(AppProto proto);
/// A keyword's name in the lists.
std::string_view analysis_name(std::string_view keyword);

/// Whether the keyword changes something when the rule matches.
bool is_change(const RuleOption& option);

/// "packet", "postmatch", "tag", "threshold", or "" for none of them. `generic`: the keywords that
/// are no protocol's.
std::string_view analysis_list(const RuleOption& option, const std::set<std::string_view>& generic,
                               bool is_transaction);
/// Whether a keyword of the list "packet" needs a packet of the wire.
bool asks_of_packet(std::string_view name);

/// What some keywords say beyond their name.
void write_analysis_detail(std::string_view name, std::string_view raw, JsonWriter& json);

}  // namespace culvert
