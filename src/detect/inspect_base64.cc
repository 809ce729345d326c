#include "detect/inspect_base64.h"

#include <algorithm>
#include <utility>

#include "detect/base64.h"
#include "detect/inspect.h"

namespace culvert {

bool Base64DecodeItem::match(const MatchContext& context, const InspectBuffer& buffer,
                             InspectState& state) const noexcept {
  constexpr std::size_t kMostBytes = 65535;
  if (data.empty()) return false;
  Bytes in = buffer.bytes;
  const std::size_t begin = offset + (relative ? state.position : 0);
  if (begin >= in.size()) return false;
  in = in.subspan(begin);
  in = in.first(std::min(in.size(), bytes != 0 ? std::min<std::size_t>(bytes, kMostBytes) : kMostBytes));
  std::vector<std::byte> decoded = std::move(state.base64);  // one may stand in another's result
  decoded.clear();
  bool matches = false;
  if (decode_base64(in, Base64Mode::kRfc4648, decoded)) {
    const std::size_t position = state.position;
    matches = inspect_buffer(data, InspectBuffer{decoded}, context, state);
    state.position = position;
  }
  state.base64 = std::move(decoded);
  return matches;
}

}  // namespace culvert
