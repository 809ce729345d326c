// The chop test of incremental parsers: however a stream is cut, the result is the same.
#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.h"

namespace culvert {

/// Calls run(pieces) for the stream whole, cut in two at each place, and byte by byte.
template <class Run>
void for_each_chop(Bytes stream, Run&& run) {
  using Pieces = std::vector<Bytes>;
  run(Pieces{stream});
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    run(Pieces{stream.first(cut), stream.subspan(cut)});
  }
  Pieces bytes;
  for (std::size_t i = 0; i < stream.size(); ++i) bytes.push_back(stream.subspan(i, 1));
  run(bytes);
}

}  // namespace culvert
