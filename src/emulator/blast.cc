#include "emulator/blast.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "base/byte_cursor.h"
#include "base/hash.h"
#include "emulator/envelope.h"
#include "emulator/outer_socket.h"

namespace culvert::emulator {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::size_t kInnerHeaderBytes = 28;  ///< IPv4 and UDP
constexpr std::size_t kFlowNumberBytes = 4;    ///< at the start of the inner payload

void put(std::vector<std::byte>& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i)
    out.push_back(static_cast<std::byte>(value >> (8 * (width - 1 - i)) & 0xff));
}

/// 10.1.x.y to 198.51.100.10, a flow for each number, which is also the payload's first word.
std::vector<std::byte> make_inner(std::size_t flow, std::size_t inner_bytes) {
  std::vector<std::byte> out;
  put(out, 0x4500, 2);
  put(out, inner_bytes, 2);
  put(out, 0x00004000, 4);
  put(out, 64u << 8 | 17u, 2);
  put(out, 0, 2);
  put(out, 0x0a010000u + flow % 65536, 4);
  put(out, 0xc633640a, 4);
  const std::uint16_t checksum = fold_checksum(add_to_sum(0, out));
  out[10] = static_cast<std::byte>(checksum >> 8);
  out[11] = static_cast<std::byte>(checksum & 0xff);
  put(out, 1024 + flow % 60000, 2);
  put(out, 9, 2);  // discard
  put(out, inner_bytes - 20, 2);
  put(out, 0, 2);
  put(out, flow, kFlowNumberBytes);
  out.resize(inner_bytes, std::byte{'x'});
  return out;
}

std::vector<std::byte> make_datagram(const BlastOptions& options, std::size_t flow) {
  Envelope envelope;
  envelope.gwlb_address = options.addresses[flow % options.addresses.size()];
  envelope.entropy_port = static_cast<std::uint16_t>(10000 + flow % 50000);
  envelope.cookie = static_cast<std::uint32_t>(mix64(flow + 1, 0x9e3779b97f4a7c15u));
  envelope.endpoint = options.endpoint;
  envelope.attachment = 1;
  const std::vector<std::byte> inner = make_inner(flow, options.inner_bytes);
  std::vector<std::byte> datagram(kEncapsulationBytes);
  write_encapsulation(std::span<std::byte, kEncapsulationBytes>(datagram), envelope, options.target,
                      inner, UdpChecksum::kNone);
  datagram.insert(datagram.end(), inner.begin(), inner.end());
  return datagram;
}

/// The load: what is sent, and whether what returns is the same but for the swapped addresses.
class Load {
 public:
  explicit Load(const BlastOptions& options) : options_(options) {
    for (std::size_t i = 0; i < options.flows; ++i) datagrams_.push_back(make_datagram(options, i));
    sent_at_.resize(options.flows);
  }
  OuterSocket::Datagram next(SteadyClock::time_point now) {
    const OuterSocket::Datagram datagram{datagrams_[next_], options_.target};
    sent_at_[next_] = now;
    next_ = (next_ + 1) % datagrams_.size();
    return datagram;
  }
  /// Nothing for packets that are not of this load at all. `flow` is the packet's when it is right.
  std::optional<bool> is_right(Bytes bytes, std::size_t& flow) const {
    constexpr std::size_t kUdpAt = 20, kAddressesEnd = 20, kTtlAt = 8;
    constexpr std::size_t kFlowAt = kEncapsulationBytes + kInnerHeaderBytes;
    if (bytes.size() < kFlowAt + kFlowNumberBytes || bytes[9] != std::byte{17}) return std::nullopt;
    if (ByteCursor(bytes.subspan(12)).u32() != options_.target) return std::nullopt;
    flow = ByteCursor(bytes.subspan(kFlowAt)).u32();
    if (flow >= datagrams_.size() || bytes.size() != datagrams_[flow].size()) return false;
    const Bytes sent = datagrams_[flow];
    return ByteCursor(bytes.subspan(16)).u32() == ByteCursor(sent.subspan(12)).u32() &&
           std::equal(bytes.begin(), bytes.begin() + kTtlAt, sent.begin()) &&
           std::equal(bytes.begin() + kAddressesEnd, bytes.begin() + kFlowAt,
                      sent.begin() + kUdpAt);
  }
  /// When its last packet was sent.
  SteadyClock::time_point sent_at(std::size_t flow) const { return sent_at_[flow]; }

 private:
  const BlastOptions& options_;
  std::vector<std::vector<std::byte>> datagrams_;
  std::vector<SteadyClock::time_point> sent_at_;
  std::size_t next_ = 0;
};

