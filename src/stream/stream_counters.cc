#include "stream/stream_counters.h"

namespace culvert {

void StreamCounters::append(std::vector<NamedCounter>& out) const {
  append_counters(*this, kStreamCounters, out);
  midstream_policy.append(ExceptionTarget::kMidstream, out);
  session_memcap_policy.append(ExceptionTarget::kStreamMemcap, out);
  reassembly_policy.append(ExceptionTarget::kStreamReassemblyMemcap, out);
}

}  // namespace culvert
