#include "testing/capture_writer.h"

#include <stdlib.h>

#include <cstdio>
#include <fstream>

#include "testing/hex.h"

namespace culvert {
namespace {

void put_little(std::vector<std::byte>& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::abort();
}

}  // namespace

CaptureWriter::CaptureWriter(std::uint32_t link_type, bool nanoseconds)
    : nanoseconds_(nanoseconds) {
  put_little(bytes_, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 4);
  put_little(bytes_, 2, 2);
  put_little(bytes_, 4, 2);
  put_little(bytes_, 0, 8);
  put_little(bytes_, 262144, 4);
  put_little(bytes_, link_type, 4);
}

void CaptureWriter::add(Bytes packet, Timestamp time, std::uint32_t wire_length) {
  const std::int64_t seconds = whole_seconds(time);
  const auto fraction = (time - make_timestamp(seconds)).count();
  put_little(bytes_, static_cast<std::uint64_t>(seconds), 4);
  put_little(bytes_, static_cast<std::uint64_t>(nanoseconds_ ? fraction : fraction / 1000), 4);
  put_little(bytes_, packet.size(), 4);
  put_little(bytes_, wire_length == 0 ? packet.size() : wire_length, 4);
  bytes_.insert(bytes_.end(), packet.begin(), packet.end());
}

void CaptureWriter::write(const std::filesystem::path& file) const {
  std::ofstream out(file, std::ios::binary);
  const std::string_view text = as_text(bytes_);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!out.flush()) fail(file.c_str());
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "culvert-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) fail(name.c_str());
  path_ = name;
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace culvert
