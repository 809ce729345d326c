// dataset, datarep: looks the buffer up in a set.
//
//     dns.query; dataset:isset,bad,type string,load bad.lst;      isnotset, set, unset; save, state
//     dns.query; dataset:isset,bad,type string,load bad.json,format json,context_key why,value_key name;
//     dns.query; datarep:scores,>,200,load scores.rep,type string;
#include "detect/dataset.h"

#include "base/log.h"
#include "detect/detect_state.h"
#include "detect/keyword.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

struct DatasetItem final : CustomItem {
  enum class Command : std::uint8_t { kIsSet, kIsNotSet, kSet, kUnset };
  bool match(const MatchContext& context, const InspectBuffer& buffer,
             InspectState&) const noexcept override {
    switch (command) {
      case Command::kIsSet: {
        const Dataset::Found found = set->find(buffer.bytes);
        if (found.present && !context_key.empty() && context.state != nullptr) {
          context.state->note_context(context_key, found.context);
        }
        return found.present;
      }
      case Command::kIsNotSet:
        return !set->find(buffer.bytes).present;
      case Command::kSet:
        return set->add(buffer.bytes);
      case Command::kUnset:
        return set->remove(buffer.bytes);
    }
    return false;
  }
  Command command = Command::kIsSet;
  std::shared_ptr<Dataset> set;
  std::string context_key;
};

struct ReputationItem final : CustomItem {
  bool match(const MatchContext&, const InspectBuffer& buffer,
             InspectState&) const noexcept override {
    const Dataset::Found found = set->find(buffer.bytes);
    if (!found.present) return false;
    switch (op) {
      case '<':
        return found.reputation < value;
      case '>':
        return found.reputation > value;
      default:
        return found.reputation == value;
    }
  }
  std::shared_ptr<Dataset> set;
  char op = '=';
  std::uint16_t value = 0;
};

/// Options that both keywords take, from `parts[first]` on.
Result<void> parse_options(std::string_view keyword, const std::vector<std::string_view>& parts,
                           std::size_t first, DatasetOptions& options, std::string* context_key) {
  const auto wrong = [&](const std::string& what) {
    return failure(std::string(keyword) + ": " + what);
  };
  for (std::size_t i = first; i < parts.size(); ++i) {
    const std::size_t space = parts[i].find_first_of(" \t");
    const std::string_view word = parts[i].substr(0, space);
    const std::string_view value = space == parts[i].npos ? std::string_view() : trim(parts[i].substr(space));
    if (word == "remove_key" && context_key != nullptr) {
      options.remove_key = true;
      continue;
    }
    if (value.empty()) return wrong("'" + std::string(parts[i]) + "' needs a value");
    if (word == "type") {
      options.type = find_dataset_type(value);
      if (!options.type) return wrong("bad type " + std::string(value));
    } else if (word == "load") {
      options.load = value;
    } else if (word == "save") {
      options.save = value;
    } else if (word == "state") {
      options.is_state = true;
      if (!options.load.empty() || !options.save.empty()) {
        return wrong("'state' can not be mixed with 'load' and 'save'");
      }
      options.save = value;
    } else if (word == "memcap") {
      options.memcap_bytes = parse_size(value);
      if (!options.memcap_bytes) return wrong("invalid value for memcap: " + std::string(value));
    } else if (word == "hashsize") {
      const auto number = parse_unsigned(value, 1 << 26);
      if (!number || *number == 0) return wrong("invalid value for hashsize: " + std::string(value));
      options.hash_size = static_cast<std::uint32_t>(*number);
    } else if (word == "format" && context_key != nullptr) {
      if (value == "json") {
        options.format = DatasetFormat::kJson;
      } else if (value == "ndjson" || value == "jsonline") {
        options.format = DatasetFormat::kJsonLines;
      } else if (value != "csv") {
        return wrong("unknown format '" + std::string(value) + "': csv, json or ndjson");
      }
    } else if ((word == "context_key" || word == "enrichment_key") && context_key != nullptr) {
      *context_key = value;
    } else if (word == "value_key" && context_key != nullptr) {
      options.value_key = value;
    } else if (word == "array_key" && context_key != nullptr) {
      options.array_key = value;
    } else {
      return wrong("unknown option '" + std::string(word) + "'");
    }
    if (options.is_state && !options.load.empty()) {
      return wrong("'state' can not be mixed with 'load' and 'save'");
    }
  }
  return {};
}

std::string rule_file_of(const RuleDraft& draft) {
  return draft.ast.file != nullptr ? *draft.ast.file : std::string();
}

Result<void> compile_dataset(RuleBuilder& rule, std::string_view argument) {
  using Command = DatasetItem::Command;
  RuleDraft& draft = draft_of(rule);
  const auto parts = split_list(trim(argument));
  if (parts.size() < 2 || parts[1].empty()) return failure("dataset takes a command and a name");
  constexpr std::pair<std::string_view, Command> kCommands[] = {{"isset", Command::kIsSet},
                                                                {"isnotset", Command::kIsNotSet},
                                                                {"set", Command::kSet},
                                                                {"unset", Command::kUnset}};
  auto item = std::make_unique<DatasetItem>();
  bool known = false;
  for (const auto& [word, command] : kCommands) {
    if (word != parts[0]) continue;
    item->command = command;
    known = true;
  }
  if (!known) return failure("dataset action \"" + std::string(parts[0]) + "\" is not supported.");
  if (draft.in_payload()) return failure("datasets are only supported for sticky buffers");
  DatasetOptions options;
  if (auto done = parse_options("dataset", parts, 2, options, &item->context_key); !done) return done;
  if (options.format != DatasetFormat::kCsv) {
    if (item->context_key.empty()) return failure("json format needs a 'context_key' parameter");
    if (options.value_key.empty()) return failure("json format needs a 'value_key' parameter");
  }
  if (parts[1].size() > 63) return failure("dataset: the name is longer than 63 characters");
  auto set = draft.catalog.datasets().open(std::string(parts[1]), options, rule_file_of(draft));
  if (!set) return tl::unexpected(set.error());
  item->set = std::move(*set);
  if (item->command == Command::kSet || item->command == Command::kUnset) item->set->make_writable();
  return draft.add_item(std::move(item));
}

Result<void> compile_datarep(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  const auto parts = split_list(trim(argument));
  if (parts.size() < 3 || parts[0].empty()) {
    return failure("datarep takes a name, one of < > =, and a number");
  }
  auto item = std::make_unique<ReputationItem>();
  const bool valid = parts[1] == "<" || parts[1] == ">" || parts[1] == "=" || parts[1] == "==";
  if (!valid) return failure("datarep compares with <, > or =");
  item->op = parts[1][0];
  const auto value = parse_unsigned(parts[2], 65535);
  if (!value) return tl::unexpected(value.error());
  item->value = static_cast<std::uint16_t>(*value);
  if (draft.in_payload()) return failure("datasets are only supported for sticky buffers");
  DatasetOptions options;
  options.has_reputation = true;
  if (auto done = parse_options("datarep", parts, 3, options, nullptr); !done) return done;
  auto set = draft.catalog.datasets().open(std::string(parts[0]), options, rule_file_of(draft));
  if (!set) return tl::unexpected(set.error());
  item->set = std::move(*set);
  return draft.add_item(std::move(item));
}

}  // namespace

const KeywordSpec keywords::kDataset{"dataset", "whether a set has the buffer; adds it, removes it",
                                     KeywordArgument::kRequired, compile_dataset};
const KeywordSpec keywords::kDatarep{"datarep", "the number that a set has for the buffer",
                                     KeywordArgument::kRequired, compile_datarep};

}  // namespace culvert
