// A rule as it was written: the parser's result and the compiler's input. Nothing here knows what a
// keyword means, nor which protocols and hooks exist.
//
//   accept:hook,alert  tls:client_hello_done  $HOME_NET any -> [1.2.3.0/24,!1.2.3.4] 443  (...)
//   `-- actions ----'  `-- protocol:hook --'  source  ports | destination            ports  options
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rule/action.h"

namespace culvert {

enum class RuleDirection : std::uint8_t {
  kForward,        ///< `->`
  kBoth,           ///< `<>`: also with the two sides swapped
  kTransactional,  ///< `=>`: request keywords one way, response keywords the other
};

std::string_view to_string(RuleDirection direction);

/// A piece of a rule's text and where it stands in it. Views RuleAst::text.
struct RuleText {
  std::string_view text;
  std::uint32_t offset = 0;  ///< bytes into RuleAst::text
};

/// One `name;` or `name:value;`. Views the text of the RuleAst it belongs to.
struct RuleOption {
  std::string name;          ///< lower case
  std::uint32_t offset = 0;  ///< of the name, into RuleAst::text
  std::uint32_t value_offset = 0;
  bool has_value = false;  ///< there was something after a ':'
  bool quoted = false;     ///< the value was in double quotes
  bool negated =
      false;  ///< a '!' stood before the quotes; one before an unquoted value stays in it
  /// The value as written, without surrounding space, and the same without '!' and quotes where it
  /// is quoted. Escapes are still in both: see unescape() and parse_content_pattern().
  std::string_view raw;
  std::string_view value;
};

/// A parsed rule. Copies share the text, and views stay valid as long as one copy lives.
struct RuleAst {
  std::shared_ptr<const std::string>
      text;  ///< the rule on one line, without the '#' that disables it
  std::shared_ptr<const std::string> file;  ///< name of the file, as given; may be empty
  bool enabled = true;                      ///< false when commented out

  std::vector<RuleAction> actions;  ///< at least one
  std::string protocol;             ///< lower case, without hook: "tcp", "http1"
  std::string hook;                 ///< as written: "all", "request_started"; empty when none
  bool up_to_hook = false;          ///< `proto:<hook`: also at each hook before this one

  RuleText source, source_ports, destination, destination_ports;
  RuleDirection direction = RuleDirection::kForward;
  std::vector<RuleOption> options;

  /// Where the lines of a continued rule start in `text`; the first entry is the rule's own start.
  struct LineStart {
    std::uint32_t offset, line, column;
  };
  std::vector<LineStart> lines;

  std::uint32_t line() const { return lines.empty() ? 0 : lines.front().line; }
  /// "file:line:column" of a byte of the text, for complaints.
  std::string where(std::uint32_t offset = 0) const;

  bool has_action(RuleVerb action) const;
  /// The first option of that name, or null.
  const RuleOption* find_option(std::string_view name) const;
};

}  // namespace culvert
