#include "base/log.h"
#include "files/file_store.h"

namespace culvert {

FileNeeds parse_forced_hashes(const ConfigNode& node) {
  FileNeeds needs;
  for (const std::string& name : node.texts("force-hash")) {
    if (name == "md5") needs.add(FileNeed::kMd5);
    if (name == "sha1") needs.add(FileNeed::kSha1);
    if (name == "sha256") needs.add(FileNeed::kSha256);
  }
  return needs;
}

FileStoreOptions parse_file_store(const ConfigNode& root, const std::string& log_dir,
                                  Complaints& complaints) {
  FileStoreOptions options;
  for (const auto& [name, node] : root.named_items("outputs")) {
    if (name != "file-store" || !node->boolean("enabled", false, complaints)) continue;
    if (const std::int64_t version = node->integer("version", 1, complaints, 1, 100); version != 2) {
      complaints.error("file-store: only version 2 is supported", node->place().text());
      continue;
    }
    options.enabled = true;
    const std::string folder = node->text("dir", "filestore");
    options.folder = folder.starts_with('/') ? folder : log_dir + "/" + folder;
    options.write_info = node->boolean("write-fileinfo", false, complaints);
    options.force = node->boolean("force-filestore", false, complaints);
    options.max_open = static_cast<std::uint32_t>(
        node->integer("max-open-files", 0, complaints, 0, 1'000'000));
    options.max_bytes = node->size("max-total-size", 0, complaints);
    options.needs = parse_forced_hashes(*node);
    options.needs.add(FileNeed::kTrack);
    if (node->boolean("force-magic", false, complaints)) options.needs.add(FileNeed::kMagic);
    if (options.force) options.needs.add(FileNeed::kStore);
    const std::uint64_t stream_depth = root.size("stream.reassembly.depth", 0, complaints);
    if (node->has("stream-depth")) {
      options.depth = node->size("stream-depth", 0, complaints);
      if (options.depth != 0 && options.depth < stream_depth) {
        complaints.warning("file-store.stream-depth value " + std::to_string(options.depth) +
                           " has no effect since it's less than stream.reassembly.depth value.");
        options.depth = 0;
      }
    }
  }
  return options;
}

}  // namespace culvert
