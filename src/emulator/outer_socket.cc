#include "emulator/outer_socket.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "emulator/emulator_options.h"
#include "emulator/envelope.h"

namespace culvert::emulator {
namespace {

constexpr int kBufferBytes = 32 << 20;

Error system_failure(const char* what) {
  return {std::string(what) + ": " + std::generic_category().message(errno)};
}

template <class T>
bool set_option(int fd, int level, int option, const T& value) {
  return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

sock_filter instruction(unsigned code, std::uint32_t k, unsigned if_true = 0,
                        unsigned if_false = 0) {
  return {static_cast<std::uint16_t>(code), static_cast<std::uint8_t>(if_true),
          static_cast<std::uint8_t>(if_false), k};
}

bool attach(int fd, const std::vector<sock_filter>& program) {
  sock_fprog filter{};
  filter.len = static_cast<unsigned short>(program.size());
  filter.filter = const_cast<sock_filter*>(program.data());
  return set_option(fd, SOL_SOCKET, SO_ATTACH_FILTER, filter);
}

/// UDP and ICMP for one of the addresses.
std::vector<sock_filter> program_for(std::span<const std::uint32_t> addresses) {
  constexpr std::uint32_t kNet = static_cast<std::uint32_t>(SKF_NET_OFF);
  constexpr std::uint32_t kAll = 0x40000;
  std::vector<sock_filter> program{
      instruction(BPF_LD | BPF_B | BPF_ABS, kNet + 9),
      instruction(BPF_JMP | BPF_JEQ | BPF_K, 17, 2, 0),
      instruction(BPF_JMP | BPF_JEQ | BPF_K, 1, 1, 0),
      instruction(BPF_RET | BPF_K, 0),
      instruction(BPF_LD | BPF_W | BPF_ABS, kNet + 16),
  };
  for (const std::uint32_t address : addresses) {
    program.push_back(instruction(BPF_JMP | BPF_JEQ | BPF_K, address, 0, 1));
    program.push_back(instruction(BPF_RET | BPF_K, kAll));
  }
  program.push_back(instruction(BPF_RET | BPF_K, 0));
  return program;
}

Result<void> check_own_address(std::uint32_t address) {
  const Fd probe(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(address);
  if (probe && ::bind(probe.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) == 0) return {};
  return failure(v4_text(address) + " is not an address of this machine or namespace");
}

}  // namespace

Result<OuterSocket> OuterSocket::open(std::span<const std::uint32_t> addresses) {
  for (const std::uint32_t address : addresses)
    if (const auto own = check_own_address(address); !own) return tl::unexpected(own.error());

  OuterSocket socket;
  socket.send_.reset(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
  if (!socket.send_) return tl::unexpected(system_failure("cannot open a raw socket"));
  set_option(socket.send_.get(), SOL_SOCKET, SO_SNDBUFFORCE, kBufferBytes);

  socket.sink_.reset(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_port = htons(kGenevePort);
  if (!socket.sink_ || !attach(socket.sink_.get(), {instruction(BPF_RET | BPF_K, 0)}) ||
      ::bind(socket.sink_.get(), reinterpret_cast<sockaddr*>(&any), sizeof any) != 0)
    return tl::unexpected(system_failure("cannot bind UDP port 6081"));

  socket.receive_.reset(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int fd = socket.receive_.get();
  if (fd < 0 || !attach(fd, program_for(addresses)))
    return tl::unexpected(system_failure("cannot open a packet socket"));
  set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, kBufferBytes);
  set_option(fd, SOL_PACKET, PACKET_AUXDATA, 1);
  set_option(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
  sockaddr_ll all{};
  all.sll_family = AF_PACKET;
  all.sll_protocol = htons(ETH_P_IP);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&all), sizeof all) != 0)
    return tl::unexpected(system_failure("cannot bind a packet socket"));
  socket.received_.reserve(PacketSlots::kCount);
  return socket;
}

std::size_t OuterSocket::send(std::span<const Datagram> datagrams) {
  std::array<mmsghdr, PacketSlots::kCount> messages{};
  std::array<iovec, PacketSlots::kCount> vectors{};
  std::array<sockaddr_in, PacketSlots::kCount> names{};
  for (std::size_t i = 0; i < datagrams.size(); ++i) {
    // The system only reads them; iovec is for both ways.
    vectors[i] = {const_cast<std::byte*>(datagrams[i].bytes.data()), datagrams[i].bytes.size()};
    names[i].sin_family = AF_INET;
    names[i].sin_addr.s_addr = htonl(datagrams[i].target);
    messages[i].msg_hdr.msg_name = &names[i];
    messages[i].msg_hdr.msg_namelen = sizeof names[i];
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  std::size_t done = 0, failed = 0;
  while (done < datagrams.size()) {
    const int sent =
        ::sendmmsg(send_.get(), &messages[done], static_cast<unsigned>(datagrams.size() - done), 0);
    if (sent > 0) {
      done += static_cast<std::size_t>(sent);
    } else if (errno != EINTR) {
      ++done;  // this one can not be sent (too long for the interface, no route); the others may
      ++failed;
    }
  }
  return failed;
}

std::span<const OuterSocket::Received> OuterSocket::receive() {
  std::array<mmsghdr, PacketSlots::kCount> messages{};
  std::array<iovec, PacketSlots::kCount> vectors{};
  struct alignas(cmsghdr) Control {
    std::array<std::byte, CMSG_SPACE(sizeof(tpacket_auxdata))> bytes;
  };
  std::array<Control, PacketSlots::kCount> controls;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const std::span<std::byte> slot = received_slots_.slot(i);
    vectors[i] = {slot.data(), slot.size()};
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_control = controls[i].bytes.data();
    messages[i].msg_hdr.msg_controllen = controls[i].bytes.size();
  }
  received_.clear();
  const int count = ::recvmmsg(receive_.get(), messages.data(), messages.size(), 0, nullptr);
  for (int i = 0; i < count; ++i) {
    const auto index = static_cast<std::size_t>(i);
    Received packet{received_slots_.slot(index).first(messages[index].msg_len)};
    msghdr& header = messages[index].msg_hdr;
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
         part = CMSG_NXTHDR(&header, part)) {
      if (part->cmsg_level != SOL_PACKET || part->cmsg_type != PACKET_AUXDATA) continue;
      tpacket_auxdata data{};
      std::memcpy(&data, CMSG_DATA(part), sizeof data);
      packet.checksum_there = (data.tp_status & TP_STATUS_CSUMNOTREADY) == 0;
    }
    received_.push_back(packet);
  }
  return received_;
}

std::uint64_t OuterSocket::overruns() {
  tpacket_stats stats{};
  socklen_t size = sizeof stats;
  if (::getsockopt(receive_.get(), SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0)
    overruns_ += stats.tp_drops;  // reading resets it
  return overruns_;
}

}  // namespace culvert::emulator
