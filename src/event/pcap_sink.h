// Packets to capture files: the writer's side of `pcap-log`. What workers hand over are not lines but
// packets, each as a head and its bytes:
//
//     | PcapRecordHead (32 bytes, host order) | captured bytes |
//
// A file begins with the first packet that the worker saw, whether that one is logged or not, and is
// followed by another when it is full:
//
//     normal   log.pcap.1444144603            one for all workers; ".136335" behind with usec
//     multi    x.%n.%t                        one a worker: %n its number, %i its thread id, %t the time
//
// With `max-files` the oldest goes when there are more, those of earlier runs included.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "packet/packet.h"

namespace culvert {

class Sink;

struct PcapSinkOptions {
  std::string folder, filename = "log.pcap";
  std::uint64_t limit_bytes = 10 << 20;
  std::uint32_t max_files = 0;  ///< 0: all stay
  bool multi = false;
  bool microseconds_in_name = false;
  bool lz4 = false, lz4_checksum = false;
  int lz4_level = 0;

  friend bool operator==(const PcapSinkOptions&, const PcapSinkOptions&) = default;
};

struct PcapRecordHead {
  std::int64_t microseconds = 0;  ///< since 1970
  std::uint32_t captured = 0, wire = 0;
  std::uint32_t link_type = 1;    ///< LINKTYPE_* of the file format
  std::uint32_t thread_id = 0;
  std::uint16_t thread = 1;       ///< number of the worker, from 1
  std::uint16_t opens = 0;        ///< 1: no packet, only the time at which files begin
  std::uint32_t unused = 0;
};
static_assert(sizeof(PcapRecordHead) == 32);

/// LINKTYPE_* (draft-ietf-opsawg-pcaplinktype) of what packets begin with.
std::uint32_t pcap_link_type(LinkType link);

std::unique_ptr<Sink> make_pcap_sink(const PcapSinkOptions& options);

}  // namespace culvert
