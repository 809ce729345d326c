#include "protocols/http/body_taker.h"

#include <algorithm>

#include "protocols/http/http_files.h"
#include "protocols/http/http_text.h"

namespace culvert::http1 {
namespace {

/// What is kept of a body of unlimited size beyond what rules need.
constexpr std::uint64_t kWindowSlack = 64 * 1024;

/// Forgets what rules have seen but for the window they are promised; and what nobody asks for.
void forget_unneeded(BodyWindow& body, const BodyOptions& options) {
  if (body.inspected() > options.inspect_window) {
    body.forget_before(body.inspected() - options.inspect_window);
  }
  const std::uint64_t most = std::max<std::uint64_t>(options.limit, options.minimal_inspect_size) +
                             options.inspect_window + kWindowSlack;
  if (body.end() - body.begin() > 2 * most) body.forget_before(body.end() - most);
}

}  // namespace

bool BodyTaker::on_body(Bytes bytes) {
  Message& message = tx_.message(direction_);
  const BodyOptions& options = tx_.body_options(direction_);
  const std::uint64_t before = message.entity_bytes;
  message.entity_bytes += bytes.size();
  if (files_ != nullptr) add_to_files(tx_, direction_, bytes, *files_, flow_);
  Bytes kept = bytes;
  if (options.limit != 0) {
    const std::uint64_t room = before < options.limit ? options.limit - before : 0;
    if (kept.size() > room) {
      kept = kept.first(static_cast<std::size_t>(room));
      message.body_over_limit = true;
    }
  }
  if (!kept.empty()) {
    message.body.append(kept);
    forget_unneeded(message.body, options);
  }
  return !message.body_over_limit ||
         (files_ != nullptr && files_need_more(tx_, direction_, *files_));
}

std::string_view coding_of(const Message& message) {
  constexpr std::string_view kName = "Content-Encoding";
  if (const Header* const header = message.headers.find(Field::kContentEncoding)) {
    return header->value;
  }
  for (const Header& header : message.headers) {
    std::size_t at = 0;  // what of the name has been found
    for (const char c : header.name) {
      if (c == '\0') continue;
      if (at >= kName.size() || !equal_nocase({&c, 1}, kName.substr(at, 1))) {
        at = kName.npos;
        break;
      }
      ++at;
    }
    if (at == kName.size()) return header.value;
  }
  return {};
}

bool wants_stream_rules(const BodyOptions& options, std::uint64_t before, std::uint64_t now) {
  if (options.limit != 0) {
    before = std::min<std::uint64_t>(before, options.limit);
    now = std::min<std::uint64_t>(now, options.limit);
  }
  const std::uint64_t most = std::max(options.minimal_inspect_size, options.inspect_window);
  return now > options.minimal_inspect_size && before <= 3 * most;
}

}  // namespace culvert::http1
