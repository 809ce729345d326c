#include "rule/parser.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/ascii_case.h"
#include "rule/value.h"

namespace culvert {
namespace {

bool is_name(std::string_view text) { return is_word(text, "_.-"); }

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

/// Parses one logical line into an AST whose text, file and lines are already there.
class RuleParser {
 public:
  RuleParser(RuleAst& ast, RuleKind kind, std::vector<Error>& warnings)
      : ast_(ast), kind_(kind), text_(*ast.text), warnings_(warnings) {}

  Result<void> parse() {
    if (text_.size() > kMaxRuleSize)
      return fail(0, "the rule has " + std::to_string(text_.size()) + " bytes, at most " +
                         std::to_string(kMaxRuleSize) + " are allowed");
    if (const std::size_t nul = text_.find('\0'); nul != text_.npos)
      return fail(nul, "a NUL character; write |00| in a content");
    return parse_actions()
        .and_then([this] { return parse_protocol(); })
        .and_then([this] { return parse_addresses(); })
        .and_then([this] { return parse_options(); });
  }

 private:
  tl::unexpected<Error> fail(std::size_t offset, std::string message) const {
    return failure(std::move(message), ast_.where(static_cast<std::uint32_t>(offset)));
  }

  void skip_space() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  /// The next word of the header; space inside [brackets] belongs to it. Empty at the end.
  RuleText next_word() {
    skip_space();
    const std::size_t start = at_;
    int depth = 0;
    for (; at_ < text_.size() && (depth > 0 || !is_blank(text_[at_])); ++at_) {
      if (text_[at_] == '[') ++depth;
      if (text_[at_] == ']') --depth;
    }
    return {text_.substr(start, at_ - start), static_cast<std::uint32_t>(start)};
  }

  Result<void> parse_actions() {
    const RuleText word = next_word();
    auto actions = culvert::parse_actions(word.text, kind_);
    if (!actions) return fail(word.offset, std::move(actions.error().message));
    ast_.actions = std::move(*actions);
    return {};
  }

  Result<void> parse_protocol() {
    const RuleText word = next_word();
    if (word.text.empty())
      return fail(word.offset,
                  "the rule ends after its action: protocol, addresses, ports, "
                  "direction and options are missing");
    const std::size_t colon = word.text.find(':');
    const std::string_view protocol = word.text.substr(0, colon);
    if (!is_name(protocol)) return fail(word.offset, in_quotes(protocol) + " is not a protocol");
    ast_.protocol = ascii_lower(protocol);
    if (colon == word.text.npos) return {};

    std::string_view hook = word.text.substr(colon + 1);
    ast_.up_to_hook = !hook.empty() && hook.front() == '<';
    if (ast_.up_to_hook) hook.remove_prefix(1);
    if (!is_name(hook))
      return fail(word.offset + colon + 1,
                  in_quotes(hook) +
                      " is not a hook: write the protocol as tcp, tcp:all or "
                      "http1:request_line");
    ast_.hook = hook;
    return {};
  }

  Result<void> parse_addresses() {
    RuleText direction;
    const std::pair<RuleText*, const char*> parts[] = {
        {&ast_.source, "source address"},
        {&ast_.source_ports, "source port"},
        {&direction, "direction"},
        {&ast_.destination, "destination address"},
        {&ast_.destination_ports, "destination port"},
    };
    for (const auto& [part, name] : parts) {
      *part = next_word();
      if (!part->text.empty() && part->text.front() != '(') continue;
      return fail(part->offset, "the " + std::string(name) +
                                    " is missing: a rule begins with action protocol source port "
                                    "-> destination port (");
    }
    if (direction.text == "->") {
      ast_.direction = RuleDirection::kForward;
    } else if (direction.text == "<>") {
      ast_.direction = RuleDirection::kBoth;
    } else if (direction.text == "=>") {
      ast_.direction = RuleDirection::kTransactional;
    } else {
      return fail(direction.offset,
                  in_quotes(direction.text) + " is not a direction: use ->, <> or =>");
    }
    if (const std::size_t paren = ast_.destination_ports.text.find('('); paren != text_.npos)
      return fail(ast_.destination_ports.offset + paren,
                  "a space is missing between the destination port and '('");
    return {};
  }

