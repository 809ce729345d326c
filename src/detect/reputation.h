// Reputation of addresses: scores by category, from the files that `reputation-categories-file` and
// `reputation-files` name. Read anew with each rule set, and immutable then.
//
//     categories:  1,BadHosts,Known bad hosts        addresses:  1.2.3.4,1,100
//                                                                10.0.0.0/8,1,20
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "config/config_node.h"
#include "net/address.h"

namespace culvert {

class Reputation {
 public:
  /// What the configuration names; null when it names nothing.
  static std::shared_ptr<const Reputation> load(const ConfigNode& root, Complaints& complaints);

  /// Texts of files; names are for complaints.
  void add_categories(std::string_view text, const std::string& name, Complaints& complaints);
  void add_addresses(std::string_view text, const std::string& name, Complaints& complaints);

  std::optional<std::uint8_t> find_category(std::string_view name) const;
  /// The score, 1 to 127, of the most specific entry that covers the address; 0: none.
  std::uint8_t score(const IpAddress& address, std::uint8_t category) const;
  std::size_t size() const { return entries_; }

 private:
  struct Score {
    std::uint8_t category, value;
  };
  struct Hash {
    std::size_t operator()(const IpAddress& address) const { return address.hash(0); }
  };
  struct Length {
    unsigned prefix;
    bool is_v6;
    std::unordered_map<IpAddress, std::vector<Score>, Hash> networks;
  };

  std::map<std::string, std::uint8_t, std::less<>> categories_;
  std::vector<Length> lengths_;  ///< the longest prefix first
  std::size_t entries_ = 0;
};

}  // namespace culvert
