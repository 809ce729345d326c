// Makes the packet sources that a run asks for: one a worker.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/run_options.h"
#include "io/packet_source.h"

namespace culvert {

struct Sources {
  std::vector<std::unique_ptr<PacketSource>> workers;
  std::vector<std::string> interfaces;  ///< names by Packet::interface; empty: files
};

/// Opens them; an error says which cannot be and why.
Result<Sources> open_sources(const RunOptions& run);

/// Whether packets of this kind of source come from a network, and whether dropping them means
/// something.
bool is_live(SourceKind kind);
bool is_inline(const RunOptions& run);

}  // namespace culvert
