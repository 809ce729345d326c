// The yardstick of `make bench`: the least that an appliance behind a Gateway Load Balancer can do
// over AF_PACKET. Every GENEVE packet goes back with its addresses swapped, uninspected: recvmmsg,
// swap, sendmmsg, one thread. What culvert reaches is given as a share of this.
//
//   reflector INTERFACE
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

namespace {

constexpr unsigned kBatch = 64;
constexpr std::size_t kSlotBytes = 9216;
constexpr std::size_t kSmallestBytes = 14 + 20 + 8;  ///< Ethernet, IPv4, UDP

/// Accepts UDP to port 6081 over IPv4 without options; looks at the Ethernet frame.
bool attach_filter(int fd) {
  sock_filter program[] = {
      {BPF_LD | BPF_H | BPF_ABS, 0, 0, 12},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 5, ETH_P_IP},
      {BPF_LD | BPF_H | BPF_ABS, 0, 0, 22},  // TTL, protocol
      {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xff},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 17},
      {BPF_LD | BPF_H | BPF_ABS, 0, 0, 36},
      {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 6081},
      {BPF_RET | BPF_K, 0, 0, 0},
      {BPF_RET | BPF_K, 0, 0, 0x40000},
  };
  sock_fprog filter{sizeof program / sizeof program[0], program};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}

int open_socket(const char* interface) {
  const int fd = socket(AF_PACKET, SOCK_RAW, 0);
  const int one = 1, buffer_bytes = 32 << 20;
  sockaddr_ll name{};
  name.sll_family = AF_PACKET;
  name.sll_protocol = htons(ETH_P_IP);
  name.sll_ifindex = static_cast<int>(if_nametoindex(interface));
  if (fd < 0 || name.sll_ifindex == 0 || !attach_filter(fd)) return -1;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof buffer_bytes);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer_bytes, sizeof buffer_bytes);
  setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one);
  setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);
  // Without it the system would answer "port unreachable" to each packet as well.
  const int sink = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_port = htons(6081);
  sock_filter drop[] = {{BPF_RET | BPF_K, 0, 0, 0}};
  sock_fprog none{1, drop};
  setsockopt(sink, SOL_SOCKET, SO_ATTACH_FILTER, &none, sizeof none);
  if (bind(sink, reinterpret_cast<sockaddr*>(&any), sizeof any) != 0) return -1;
  return bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0 ? fd : -1;
}

}  // namespace

int main(int argc, char** argv) {
  const int fd = argc == 2 ? open_socket(argv[1]) : -1;
  if (fd < 0) {
    std::fprintf(stderr, "usage: reflector INTERFACE (as root)\n");
    return 1;
  }
  const auto memory = std::make_unique<std::uint8_t[]>(kBatch * kSlotBytes);
  std::vector<mmsghdr> messages(kBatch);
  std::vector<iovec> vectors(kBatch);
  while (true) {
    for (unsigned i = 0; i < kBatch; ++i) {
      vectors[i] = {memory.get() + i * kSlotBytes, kSlotBytes};
      messages[i].msg_hdr = {};
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int received = recvmmsg(fd, messages.data(), kBatch, MSG_WAITFORONE, nullptr);
    if (received <= 0) continue;
    const auto count = static_cast<unsigned>(received);
    for (unsigned i = 0; i < count; ++i) {
      auto* const frame = static_cast<std::uint8_t*>(vectors[i].iov_base);
      if (messages[i].msg_len < kSmallestBytes) continue;
      std::swap_ranges(frame, frame + 6, frame + 6);
      std::swap_ranges(frame + 26, frame + 30, frame + 30);
      vectors[i].iov_len = messages[i].msg_len;
    }
    for (unsigned done = 0; done < count;) {
      const int sent = sendmmsg(fd, &messages[done], count - done, 0);
      done += sent > 0 ? static_cast<unsigned>(sent) : 1;  // one that does not go is dropped
    }
  }
}
