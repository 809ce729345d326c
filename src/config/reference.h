// reference.config: what the first word of a rule's `reference:` stands for.
//
//     config reference: cve https://cve.mitre.org/cgi-bin/cvename.cgi?name=
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace culvert {

class References {
 public:
  /// What a reference's text is put behind to make a URL; null for an unknown name. Any case.
  const std::string* find(std::string_view name) const;
  /// Of a name given twice the first counts.
  void add(std::string_view name, std::string_view prefix);
  std::size_t size() const { return prefixes_.size(); }

 private:
  std::map<std::string, std::string, std::less<>> prefixes_;  // by lower-case name
};

References parse_references(std::string_view text, const std::string& name, Complaints& complaints);
References load_references(const std::filesystem::path& file, Complaints& complaints);

}  // namespace culvert
