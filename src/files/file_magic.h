// What kind of file it is, as libmagic words it: "PNG image data, 32 x 32, 8-bit/color RGBA".
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"

struct magic_set;

namespace culvert {

/// One a worker: libmagic's handle is for one thread. The database is loaded with the first use, as
/// most configurations never ask.
class Magic {
 public:
  /// `database`: as the option `magic-file`; empty: libmagic's own.
  explicit Magic(std::string database = {}) : database_(std::move(database)) {}
  /// Replaces `text`; empty when it cannot be told.
  void describe(Bytes head, std::string& text);

 private:
  struct Close {
    void operator()(magic_set* handle) const;
  };
  bool load();

  std::string database_;
  bool tried_ = false;
  std::unique_ptr<magic_set, Close> handle_;
};

}  // namespace culvert
