#include "emulator/envelope.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <system_error>

namespace culvert::emulator {
namespace {

/// Writes big-endian numbers one after the other. REQUIRES: room for them.
class Writer {
 public:
  explicit Writer(std::span<std::byte> out) : out_(out) {}
  void number(std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i)
      out_[at_++] = static_cast<std::byte>(value >> (8 * (width - 1 - i)) & 0xff);
  }
  void u8(std::uint8_t value) { number(value, 1); }
  void u16(std::uint16_t value) { number(value, 2); }
  void u32(std::uint32_t value) { number(value, 4); }
  void u64(std::uint64_t value) { number(value, 8); }
  void bytes(Bytes values) {
    for (const std::byte value : values) out_[at_++] = value;
  }

 private:
  std::span<std::byte> out_;
  std::size_t at_ = 0;
};

void write_option(Writer& out, std::uint8_t type, std::uint64_t value, std::uint8_t words) {
  out.u16(kAmazonClass);
  out.u8(type);
  out.u8(words);
  out.number(value, std::size_t{words} * 4);
}

}  // namespace

GeneveHeaderBytes encode_geneve(const Envelope& envelope) {
  GeneveHeaderBytes bytes{};
  Writer out(bytes);
  out.u8(8);  // version 0, eight words of options
  out.u8(0);
  out.u16(envelope.inner_is_v6 ? 0x86dd : 0x0800);
  out.u32(0);  // VNI, reserved
  write_option(out, 1, envelope.endpoint, 2);
  write_option(out, 2, envelope.attachment, 2);
  write_option(out, 3, envelope.cookie, 1);
  return bytes;
}

void write_encapsulation(std::span<std::byte, kEncapsulationBytes> out, const Envelope& envelope,
                         std::uint32_t target, Bytes inner, UdpChecksum udp_checksum) {
  const std::size_t udp_bytes = 8 + kGeneveBytes + inner.size();
  Writer ip(out);
  ip.u8(0x45);
  ip.u8(0);
  ip.u16(static_cast<std::uint16_t>(20 + udp_bytes));
  ip.u16(0);
  ip.u16(0x4000);  // do not fragment
  ip.u8(64);
  ip.u8(17);  // UDP
  ip.u16(0);
  ip.u32(envelope.gwlb_address);
  ip.u32(target);
  Writer(out.subspan(10)).u16(fold_checksum(add_to_sum(0, out.first(20))));

  Writer udp(out.subspan(20));
  udp.u16(envelope.entropy_port);
  udp.u16(kGenevePort);
  udp.u16(static_cast<std::uint16_t>(udp_bytes));
  udp.u16(0);
  udp.bytes(encode_geneve(envelope));
  if (udp_checksum == UdpChecksum::kNone) return;
  std::uint64_t sum = add_to_sum(17 + udp_bytes, out.subspan(12, 8));  // pseudo header
  sum = add_to_sum(add_to_sum(sum, out.subspan(20)), inner);
  const std::uint16_t field = fold_checksum(sum);
  Writer(out.subspan(26)).u16(field == 0 ? 0xffff : field);
}

std::optional<std::uint64_t> parse_endpoint_id(std::string_view text) {
  if (text.starts_with("vpce-")) text.remove_prefix(5);
  if (text.starts_with("0x")) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.empty() || failure != std::errc{} || stop != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::string endpoint_id_text(std::uint64_t endpoint) {
  return fmt::format("vpce-{:017x}", endpoint);
}

std::uint64_t add_to_sum(std::uint64_t sum, Bytes bytes) {
  // Sums in the machine's byte order; a one's complement sum may be byte-swapped at the end.
  std::uint64_t wide = 0;
  while (bytes.size() >= 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data(), 4);
    wide += word;
    bytes = bytes.subspan(4);
  }
  if (!bytes.empty()) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data(), bytes.size());
    wide += word;
  }
  while (wide > 0xffff) wide = (wide & 0xffff) + (wide >> 16);
  return sum + ((wide & 0xff) << 8 | wide >> 8);
}

std::uint16_t fold_checksum(std::uint64_t sum) {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum & 0xffff);
}

}  // namespace culvert::emulator
