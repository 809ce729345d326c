// Where the decoder of a body puts it: into the window that rules look at, and into files.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocols/http/content_decoder.h"
#include "protocols/http/http_transaction.h"

namespace culvert {
class FileTracker;
}

namespace culvert::http1 {

class BodyTaker final : public BodySink {
 public:
  /// `files` is null where nobody wants any.
  BodyTaker(HttpTransaction& tx, Direction direction, FileTracker* files, const Flow* flow)
      : tx_(tx), direction_(direction), files_(files), flow_(flow) {}

  bool on_body(Bytes bytes) override;
  void on_event(Event event) override { tx_.raise(event); }

 private:
  HttpTransaction& tx_;
  const Direction direction_;
  FileTracker* const files_;
  const Flow* const flow_;
};

/// Of the body. As in the reference, a name with zero bytes in it counts as the name without them.
std::string_view coding_of(const Message& message);

/// Whether rules on the raw stream shall look at a body, which has grown from `before` to `now`
/// bytes, before a chunk has come together. As in the reference: from where the body's own rules
/// begin to look, until three times what they see at once; past `limit` it stays as it was there.
bool wants_stream_rules(const BodyOptions& options, std::uint64_t before, std::uint64_t now);

}  // namespace culvert::http1
