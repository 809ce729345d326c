#include "eve/forwarded.h"

#include "net/address.h"

namespace culvert {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

}  // namespace

XffOptions parse_xff(const ConfigNode* node, Complaints& complaints) {
  constexpr ConfigChoice<bool> kModes[] = {{"extra-data", false}, {"overwrite", true}};
  constexpr ConfigChoice<bool> kDeployments[] = {{"reverse", false}, {"forward", true}};
  XffOptions options;
  if (node == nullptr || node->is_null()) return options;
  options.enabled = node->boolean("enabled", false, complaints);
  options.overwrite = node->choice("mode", kModes, false, complaints);
  options.forward = node->choice("deployment", kDeployments, false, complaints);
  options.header = node->text("header", options.header);
  return options;
}

std::string_view parse_forwarded(std::string_view value, bool forward) {
  const std::size_t comma = forward ? value.find(',') : value.rfind(',');
  if (comma != std::string_view::npos) {
    value = forward ? value.substr(0, comma) : value.substr(comma + 1);
  }
  value = trimmed(value);
  if (value.starts_with('[')) {
    const std::size_t close = value.find(']');
    if (close == std::string_view::npos) return {};
    value = value.substr(1, close - 1);
    return IpAddress::parse(value) ? value : std::string_view{};
  }
  // A port follows the only colon; more of them are those of IPv6.
  const std::size_t colon = value.find(':');
  if (colon != std::string_view::npos && colon == value.rfind(':')) value = value.substr(0, colon);
  return IpAddress::parse(value) ? value : std::string_view{};
}

std::string_view find_forwarded(const AppSession& app, const Transaction* transaction,
                                const XffOptions& options) {
  const ProtocolSpec* const spec = app.spec();
  if (!options.enabled || spec == nullptr || spec->header_of == nullptr) return {};
  if (transaction != nullptr) {
    return parse_forwarded(spec->header_of(*transaction, options.header), options.forward);
  }
  const auto transactions = app.transactions();
  for (std::size_t i = transactions.size(); i-- > 0;) {
    const std::string_view value = spec->header_of(*transactions[i], options.header);
    if (!value.empty()) return parse_forwarded(value, options.forward);
  }
  return {};
}

}  // namespace culvert
