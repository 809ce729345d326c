// Names of flowbits, flowints and other variables, numbered. Numbers stay the same over reloads, as
// flows keep their state.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace culvert {

enum class VariableKind : std::uint8_t { kFlowbit, kFlowint, kFlowvar, kPktvar, kHostbit, kPairbit, kTxbit, kEntropy };

class VariableNames {
 public:
  std::uint16_t id(VariableKind kind, std::string_view name) {
    Table& table = tables_[static_cast<std::size_t>(kind)];
    if (const auto found = table.ids.find(name); found != table.ids.end()) return found->second;
    const auto next = static_cast<std::uint16_t>(table.names.size());
    table.names.emplace_back(name);
    table.ids.emplace(std::string(name), next);
    return next;
  }
  std::string_view name(VariableKind kind, std::uint16_t id) const {
    const Table& table = tables_[static_cast<std::size_t>(kind)];
    return id < table.names.size() ? std::string_view(table.names[id]) : std::string_view();
  }
  std::size_t count(VariableKind kind) const {
    return tables_[static_cast<std::size_t>(kind)].names.size();
  }

 private:
  struct Table {
    std::map<std::string, std::uint16_t, std::less<>> ids;
    std::vector<std::string> names;
  };
  std::array<Table, 8> tables_;
};

}  // namespace culvert