  Result<void> parse_options() {
    skip_space();
    if (at_ == text_.size()) return fail(at_, "no rule options: (sid:1;) is the least");
    if (text_[at_] == '(') {
      ++at_;
    } else {
      warn(at_, "the '(' before the options is missing");
    }
    for (skip_space(); at_ < text_.size() && text_[at_] != ')'; skip_space()) {
      if (ast_.options.size() == kMaxRuleOptions)
        return fail(at_, "more than " + std::to_string(kMaxRuleOptions) + " options");
      if (const auto done = parse_option(); !done) return done;
    }
    // The reference loads rules with no ')' at the end, and with several: say so, but follow it.
    const std::size_t close = at_;
    std::size_t parentheses = 0;
    for (; at_ < text_.size() && text_[at_] == ')'; skip_space()) {
      ++parentheses;
      ++at_;
    }
    if (at_ < text_.size()) return fail(at_, "text after the ')' that ends the rule");
    if (parentheses != 1) warn(close, "the rule should end with one ')'");
    return {};
  }

  /// One option up to and with its ';'. Only a backslash right before it shields a ';': quotes do
  /// not, and a second backslash does not undo it.
  Result<void> parse_option() {
    const std::size_t start = at_;
    std::size_t stop = start;
    while (stop < text_.size() && (text_[stop] != ';' || text_[stop - 1] == '\\')) ++stop;
    if (stop == text_.size()) {
      const std::string_view rest = text_.substr(start);
      return fail(start, "no ';' after " + in_quotes(rest.substr(0, 40)) +
                             ": each option ends with one, and the rule with ')'");
    }
    at_ = stop + 1;

    const std::string_view option = text_.substr(start, stop - start);
    const std::size_t colon = option.find(':');
    const std::string_view name = trim(option.substr(0, colon));
    if (name.empty()) return fail(start, "a keyword is missing before ';'");
    if (!is_name(name))
      return fail(start, in_quotes(name.substr(0, 40)) +
                             " is not a keyword; write '\\;' for a semicolon inside a value");
    RuleOption result;
    result.name = ascii_lower(name);
    result.offset = static_cast<std::uint32_t>(start);
    result.value_offset = static_cast<std::uint32_t>(stop);
    if (colon != option.npos) {
      result.raw = trim(option.substr(colon + 1));
      result.has_value = !result.raw.empty();
      if (!result.has_value) {
        warn(start + colon, "nothing after '" + result.name + ":'; leave the ':' out");
      } else if (const auto done = parse_value(result); !done) {
        return done;
      }
    }
    ast_.options.push_back(std::move(result));
    return {};
  }

  Result<void> parse_value(RuleOption& option) {
    option.value = option.raw;
    option.value_offset = static_cast<std::uint32_t>(offset_of(option.raw));
    std::string_view inner = option.raw;
    const bool negated = take_negation(inner);
    if (inner.empty() || inner.front() != '"') return {};
    if (!take_quotes(inner))
      return fail(offset_of(inner), "the quotes in the value of " + in_quotes(option.name) +
                                        " are not closed before ';': write '\\;' for a semicolon "
                                        "inside a value");
    if (inner.empty())
      return fail(option.value_offset, "the value of " + in_quotes(option.name) + " is empty");
    option.quoted = true;
    option.negated = negated;
    option.value = inner;
    option.value_offset = static_cast<std::uint32_t>(offset_of(inner));
    return {};
  }

  std::size_t offset_of(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - text_.data());
  }

  void warn(std::size_t offset, std::string message) {
    warnings_.push_back({std::move(message), ast_.where(static_cast<std::uint32_t>(offset))});
  }

  RuleAst& ast_;
  const RuleKind kind_;
  std::string_view text_;
  std::vector<Error>& warnings_;
  std::size_t at_ = 0;
};

/// A rule's text with its continuation lines joined.
struct LogicalLine {
  std::string_view text;  ///< in the file, or in LineReader's buffer: until the next line is read
  std::vector<RuleAst::LineStart> lines;
};

/// Hands out a file's logical lines. A backslash at the end of a line continues it.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (rest_.substr(0, kByteOrderMark.size()) == kByteOrderMark)
      rest_.remove_prefix(kByteOrderMark.size());
  }

  bool next(LogicalLine& line) {
    if (rest_.empty()) return false;
    line.lines.clear();
    bool continued = false;
    line.text = next_part(line, 0, continued);
    if (!continued) return true;
    joined_ = line.text;
    while (continued && !rest_.empty()) joined_ += next_part(line, joined_.size(), continued);
    line.text = joined_;
    return true;
  }

 private:
  /// The next physical line, which stands at `offset` of the logical one.
  std::string_view next_part(LogicalLine& line, std::size_t offset, bool& continued) {
    const std::size_t end = rest_.find('\n');
    std::string_view part = rest_.substr(0, end);
    rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
    while (!part.empty() && part.back() == '\r') part.remove_suffix(1);
    const std::string_view trimmed = trim(part);  // nobody sees space after the backslash
    continued = !trimmed.empty() && trimmed.back() == '\\';
    if (continued) part.remove_suffix(part.size() - part.rfind('\\'));
    line.lines.push_back({static_cast<std::uint32_t>(offset), ++number_, 1});
    return part;
  }

  std::string_view rest_;
  std::string joined_;
  std::uint32_t number_ = 0;
};

