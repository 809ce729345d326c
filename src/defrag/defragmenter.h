// IP fragments to datagrams (RFC 791 section 3.2, RFC 8200 section 4.5), as the destination would put
// them together. One per worker.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "defrag/defrag_options.h"
#include "defrag/fragment_map.h"
#include "flow/exception_policy.h"
#include "metrics/counter.h"
#include "packet/decoder.h"
#include "packet/packet_stack.h"

namespace culvert {

struct DefragCounters {
  Counter ipv4_fragments, ipv4_reassembled, ipv6_fragments, ipv6_reassembled, max_trackers_reached,
      max_frags_reached, tracker_timeout, tracker_reuse, memuse;
  ExceptionPolicyCounters memcap_policy;

  void append(std::vector<NamedCounter>& out) const;
};

constexpr CounterSpec<DefragCounters> kDefragCounters[] = {
    {"defrag.ipv4.fragments", "IPv4 fragments", &DefragCounters::ipv4_fragments},
    {"defrag.ipv4.reassembled", "IPv4 datagrams made of fragments",
     &DefragCounters::ipv4_reassembled},
    {"defrag.ipv6.fragments", "IPv6 fragments", &DefragCounters::ipv6_fragments},
    {"defrag.ipv6.reassembled", "IPv6 datagrams made of fragments",
     &DefragCounters::ipv6_reassembled},
    {"defrag.max_trackers_reached", "Fragments left alone: too many datagrams under way",
     &DefragCounters::max_trackers_reached},
    {"defrag.max_frags_reached", "Fragments left alone: too many held",
     &DefragCounters::max_frags_reached},
    {"defrag.tracker_soft_reuse", "Datagrams begun anew under the same id after a timeout",
     &DefragCounters::tracker_reuse},
    {"defrag.wrk.tracker_timeout", "Datagrams that never became whole",
     &DefragCounters::tracker_timeout},
    {"defrag.memuse", "Bytes held for fragments", &DefragCounters::memuse, CounterKind::kGauge},
};

class Defragmenter {
 public:
  /// `workers` share the limits of `options`. References outlive it.
  Defragmenter(const DefragOptions& options, Decoder& decoder, DefragCounters& counters,
               unsigned workers = 1);

  /// Takes a fragment. When it makes its datagram whole, that is decoded and appended to `stack`;
  /// its bytes live until the stack is cleared. Events and exception policies go to the fragment.
  /// REQUIRES: fragment.is_fragment.
  void process(Packet& fragment, PacketStack& stack);
  /// Forgets datagrams that have waited too long.
  void expire(Timestamp now);

  std::size_t tracker_count() const { return active_.size(); }

 private:
  struct Key {
    IpAddress source, destination;
    Tenant tenant;
    std::array<std::uint16_t, 3> vlan{};
    std::uint32_t id = 0;
    std::uint8_t ip_proto = 0;  ///< IPv4 only
    std::uint8_t recursion_level = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::uint64_t seed;
    std::size_t operator()(const Key& key) const;
  };
  struct Tracker {
    Key key;
    FragmentMap map;
    FragmentPolicy policy = FragmentPolicy::kBsd;
    Timestamp expires{};
    // Of the fragment with offset 0: what stands before the fragmentable part, from the link layer on.
    std::array<std::byte, 256> head{};
    std::uint16_t head_size = 0;
    std::uint16_t ip_at = 0;  ///< offset of the IP header in `head`
    std::uint16_t link_at = 0;
    std::uint8_t next_header = 0;
    bool has_head = false;
    std::size_t counted_bytes = 0;  ///< of its memory, in memory_
  };
  using Trackers = std::list<Tracker>;  ///< oldest first; nodes move to free_ and back

  Tracker* find_or_create(Packet& fragment);
  void keep_head(Tracker& tracker, const Packet& fragment);
  Bytes build(const Tracker& tracker, bool ipv6);
  void retire(Tracker& tracker);
  void refuse(Packet& fragment);
  void count_memory(Tracker& tracker, std::size_t bytes);

  const DefragOptions& options_;
  Decoder& decoder_;
  DefragCounters& counters_;
  const std::uint64_t memcap_;
  const std::uint32_t max_trackers_, max_fragments_;
  Trackers active_, free_;
  std::unordered_map<Key, Trackers::iterator, KeyHash> by_key_;
  std::uint64_t memory_ = 0;
  std::uint32_t fragments_ = 0;
  /// Datagrams handed out: one packet can hold some within another, never more than layers.
  std::array<std::vector<std::byte>, PacketStack::kCapacity> datagrams_;
  std::size_t next_datagram_ = 0;
};

}  // namespace culvert
