#include "io/gwlb_steering.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <algorithm>

namespace culvert {
namespace {

constexpr std::uint32_t kEverything = 0x40000;  // how much of a frame is taken

sock_filter op(unsigned code, std::uint32_t k) {
  return {static_cast<std::uint16_t>(code), 0, 0, k};
}
/// Jumps are counted in instructions after this one.
sock_filter jump(unsigned test, std::uint32_t k, std::uint8_t if_true, std::uint8_t if_false) {
  return {static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), if_true, if_false, k};
}
constexpr unsigned kLoadWord = BPF_LD | BPF_W, kLoadHalf = BPF_LD | BPF_H,
                   kLoadByte = BPF_LD | BPF_B;

}  // namespace

std::vector<sock_filter> gwlb_frame_filter(std::uint16_t port) {
  constexpr std::uint32_t kIp = ETH_HLEN;
  constexpr auto kPacketType = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE);
  return {
      op(kLoadByte | BPF_ABS, kPacketType),
      jump(BPF_JEQ, PACKET_HOST, 0, 9),
      op(kLoadHalf | BPF_ABS, 12),
      jump(BPF_JEQ, ETH_P_IP, 0, 7),
      op(kLoadByte | BPF_ABS, kIp + 9),
      jump(BPF_JEQ, 17, 0, 5),
      op(kLoadHalf | BPF_ABS, kIp + 6),
      jump(BPF_JSET, 0x1fff, 4, 0),  // a later fragment has no ports
      op(BPF_LDX | BPF_B | BPF_MSH, kIp),
      op(kLoadHalf | BPF_IND, kIp + 2),
      jump(BPF_JEQ, port, 1, 0),
      op(BPF_RET | BPF_K, 0),
      op(BPF_RET | BPF_K, kEverything),
  };
}

std::vector<sock_filter> gwlb_steering_program(GwlbSteering steering) {
  constexpr std::uint32_t kSum = 0, kInner = 1;  // scratch memory
  std::vector<sock_filter> program = {
      // X: the inner packet = IP header + UDP 8 + GENEVE 8 + options.
      op(BPF_LDX | BPF_B | BPF_MSH, 0),
      op(kLoadByte | BPF_IND, 8),
      op(BPF_ALU | BPF_AND | BPF_K, 0x3f),
      op(BPF_ALU | BPF_LSH | BPF_K, 2),
      op(BPF_ALU | BPF_ADD | BPF_X, 0),
      op(BPF_ALU | BPF_ADD | BPF_K, 16),
      op(BPF_ST, kInner),
      op(BPF_MISC | BPF_TAX, 0),
      op(kLoadByte | BPF_IND, 0),
      op(BPF_ALU | BPF_RSH | BPF_K, 4),
  };
  // Sums of both addresses: the same for both directions.
  const auto add_words = [](std::vector<sock_filter>& out, std::uint32_t from, unsigned words) {
    out.push_back(op(kLoadWord | BPF_IND, from));
    for (unsigned i = 1; i < words; ++i) {
      out.push_back(op(BPF_ST, kSum));
      out.push_back(op(kLoadWord | BPF_IND, from + 4 * i));
      // A += M[kSum], by way of X.
      out.push_back(op(BPF_LDX | BPF_W | BPF_MEM, kSum));
      out.push_back(op(BPF_ALU | BPF_ADD | BPF_X, 0));
      out.push_back(op(BPF_LDX | BPF_W | BPF_MEM, kInner));
    }
    out.push_back(op(BPF_ST, kSum));
  };
  // Spreads the sum over the upper half of a word: fanout takes the result modulo the workers.
  const std::vector<sock_filter> finish = {
      op(BPF_LD | BPF_W | BPF_MEM, kSum),
      op(BPF_ALU | BPF_MUL | BPF_K, 0x9e3779b1),
      op(BPF_ALU | BPF_RSH | BPF_K, 15),
      op(BPF_RET | BPF_A, 0),
  };
  std::vector<sock_filter> v4, v6;
  add_words(v4, 12, 2);
  add_words(v6, 8, 8);
  if (steering == GwlbSteering::kFlow) {
    const auto add_ports = [](std::vector<sock_filter>& out) {
      // X: the transport header.
      out.push_back(op(kLoadHalf | BPF_IND, 0));
      out.push_back(op(BPF_ST, 2));
      out.push_back(op(kLoadHalf | BPF_IND, 2));
      out.push_back(op(BPF_LDX | BPF_W | BPF_MEM, 2));
      out.push_back(op(BPF_ALU | BPF_ADD | BPF_X, 0));
      out.push_back(op(BPF_LDX | BPF_W | BPF_MEM, kSum));
      out.push_back(op(BPF_ALU | BPF_ADD | BPF_X, 0));
      out.push_back(op(BPF_ST, kSum));
    };
    constexpr std::uint8_t kAddPortsSize = 8;
    // IPv4 TCP or UDP that is no fragment.
    v4.push_back(op(kLoadByte | BPF_IND, 9));
    v4.push_back(jump(BPF_JEQ, 6, 1, 0));
    v4.push_back(jump(BPF_JEQ, 17, 0, 7 + kAddPortsSize));
    v4.push_back(op(kLoadHalf | BPF_IND, 6));
    v4.push_back(jump(BPF_JSET, 0x3fff, 5 + kAddPortsSize, 0));
    v4.push_back(op(kLoadByte | BPF_IND, 0));
    v4.push_back(op(BPF_ALU | BPF_AND | BPF_K, 0x0f));
    v4.push_back(op(BPF_ALU | BPF_LSH | BPF_K, 2));
    v4.push_back(op(BPF_ALU | BPF_ADD | BPF_X, 0));
    v4.push_back(op(BPF_MISC | BPF_TAX, 0));
    add_ports(v4);
    // IPv6 whose first header is TCP or UDP; with extension headers, the addresses only.
    v6.push_back(op(kLoadByte | BPF_IND, 6));
    v6.push_back(jump(BPF_JEQ, 6, 1, 0));
    v6.push_back(jump(BPF_JEQ, 17, 0, 3 + kAddPortsSize));
    v6.push_back(op(BPF_MISC | BPF_TXA, 0));
    v6.push_back(op(BPF_ALU | BPF_ADD | BPF_K, 40));
    v6.push_back(op(BPF_MISC | BPF_TAX, 0));
    add_ports(v6);
  }
  v4.insert(v4.end(), finish.begin(), finish.end());
  v6.insert(v6.end(), finish.begin(), finish.end());
  program.push_back(jump(BPF_JEQ, 4, 0, static_cast<std::uint8_t>(v4.size())));
  program.insert(program.end(), v4.begin(), v4.end());
  program.insert(program.end(), v6.begin(), v6.end());
  return program;
}

}  // namespace culvert
