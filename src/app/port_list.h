// Port lists of the configuration, such as `detection-ports: dp: 139, 445`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace culvert {

/// A few ranges of ports. Written as "53", "[53, 5353]", "5900:5909", "1024:" or "any".
class PortList {
 public:
  /// Nothing when the text is not a port list.
  static std::optional<PortList> parse(std::string_view text);

  bool contains(std::uint16_t port) const {
    for (const auto& [first, last] : ranges_) {
      if (first <= port && port <= last) return true;
    }
    return false;
  }
  bool empty() const { return ranges_.empty(); }

 private:
  std::vector<std::pair<std::uint16_t, std::uint16_t>> ranges_;
};

}  // namespace culvert
