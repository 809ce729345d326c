#include "io/geneve_source.h"

#include <arpa/inet.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "io/gwlb_steering.h"
#include "net/checksum.h"
#include "net/ethernet.h"
#include "net/geneve.h"
#include "net/ip.h"

namespace culvert {
namespace {

constexpr std::size_t kUdpHeaderSize = 8;

constexpr CounterSpec<GwlbCounters> kCounters[] = {
    {"gwlb.received", "packets taken off GENEVE", &GwlbCounters::received},
    {"gwlb.received_bytes", "bytes of their outer frames", &GwlbCounters::received_bytes},
    {"gwlb.returned", "packets given back to the load balancer", &GwlbCounters::returned},
    {"gwlb.returned_bytes", "bytes of their outer frames", &GwlbCounters::returned_bytes},
    {"gwlb.dropped", "packets not given back, by their verdict", &GwlbCounters::dropped},
    {"gwlb.injected", "packets of our own sent to the load balancer", &GwlbCounters::injected},
    {"gwlb.send_errors", "packets that the system would not send", &GwlbCounters::send_errors},
    {"gwlb.ignored", "frames that are not for us", &GwlbCounters::ignored},
    {"gwlb.truncated", "frames larger than a slot of the ring; dropped", &GwlbCounters::truncated},
    {"gwlb.unknown_endpoint", "packets of endpoints that are not served; dropped",
     &GwlbCounters::unknown_endpoint},
    {"gwlb.unknown_source", "packets of load balancers that are not served; dropped",
     &GwlbCounters::unknown_source},
    {"gwlb.unknown_options",
     "packets with critical options that nobody knows; inspected all the same",
     &GwlbCounters::unknown_options},
    {"gwlb.malformed.outer_fragment", "outer IP fragments; dropped", &GwlbCounters::outer_fragment},
    {"gwlb.malformed.outer_too_small", "outer packet shorter than it says; dropped",
     &GwlbCounters::outer_too_small},
    {"gwlb.malformed.outer_header", "outer IP header not possible; dropped",
     &GwlbCounters::outer_header},
    {"gwlb.malformed.udp_length", "outer UDP length not possible; dropped",
     &GwlbCounters::udp_length},
    {"gwlb.malformed.too_small", "no room for a GENEVE header; dropped",
     &GwlbCounters::geneve_too_small},
    {"gwlb.malformed.version", "GENEVE version is not 0; dropped", &GwlbCounters::geneve_version},
    {"gwlb.malformed.options_length", "GENEVE options run past the packet; dropped",
     &GwlbCounters::geneve_options},
    {"gwlb.malformed.option_length", "a GENEVE option runs past the options; dropped",
     &GwlbCounters::gwlb_option_length},
    {"gwlb.malformed.options_missing", "not all of endpoint, attachment and cookie; dropped",
     &GwlbCounters::gwlb_options_missing},
    {"gwlb.malformed.control", "GENEVE control messages; dropped", &GwlbCounters::control},
    {"gwlb.malformed.inner_protocol", "neither IP nor Ethernet inside; dropped",
     &GwlbCounters::inner_protocol},
    {"gwlb.malformed.inner_version", "inner IP version is not the announced one; dropped",
     &GwlbCounters::inner_version},
    {"gwlb.malformed.inner_missing", "nothing inside; dropped", &GwlbCounters::inner_missing},
    {"capture.kernel_packets", "frames that the kernel had for us", &GwlbCounters::kernel_packets},
    {"capture.kernel_drops", "of these, lost as the ring was full", &GwlbCounters::kernel_drops},
};

std::string system_error(const std::string& what) { return what + ": " + std::strerror(errno); }

Result<void> attach(int socket, int level, int option, const std::vector<sock_filter>& program,
                    const char* what) {
  sock_fprog filter{static_cast<unsigned short>(program.size()),
                    const_cast<sock_filter*>(program.data())};
  if (::setsockopt(socket, level, option, &filter, sizeof filter) != 0) {
    return failure(system_error(what));
  }
  return {};
}

void set_option(int socket, int level, int option, int value) {
  // Where the system does not know it, we do without.
  [[maybe_unused]] const int ignored = ::setsockopt(socket, level, option, &value, sizeof value);
}

ifreq request_for(const std::string& interface) {
  ifreq request{};
  interface.copy(request.ifr_name, IFNAMSIZ - 1);
  return request;
}

/// Switches GRO and LRO off: what they merge is larger than any MTU, and could not be given back.
void disable_offloads(const std::string& interface) {
  const Fd socket(::socket(AF_INET, SOCK_DGRAM, 0));
  const auto ethtool = [&](void* value) {
    ifreq request = request_for(interface);
    request.ifr_data = static_cast<char*>(value);
    return ::ioctl(socket.get(), SIOCETHTOOL, &request) == 0;
  };
  ethtool_value gro{ETHTOOL_GGRO, 0};
  if (ethtool(&gro) && gro.data != 0) {
    gro = {ETHTOOL_SGRO, 0};
    if (ethtool(&gro)) log_notice(interface + ": generic receive offload switched off");
  }
  ethtool_value flags{ETHTOOL_GFLAGS, 0};
  if (ethtool(&flags) && (flags.data & ETH_FLAG_LRO) != 0) {
    flags = {ETHTOOL_SFLAGS, flags.data & ~std::uint32_t{ETH_FLAG_LRO}};
    if (ethtool(&flags)) log_notice(interface + ": large receive offload switched off");
  }
}

void put_u16(std::byte* at, std::size_t value) {
  at[0] = static_cast<std::byte>(value >> 8);
  at[1] = static_cast<std::byte>(value);
}

/// MAC and IP addresses change places; nothing else does, and no checksum has to.
void turn_around(std::span<std::byte> frame) {
  std::byte* const bytes = frame.data();
  std::swap_ranges(bytes, bytes + 6, bytes + 6);
  std::byte* const source = bytes + EthernetHeader::kSize + 12;
  std::swap_ranges(source, source + 4, source + 4);
}

}  // namespace

Result<std::vector<std::unique_ptr<GeneveSource>>> GeneveSource::open(const GwlbOptions& options) {
  const unsigned index = ::if_nametoindex(options.interface.c_str());
  if (index == 0) return failure("there is no interface '" + options.interface + "'");
  if (options.workers == 0) return failure("no workers for " + options.interface);
  if (options.disable_offloads) disable_offloads(options.interface);
  std::vector<std::unique_ptr<GeneveSource>> sources;
  int fanout_id = -1;
  for (unsigned i = 0; i < options.workers; ++i) {
    auto source = std::unique_ptr<GeneveSource>(new GeneveSource(options));
    if (i == 0) source->open_sink();
    if (auto opened = source->open_socket(static_cast<int>(index), fanout_id); !opened) {
      return failure(options.interface + ": " + opened.error().message);
    }
    sources.push_back(std::move(source));
  }
  return sources;
}

Result<void> GeneveSource::open_socket(int interface_index, int& fanout_id) {
  socket_.reset(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (!socket_) return failure(system_error("a packet socket (needs CAP_NET_RAW)"));
  const int fd = socket_.get();
  if (auto filter = attach(fd, SOL_SOCKET, SO_ATTACH_FILTER, gwlb_frame_filter(options_.port),
                           "the frame filter");
      !filter) {
    return filter;
  }
  constexpr int kSendBuffer = 32 << 20;
  set_option(fd, SOL_SOCKET, SO_SNDBUFFORCE, kSendBuffer);
  set_option(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
  set_option(fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
  if (auto mapped = ring_.map(fd, options_.ring_bytes, options_.slot_bytes); !mapped) return mapped;
  sockaddr_ll name{};
  name.sll_family = AF_PACKET;
  name.sll_protocol = htons(ETH_P_IP);
  name.sll_ifindex = interface_index;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0) {
    return failure(system_error("binding the packet socket"));
  }
  if (options_.workers > 1) {
    // The first one makes the group and gets its id from the system.
    constexpr std::uint32_t kUnique = PACKET_FANOUT_FLAG_UNIQUEID;
    const std::uint32_t mode = PACKET_FANOUT_CBPF | (fanout_id < 0 ? kUnique : 0u);
    const std::uint32_t id = fanout_id < 0 ? 0u : static_cast<std::uint32_t>(fanout_id);
    const std::uint32_t fanout = id | mode << 16;
    if (::setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &fanout, sizeof fanout) != 0) {
      return failure(system_error("PACKET_FANOUT"));
    }
    if (fanout_id < 0) {
      std::uint32_t got = 0;
      socklen_t size = sizeof got;
      if (::getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &got, &size) != 0) {
        return failure(system_error("PACKET_FANOUT"));
      }
      fanout_id = static_cast<int>(got & 0xffff);
      if (auto steered = attach(fd, SOL_PACKET, PACKET_FANOUT_DATA,
                                gwlb_steering_program(options_.steering), "the steering program");
          !steered) {
        return steered;
      }
    }
  }
  sends_.resize(kMaxSends);
  send_parts_.resize(kMaxSends);
  for (std::size_t i = 0; i < kMaxSends; ++i) {
    sends_[i].msg_hdr.msg_iov = &send_parts_[i];
    sends_[i].msg_hdr.msg_iovlen = 1;
  }
  injected_.resize(kMaxInjected * kMaxInjectedBytes);
  return {};
}

void GeneveSource::open_sink() {
  sink_.reset(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_port = htons(options_.port);
  const std::vector<sock_filter> nothing = {{BPF_RET | BPF_K, 0, 0, 0}};
  const auto filtered =
      attach(sink_.get(), SOL_SOCKET, SO_ATTACH_FILTER, nothing, "the sink's filter");
  if (!filtered || ::bind(sink_.get(), reinterpret_cast<sockaddr*>(&any), sizeof any) != 0) {
    log_warning("UDP port " + std::to_string(options_.port) + " is taken (" + std::strerror(errno) +
                "): whoever has it gets the load balancer's packets as well, and if nobody has, "
                "the system answers each with \"port unreachable\"");
    sink_.reset();
  }
}

std::size_t GeneveSource::receive(std::span<Packet> batch, std::chrono::milliseconds wait) {
  std::size_t count = 0;
  PacketRing::Frame frame;
  for (bool waited = wait.count() == 0;;) {
    while (count < batch.size() && ring_.next(frame)) {
      if (take(frame, batch[count])) {
        ++count;
      } else {
        ring_.give_back(frame.slot);
      }
    }
    if (count > 0 || waited) break;
    if (!busy_wait_.look([this] { return ring_.has_next(); })) sleep(wait);
    waited = true;
  }
  // The kernel's counts cost a system call: when there is nothing else to do, or now and then.
  constexpr unsigned kBusyTurns = 1024;
  if (count == 0 || ++busy_turns_ == kBusyTurns) {
    busy_turns_ = 0;
    update_kernel_counters();
  }
  return count;
}

void GeneveSource::sleep(std::chrono::milliseconds wait) {
  const Timestamp begin = now();
  pollfd ready{socket_.get(), POLLIN | POLLERR, 0};
  const int result = ::poll(&ready, 1, static_cast<int>(wait.count()));
  if (result == 0 || (ready.revents & POLLERR) != 0) check_interface();
  PacketRing::Frame frame;
  busy_wait_.learn(ring_.peek(frame) ? frame.time - begin : wait);
}

bool GeneveSource::take(const PacketRing::Frame& frame, Packet& packet) {
  const Bytes bytes = frame.bytes;
  const auto refuse = [](Counter& reason) {
    reason.add();
    return false;
  };
  if (frame.wire_length > bytes.size()) return refuse(counters_.truncated);
  if (bytes.size() < EthernetHeader::kSize + Ipv4Header::kMinSize) {
    return refuse(counters_.outer_too_small);
  }
  Bytes ip = bytes.subspan(EthernetHeader::kSize);
  Ipv4Header outer;
  if (Ipv4Header::parse(ip, outer) != Ipv4Header::Fault::kNone) {
    return refuse(counters_.outer_header);
  }
  if (outer.is_fragment()) return refuse(counters_.outer_fragment);
  if (outer.total_length() > ip.size()) return refuse(counters_.outer_too_small);
  const Bytes udp = ip.first(outer.total_length()).subspan(outer.bytes.size());
  if (udp.size() < kUdpHeaderSize) return refuse(counters_.udp_length);
  if (load_u16(udp, 2) != options_.port) return refuse(counters_.ignored);
  const std::size_t udp_length = load_u16(udp, 4);
  if (udp_length < kUdpHeaderSize || udp_length > udp.size()) {
    return refuse(counters_.udp_length);
  }
  GeneveHeader geneve;
  switch (GeneveHeader::parse(udp.first(udp_length).subspan(kUdpHeaderSize), geneve)) {
    case GeneveHeader::Fault::kNone:
      break;
    case GeneveHeader::Fault::kTooSmall:
      return refuse(counters_.geneve_too_small);
    case GeneveHeader::Fault::kVersion:
      return refuse(counters_.geneve_version);
    case GeneveHeader::Fault::kOptionsLength:
      return refuse(counters_.geneve_options);
  }
  GwlbMetadata metadata;
  switch (GwlbMetadata::parse(geneve.options, metadata)) {
    case GwlbMetadata::Fault::kNone:
      break;
    case GwlbMetadata::Fault::kTooLong:
      return refuse(counters_.gwlb_option_length);
    case GwlbMetadata::Fault::kMissing:
      return refuse(counters_.gwlb_options_missing);
  }
  if (geneve.is_control) return refuse(counters_.control);
  if (geneve.has_critical) counters_.unknown_options.add();
  if (!is_served(metadata.endpoint, outer.source())) return false;
  if (!parse_inner(geneve.protocol, geneve.inner, packet)) return false;
  packet.data = geneve.inner;
  packet.wire_length = static_cast<std::uint32_t>(geneve.inner.size());
  packet.time = frame.time;
  packet.number = 0;
  packet.tenant = {.id = metadata.endpoint, .kind = TenantKind::kGwlbEndpoint};
  packet.interface = 0;
  packet.source_token = frame.slot;
  counters_.received.add();
  counters_.received_bytes.add(bytes.size());
  return true;
}

bool GeneveSource::parse_inner(std::uint16_t protocol, Bytes inner, Packet& packet) {
  if (inner.empty()) {
    counters_.inner_missing.add();
    return false;
  }
  unsigned version = 0;
  switch (protocol) {
    case ether_type::kIpv4:
      version = 4;
      break;
    case ether_type::kIpv6:
      version = 6;
      break;
    case ether_type::kTransparentBridging:
      packet.link = LinkType::kEthernet;
      return true;
    default:
      counters_.inner_protocol.add();
      return false;
  }
  packet.link = LinkType::kRaw;
  if (load_u8(inner, 0) >> 4 == version) return true;
  counters_.inner_version.add();
  return false;
}

bool GeneveSource::is_served(std::uint64_t endpoint, const IpAddress& load_balancer) {
  if (!options_.endpoints.empty() && std::find(options_.endpoints.begin(), options_.endpoints.end(),
                                               endpoint) == options_.endpoints.end()) {
    counters_.unknown_endpoint.add();
    return false;
  }
  if (!options_.load_balancers.empty() &&
      std::none_of(options_.load_balancers.begin(), options_.load_balancers.end(),
                   [&](const IpNetwork& network) { return network.contains(load_balancer); })) {
    counters_.unknown_source.add();
    return false;
  }
  return true;
}

void GeneveSource::release(std::span<Packet> batch) {
  for (const Packet& packet : batch) {
    if (packet.verdict.is_drop()) {
      counters_.dropped.add();
      continue;
    }
    if (send_count_ == kMaxSends) send_all();
    const auto frame = ring_.bytes_of(static_cast<std::uint32_t>(packet.source_token));
    turn_around(frame);
    send_parts_[send_count_++] = {frame.data(), frame.size()};
    counters_.returned.add();
    counters_.returned_bytes.add(frame.size());
  }
  // Our own last: whoever is told of a reset has had the packets before it.
  for (std::size_t i = 0; i < injected_count_; ++i) {
    if (send_count_ == kMaxSends) send_all();
    std::byte* const slot = injected_.data() + i * kMaxInjectedBytes;
    std::uint16_t size = 0;
    std::memcpy(&size, slot, sizeof size);
    send_parts_[send_count_++] = {slot + sizeof size, size};
  }
  send_all();
  injected_count_ = 0;
  for (const Packet& packet : batch) {
    ring_.give_back(static_cast<std::uint32_t>(packet.source_token));
  }
}

void GeneveSource::send_all() {
  for (std::size_t done = 0; done < send_count_;) {
    const int sent =
        ::sendmmsg(socket_.get(), &sends_[done], static_cast<unsigned>(send_count_ - done), 0);
    if (sent > 0) {
      done += static_cast<std::size_t>(sent);
    } else if (errno != EINTR) {
      counters_.send_errors.add();
      ++done;  // the one that does not go
    }
  }
  send_count_ = 0;
}

bool GeneveSource::send_to_origin(const Packet& like, Bytes ip_packet) {
  const Packet& root = like.root != nullptr ? *like.root : like;
  const Bytes frame = ring_.bytes_of(static_cast<std::uint32_t>(root.source_token));
  const auto header_size = static_cast<std::size_t>(root.data.data() - frame.data());
  const std::size_t size = header_size + ip_packet.size();
  if (ip_packet.empty() || root.link != LinkType::kRaw ||
      size + sizeof(std::uint16_t) > kMaxInjectedBytes || injected_count_ == kMaxInjected) {
    counters_.send_errors.add();
    return false;
  }
  std::byte* const slot = injected_.data() + injected_count_ * kMaxInjectedBytes;
  const auto stored_size = static_cast<std::uint16_t>(size);
  std::memcpy(slot, &stored_size, sizeof stored_size);
  std::byte* const out = slot + sizeof stored_size;
  std::memcpy(out, frame.data(), header_size);
  std::memcpy(out + header_size, ip_packet.data(), ip_packet.size());
  turn_around({out, size});

  std::byte* const ip = out + EthernetHeader::kSize;
  const std::size_t ip_header_size = (std::to_integer<std::size_t>(ip[0]) & 0x0f) * 4;
  const std::size_t ip_size = size - EthernetHeader::kSize;
  put_u16(ip + 2, ip_size);
  put_u16(ip + 4, 0);  // identification: never fragmented
  put_u16(ip + 10, 0);
  const std::uint16_t checksum = checksum_fold(checksum_add(0, {ip, ip_header_size}));
  std::memcpy(ip + 10, &checksum, sizeof checksum);
  std::byte* const udp = ip + ip_header_size;
  put_u16(udp + 4, ip_size - ip_header_size);
  put_u16(udp + 6, 0);  // RFC 8926 section 3.3: may be zero over IPv4
  const bool v6 = load_u8(ip_packet, 0) >> 4 == 6;
  put_u16(udp + kUdpHeaderSize + 2, v6 ? ether_type::kIpv6 : ether_type::kIpv4);
  ++injected_count_;
  counters_.injected.add();
  return true;
}

Timestamp GeneveSource::now() const {
  return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

std::string GeneveSource::error() const {
  return is_open() ? std::string() : "interface " + options_.interface + " is down";
}

void GeneveSource::check_interface() {
  int pending = 0;
  socklen_t size = sizeof pending;
  [[maybe_unused]] const int cleared =
      ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &pending, &size);
  ifreq request = request_for(options_.interface);
  const bool known = ::ioctl(socket_.get(), SIOCGIFFLAGS, &request) == 0;
  is_open_.store(known && (request.ifr_flags & IFF_UP) != 0, std::memory_order_relaxed);
}

void GeneveSource::update_kernel_counters() {
  tpacket_stats statistics{};  // since the last call
  socklen_t size = sizeof statistics;
  if (::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size) == 0) {
    counters_.kernel_packets.add(statistics.tp_packets);
    counters_.kernel_drops.add(statistics.tp_drops);
  }
}

void GeneveSource::append_counters(std::vector<NamedCounter>& out) const {
  culvert::append_counters(counters_, kCounters, out);
}

}  // namespace culvert
