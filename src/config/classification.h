// classification.config: the classes that rules name with `classtype`, with their priority.
//
//     config classification: trojan-activity,A Network Trojan was detected,1
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culvert {

struct Classification {
  std::string name;         ///< "trojan-activity"
  std::string description;  ///< alert.category
  int priority = 3;         ///< alert.severity; 1 is the most severe
};

class Classifications {
 public:
  /// Null when there is none of that name, in any case.
  const Classification* find(std::string_view name) const;
  /// Of a name given twice the first counts.
  void add(Classification classification);
  const std::vector<Classification>& all() const { return all_; }

 private:
  std::vector<Classification> all_;  // some forty
};

/// `name` is the file's, for complaints.
Classifications parse_classifications(std::string_view text, const std::string& name,
                                      Complaints& complaints);
Classifications load_classifications(const std::filesystem::path& file, Complaints& complaints);

}  // namespace culvert
