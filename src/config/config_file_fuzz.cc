// Any bytes as a configuration: complaints perhaps, but no crash, and what was read can be read
// back by every getter.
#include <cstdint>
#include <string_view>

#include "config/config_file.h"

namespace {

void read_all(const culvert::ConfigNode& node) {
  culvert::Complaints complaints;
  node.boolean("", false, complaints);
  node.integer("", 0, complaints);
  node.size("", 0, complaints);
  node.number("", 0, complaints);
  node.duration("", {}, complaints);
  node.named_items("");
  node.texts("");
  for (const culvert::ConfigNode& child : node.children()) read_all(child);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text =
      "%YAML 1.1\n---\n" + std::string(reinterpret_cast<const char*>(data), size);
  culvert::Complaints complaints;
  culvert::ConfigNode root = culvert::parse_config(text, "fuzz", complaints, "/nonexistent/folder");
  culvert::apply_override(root, std::string_view(text).substr(14), complaints);
  read_all(root);
  culvert::dump_config(root);
  culvert::unknown_keys(root, &root);
  return 0;
}
