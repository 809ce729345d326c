#include "io/packet_ring.h"

#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>

namespace culvert {

PacketRing::~PacketRing() {
  if (memory_ != nullptr) ::munmap(memory_, size_);
}

Result<void> PacketRing::map(int socket, std::size_t ring_bytes, std::size_t slot_bytes) {
  const int version = TPACKET_V2;
  if (::setsockopt(socket, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0) {
    return failure(std::string("PACKET_VERSION: ") + std::strerror(errno));
  }
  // Blocks of up to 64 KiB, so that the kernel needs no large contiguous memory; slots do not cross
  // them. 9216 bytes: 7 slots a block, of 9360 bytes.
  constexpr std::size_t kBlock = 64u << 10;
  slot_bytes_ = (std::max<std::size_t>(slot_bytes, 256) + TPACKET_ALIGNMENT - 1) &
                ~(std::size_t{TPACKET_ALIGNMENT} - 1);
  block_bytes_ = std::max(kBlock, std::bit_ceil(slot_bytes_));
  slots_per_block_ = static_cast<std::uint32_t>(block_bytes_ / slot_bytes_);
  slot_bytes_ = block_bytes_ / slots_per_block_ & ~(std::size_t{TPACKET_ALIGNMENT} - 1);
  const std::size_t blocks = std::max<std::size_t>(ring_bytes / block_bytes_, 2);
  slots_ = static_cast<std::uint32_t>(blocks) * slots_per_block_;
  tpacket_req request{};
  request.tp_block_size = static_cast<unsigned>(block_bytes_);
  request.tp_block_nr = static_cast<unsigned>(blocks);
  request.tp_frame_size = static_cast<unsigned>(slot_bytes_);
  request.tp_frame_nr = slots_;
  if (::setsockopt(socket, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0) {
    return failure("a receive ring of " + std::to_string(blocks * block_bytes_) +
                   " bytes: " + std::strerror(errno));
  }
  size_ = blocks * block_bytes_;
  void* const memory =
      ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, socket, 0);
  if (memory == MAP_FAILED)
    return failure(std::string("mapping the ring: ") + std::strerror(errno));
  memory_ = static_cast<std::byte*>(memory);
  return {};
}

std::byte* PacketRing::slot_address(std::uint32_t slot) const {
  return memory_ + slot / slots_per_block_ * block_bytes_ + slot % slots_per_block_ * slot_bytes_;
}

std::span<std::byte> PacketRing::bytes_of(std::uint32_t slot) const {
  std::byte* const address = slot_address(slot);
  const auto* const header = reinterpret_cast<const tpacket2_hdr*>(address);
  return {address + header->tp_mac, header->tp_snaplen};
}

bool PacketRing::has_next() const {
  auto* const header = reinterpret_cast<tpacket2_hdr*>(slot_address(at_));
  return (std::atomic_ref(header->tp_status).load(std::memory_order_acquire) & TP_STATUS_USER) != 0;
}

bool PacketRing::peek(Frame& frame) const {
  if (!has_next()) return false;
  std::byte* const address = slot_address(at_);
  const auto* const header = reinterpret_cast<const tpacket2_hdr*>(address);
  frame.bytes = {address + header->tp_mac, header->tp_snaplen};
  frame.wire_length = header->tp_len;
  frame.time = make_timestamp(header->tp_sec, header->tp_nsec);
  frame.slot = at_;
  return true;
}

bool PacketRing::next(Frame& frame) {
  if (!peek(frame)) return false;
  at_ = at_ + 1 == slots_ ? 0 : at_ + 1;
  // The next header, while this one is looked at.
  __builtin_prefetch(slot_address(at_));
  return true;
}

void PacketRing::give_back(std::uint32_t slot) {
  auto* const header = reinterpret_cast<tpacket2_hdr*>(slot_address(slot));
  std::atomic_ref(header->tp_status).store(TP_STATUS_KERNEL, std::memory_order_release);
}

}  // namespace culvert