/// Cuts `count` bytes off the front of a line and keeps its positions right.
void cut_front(LogicalLine& line, std::size_t count) {
  const auto cut = static_cast<std::uint32_t>(count);
  line.text.remove_prefix(count);
  std::size_t first = 0;  // the physical line in which the rest begins
  while (first + 1 < line.lines.size() && line.lines[first + 1].offset <= cut) ++first;
  line.lines.erase(line.lines.begin(), line.lines.begin() + static_cast<std::ptrdiff_t>(first));
  line.lines[0].column += cut - line.lines[0].offset;
  line.lines[0].offset = 0;
  for (std::size_t i = 1; i < line.lines.size(); ++i) line.lines[i].offset -= cut;
}

/// Parses into `ast`, which may hold another rule: its memory is used again.
Result<void> parse_line(const LogicalLine& line, std::shared_ptr<const std::string> file,
                        RuleKind kind, RuleAst& ast, std::vector<Error>& warnings) {
  std::vector<RuleAction> actions = std::move(ast.actions);
  std::vector<RuleOption> options = std::move(ast.options);
  actions.clear();
  options.clear();
  ast = RuleAst{};
  ast.actions = std::move(actions);
  ast.options = std::move(options);
  ast.file = std::move(file);
  ast.lines = line.lines;
  ast.text = std::make_shared<const std::string>(line.text);
  return RuleParser(ast, kind, warnings).parse();
}

}  // namespace

void each_rule(std::string_view text, std::string_view file_name, RuleParseOptions options,
               const RuleVisitor& visitor) {
  const auto file = std::make_shared<const std::string>(file_name);
  LineReader reader(text);
  RuleAst ast;
  std::vector<Error> warnings;
  for (LogicalLine line; reader.next(line);) {
    std::size_t start = line.text.find_first_not_of(" \t\f\v");
    if (start == std::string::npos) continue;
    const bool enabled = line.text[start] != '#';
    if (!enabled) {
      if (!options.keep_disabled) continue;
      start = line.text.find_first_not_of("# \t\f\v", start);
      if (start == std::string::npos) continue;
    }
    if (enabled && start != 0) {  // as in the reference, which says nothing
      visitor.on_warning({"a line that begins with white space is no rule",
                          *file + ":" + std::to_string(line.lines.front().line) + ":1"});
      continue;
    }
    line.text = line.text.substr(0, line.text.find_last_not_of(" \t\f\v") + 1);
    cut_front(line, start);
    warnings.clear();
    auto done = parse_line(line, file, options.kind, ast, warnings);
    ast.enabled = enabled;
    if (!enabled) {
      if (done && warnings.empty()) visitor.on_rule(ast);
      continue;
    }
    for (Error& warning : warnings) visitor.on_warning(std::move(warning));
    if (done) {
      visitor.on_rule(ast);
    } else {
      visitor.on_refused(
          {std::string(line.text), line.lines.front().line, std::move(done.error())});
    }
  }
}

RuleFile parse_rules(std::string_view text, std::string_view file_name, RuleParseOptions options) {
  RuleFile result;
  each_rule(text, file_name, options,
            {.on_rule = [&](RuleAst& rule) { result.rules.push_back(std::move(rule)); },
             .on_refused =
                 [&](RefusedRule&& rule) { result.refused.push_back(std::move(rule)); },
             .on_warning =
                 [&](Error&& warning) { result.warnings.push_back(std::move(warning)); }});
  return result;
}

Result<RuleFile> read_rules(const std::string& path, RuleParseOptions options) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf() || in.peek() == std::ifstream::traits_type::eof()))
    return failure(std::string("cannot be read: ") + std::strerror(errno), path);
  return parse_rules(text.str(), path, options);
}

Result<RuleAst> parse_rule(std::string_view text, RuleKind kind) {
  std::vector<Error> warnings;
  RuleAst ast;
  return parse_line({trim(text), {{0, 1, 1}}}, nullptr, kind, ast, warnings).map([&ast] {
    return std::move(ast);
  });
}

}  // namespace culvert