void receive_all(OuterSocket& socket, const Load& load, BlastReport& report) {
  while (true) {
    const auto received = socket.receive();
    const auto now = SteadyClock::now();
    for (const OuterSocket::Received& packet : received) {
      std::size_t flow = 0;
      const auto right = load.is_right(packet.bytes, flow);
      if (!right) continue;
      ++(*right ? report.returned : report.wrong);
      if (!*right) continue;
      const auto trip = std::chrono::floor<std::chrono::microseconds>(now - load.sent_at(flow));
      ++report.round_trips[std::min(static_cast<std::size_t>(trip.count()),
                                    report.round_trips.size() - 1)];
    }
    if (received.size() < PacketSlots::kCount) return;
  }
}

void wait_readable(const OuterSocket& socket, int milliseconds) {
  pollfd poll_fd{socket.receive_fd(), POLLIN, 0};
  ::poll(&poll_fd, 1, milliseconds);
}

}  // namespace

Result<void> BlastOptions::validate() const {
  if (addresses.empty()) return failure("needs an address of this machine to send from");
  if (target == 0) return failure("needs a target");
  if (flows < 1 || flows > 65536) return failure("flows must be in 1..65536");
  if (inner_bytes < 40 || inner_bytes > 8500) return failure("size must be in 40..8500");
  if (window < 1) return failure("window must be 1 or more");
  return {};
}

double BlastReport::returned_per_second() const {
  const double seconds = std::chrono::duration<double>(elapsed).count();
  return seconds > 0 ? static_cast<double>(returned_in_time) / seconds : 0;
}

std::size_t BlastReport::round_trip_us(double share) const {
  const auto all = std::accumulate(round_trips.begin(), round_trips.end(), std::uint64_t{0});
  const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(all));
  std::uint64_t seen = 0;
  for (std::size_t us = 0; us < round_trips.size(); ++us) {
    seen += round_trips[us];
    if (seen > wanted) return us;
  }
  return 0;  // nothing came back
}

std::string BlastReport::json() const {
  return fmt::format(
      "{{\"sent\":{},\"returned\":{},\"lost\":{},\"wrong\":{},\"seconds\":{:.3f},"
      "\"returned_per_second\":{:.0f},\"round_trip_us\":{{\"p50\":{},\"p99\":{}}}}}\n",
      sent, returned, sent - std::min(sent, returned + wrong), wrong,
      std::chrono::duration<double>(elapsed).count(), returned_per_second(), round_trip_us(0.5),
      round_trip_us(0.99));
}

Result<BlastReport> run_blast(const BlastOptions& options) {
  if (const auto valid = options.validate(); !valid) return tl::unexpected(valid.error());
  Result<OuterSocket> socket = OuterSocket::open(options.addresses);
  if (!socket) return tl::unexpected(socket.error());
  Load load(options);
  BlastReport report;
  const auto begin = SteadyClock::now();
  const auto end = begin + options.duration;
  std::uint64_t given_up = 0;  ///< of the window: lost
  std::array<OuterSocket::Datagram, PacketSlots::kCount> batch;
  while (SteadyClock::now() < end) {
    const std::uint64_t out = report.sent - report.returned - report.wrong - given_up;
    std::size_t allowed = options.window > out ? options.window - out : 0;
    if (options.packets_per_second != 0) {
      const double seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
      const auto due =
          static_cast<std::uint64_t>(seconds * static_cast<double>(options.packets_per_second));
      allowed = due > report.sent ? due - report.sent : 0;
    }
    const std::size_t count = std::min(allowed, batch.size());
    if (count == 0) {
      constexpr int kLostAfterMilliseconds = 50;
      const std::uint64_t before = report.returned;
      wait_readable(*socket, options.packets_per_second != 0 ? 1 : kLostAfterMilliseconds);
      receive_all(*socket, load, report);
      if (options.packets_per_second == 0 && report.returned == before) given_up += out;
      continue;
    }
    const auto now = SteadyClock::now();
    std::generate_n(batch.begin(), count, [&] { return load.next(now); });
    report.sent += count - socket->send(std::span(batch).first(count));
    receive_all(*socket, load, report);
  }
  report.elapsed = SteadyClock::now() - begin;
  report.returned_in_time = report.returned;
  while (true) {  // what comes late is not lost, but does not count for the rate
    const std::uint64_t before = report.returned;
    wait_readable(*socket, 100);
    receive_all(*socket, load, report);
    if (report.returned == before) return report;
  }
}

}  // namespace culvert::emulator
