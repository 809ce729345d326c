#include "protocols/dhcp/dhcp_message.h"

#include <algorithm>

#include "base/byte_cursor.h"

namespace culvert::dhcp {
namespace {

constexpr std::size_t kHardwareAddressSize = 16;
constexpr std::size_t kMostOptions = 128;

/// The fewest bytes that an option's value has.
std::size_t least_size(std::uint8_t code) {
  switch (code) {
    case kLeaseTime:
    case kRenewalTime:
    case kRebindingTime:
      return 4;
    case kMessageType:
    case kClientId:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

bool Message::parse(Bytes datagram, Arena& arena) {
  ByteCursor in(datagram);
  const auto address = [&] { return arena.copy(in.take(4)); };
  operation = in.u8();
  in.skip(1);
  const std::size_t hardware_size = in.u8();
  in.skip(1);
  id = in.u32();
  in.skip(4);
  client_ip = address();
  assigned_ip = address();
  next_server_ip = address();
  relay_ip = address();
  const Bytes hardware = in.take(kHardwareAddressSize);
  in.skip(64 + 128 + 4);
  if (!in.ok()) return false;
  client_mac = arena.copy(hardware.first(std::min(hardware_size, hardware.size())));

  for (;;) {
    const std::uint8_t code = in.u8();
    if (!in.ok()) {
      has_truncated_options = true;
      return true;
    }
    if (code == kEnd) return true;
    if (code == kPad) continue;
    const std::uint8_t size = in.u8();
    Bytes value = in.take(size);
    if (!in.ok()) {
      has_truncated_options = true;
      return true;
    }
    if (value.size() < least_size(code)) {
      has_malformed_options = true;
      continue;
    }
    if (code == kClientId) value = value.subspan(1);
    if (options.size() < kMostOptions) options.push_back({code, arena.copy(value)});
  }
}

std::optional<std::uint64_t> Message::number(OptionCode code) const {
  for (const Option& option : options) {
    if (option.code == code && option.value.size() >= 4) return ByteCursor(option.value).u32();
  }
  return std::nullopt;
}

std::optional<std::uint8_t> Message::type() const {
  for (const Option& option : options) {
    if (option.code == kMessageType) return std::to_integer<std::uint8_t>(option.value[0]);
  }
  return std::nullopt;
}

}  // namespace culvert::dhcp
