// Functions for the fields of a ProtocolSpec, as most protocols have them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "app/message_parser.h"
#include "app/protocol_spec.h"

namespace culvert {

/// Options of a protocol, to which the parsers of its flows refer.
template <class Options>
struct OptionsContext final : ProtocolContext {
  Options options;
};

/// `make_context` of a protocol: kRead(root, options, complaints) sets what the configuration says.
template <class Options, void (*kRead)(const ConfigNode&, Options&, Complaints&)>
std::unique_ptr<ProtocolContext> make_context_of(const ConfigNode& root, Complaints& complaints) {
  auto context = std::make_unique<OptionsContext<Options>>();
  kRead(root, context->options, complaints);
  return context;
}

/// `make_parser` of a protocol: of its options, where it has any, and of whether the flow is a
/// stream, where the parser wants to know.
template <class Parser, class Options = void>
std::unique_ptr<AppParser> make_parser_of([[maybe_unused]] const ProtocolContext& context,
                                          [[maybe_unused]] Flow& flow) {
  if constexpr (std::is_void_v<Options>) {
    if constexpr (std::is_constructible_v<Parser, bool>) {
      return std::make_unique<Parser>(flow.key.ip_proto == 6);
    } else {
      return std::make_unique<Parser>();
    }
  } else {
    const Options& options = static_cast<const OptionsContext<Options>&>(context).options;
    if constexpr (std::is_constructible_v<Parser, const Options&, bool>) {
      return std::make_unique<Parser>(options, flow.key.ip_proto == 6);
    } else {
      return std::make_unique<Parser>(options);
    }
  }
}

/// Reads sizes and counts below `app-layer.protocols.<name>`.
class ProtocolSizes {
 public:
  ProtocolSizes(const ConfigNode& root, std::string_view name, Complaints& complaints)
      : root_(root),
        path_("app-layer.protocols." + std::string(name) + "."),
        complaints_(complaints) {}

  /// Leaves `value` where the key is missing.
  void read(std::string_view key, std::uint32_t& value, std::uint32_t lowest = 0,
            std::uint32_t highest = 0xffffffff) const {
    value = static_cast<std::uint32_t>(
        root_.size(path_ + std::string(key), value, complaints_, lowest, highest));
  }

 private:
  const ConfigNode& root_;
  std::string path_;
  Complaints& complaints_;
};

/// `EveLogger::write` of a protocol whose records have what its alerts have.
template <void (*kWrite)(const Flow&, const Transaction&, JsonWriter&)>
bool write_record_of(const Flow& flow, const Transaction& transaction, Direction /*direction*/,
                     const EveOptionsBase* /*options*/, JsonWriter& json) {
  kWrite(flow, transaction, json);
  return true;
}
/// The same where each message is a transaction: one record, in its direction.
template <void (*kWrite)(const Flow&, const Transaction&, JsonWriter&)>
bool write_message_record_of(const Flow& flow, const Transaction& transaction, Direction direction,
                             const EveOptionsBase* /*options*/, JsonWriter& json) {
  if (static_cast<const MessageTransaction&>(transaction).direction != direction) return false;
  kWrite(flow, transaction, json);
  return true;
}

}  // namespace culvert
