// A program of writer calls from any bytes: what comes out is valid JSON, and the fast escape
// agrees with the slow one.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "event/json_writer.h"

namespace culvert {
namespace {

class Program {
 public:
  explicit Program(std::string_view code) : code_(code) {}
  std::string run() {
    open(true);
    while (!code_.empty()) step();
    while (!levels_.empty()) close();
    return std::string(json_.text());
  }

 private:
  static constexpr std::size_t kMaxDepth = 100;

  char next() {
    if (code_.empty()) return 0;
    const char c = code_.front();
    code_.remove_prefix(1);
    return c;
  }
  std::string_view next_text() {
    const auto wanted = static_cast<unsigned char>(next());
    const std::size_t size = std::min<std::size_t>(wanted, code_.size());
    const std::string_view text = code_.substr(0, size);
    code_.remove_prefix(size);
    return text;
  }
  void open(bool array) {
    if (!levels_.empty() && !levels_.back()) {
      array ? json_.begin_array("key") : json_.begin_object("key");
    } else {
      array ? json_.begin_array() : json_.begin_object();
    }
    levels_.push_back(array);
  }
  void close() {
    levels_.back() ? json_.end_array() : json_.end_object();
    levels_.pop_back();
  }
  void step() {
    const char op = next();
    const bool in_array = levels_.back();
    switch (op % 8) {
      case 0:
        if (levels_.size() > 1) close();
        return;
      case 1:
      case 2:
        if (levels_.size() < kMaxDepth) open(op % 8 == 1);
        return;
      case 3: {
        const auto here = json_.mark();
        in_array ? json_.item("taken back") : json_.field("taken", "back");
        return json_.rollback(here);
      }
      case 4:
        return in_array ? json_.item(static_cast<int>(op)) : json_.field_double("d", op / 3.0);
      case 5:
        return in_array ? json_.item(true) : json_.field_printable("p", as_bytes(next_text()));
      case 6:
        return in_array ? json_.item_raw("{}") : json_.field_base64("b", as_bytes(next_text()));
      default: {
        const std::string_view first = next_text();
        return in_array ? json_.item(first) : json_.wire_field(first, next_text());
      }
    }
  }

  std::string_view code_;
  JsonWriter json_{1};
  std::vector<bool> levels_;  ///< open ones: true is an array
};

}  // namespace
}  // namespace culvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  culvert::TextBuffer fast(1);
  culvert::TextBuffer slow(1);
  culvert::append_json_escaped(fast, text);
  culvert::append_json_escaped_slowly(slow, text);
  if (fast.text() != slow.text()) std::abort();
  if (!nlohmann::json::accept(culvert::Program(text).run())) std::abort();
  return 0;
}
