#include "files/file_magic.h"

#include <magic.h>

namespace culvert {

void Magic::Close::operator()(magic_set* handle) const { magic_close(handle); }

bool Magic::load() {
  if (tried_) return handle_ != nullptr;
  tried_ = true;
  handle_.reset(magic_open(MAGIC_NONE));
  if (handle_ == nullptr) return false;
  if (magic_load(handle_.get(), database_.empty() ? nullptr : database_.c_str()) != 0) {
    handle_.reset();
  }
  return handle_ != nullptr;
}

void Magic::describe(Bytes head, std::string& text) {
  text.clear();
  if (!load()) return;
  const char* const found = magic_buffer(handle_.get(), head.data(), head.size());
  if (found != nullptr) text = found;
}

}  // namespace culvert
