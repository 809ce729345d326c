// A folder of files that are named by each record: tcp-data of type `dir`. A record is
//
//     | u16 size of the name | u32 size of the data | name | data |      host order
//
// Files are opened for each record and closed again: there may be one for each flow of the network.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/fd.h"
#include "event/sink.h"

namespace culvert {
namespace {

class FolderSink final : public Sink {
 public:
  explicit FolderSink(const std::string& folder) : folder_(folder) {
    std::error_code code;
    std::filesystem::create_directories(folder_, code);  // if not, writing says why
  }

  void append(std::string_view records, std::uint64_t) override {
    constexpr std::size_t kHead = sizeof(std::uint16_t) + sizeof(std::uint32_t);
    while (records.size() >= kHead) {
      std::uint16_t name_size = 0;
      std::uint32_t data_size = 0;
      std::memcpy(&name_size, records.data(), sizeof(name_size));
      std::memcpy(&data_size, records.data() + sizeof(name_size), sizeof(data_size));
      records.remove_prefix(kHead);
      const std::string_view name = records.substr(0, name_size);
      records.remove_prefix(name.size());
      const std::string_view data = records.substr(0, data_size);
      records.remove_prefix(data.size());
      write(std::string(name), data);
    }
  }
  void flush() override {}
  void reopen() override {}

 private:
  void write(const std::string& name, std::string_view data) {
    const std::string path = folder_ + "/" + name;
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    while (fd && !data.empty()) {
      const ssize_t count = ::write(fd.get(), data.data(), data.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      data.remove_prefix(static_cast<std::size_t>(count));
      if (data.empty()) on_written(1, static_cast<std::size_t>(count));
    }
    if (!fd || !data.empty()) return on_lost(1, "cannot write " + path + ": " + std::strerror(errno));
    on_success(path);
  }

  const std::string folder_;
};

}  // namespace

std::unique_ptr<Sink> make_folder_sink(const SinkOptions& options) {
  return std::make_unique<FolderSink>(options.path);
}

}  // namespace culvert
