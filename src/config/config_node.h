// The configuration as a tree of named values, whoever wrote it: a YAML file, its includes,
// `--set`, or the built-in defaults. Modules read their options off it with typed getters:
//
//     StreamOptions parse_stream_options(const ConfigNode& root, Complaints& complaints) {
//       StreamOptions options;
//       options.memcap_bytes = root.size("stream.memcap", 64_MiB, complaints);
//       options.midstream = root.boolean("stream.midstream", false, complaints);
//       options.inline_mode = root.choice("stream.inline", kInlineModes, Inline::kAuto,
//       complaints); for (const ConfigNode& entry : root.items("af-packet")) ...
//       entry.text("interface") ... if (const ConfigNode* ftp =
//       root.find("app-layer.protocols.ftp")) ...
//     }
//
// A path is names joined by dots; an item of a list is named by its index from 0, so that
// `outputs.1.eve-log.enabled` names what `--dump-config` prints and `--set` takes. A key that is
// left out, or that has no value ("key:"), gives the getter's fallback: the compiled-in default. A
// value that makes no sense gives the fallback too, and a complaint with file, line and column that
// says what would have been right.
//
// For one thread at a time: getters note which keys were asked for, so that those which nobody
// knows can be named at the end (unknown_keys).
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace culvert {

/// Where a value was written. Counted from 1; line 0: not from a file.
struct ConfigPlace {
  std::shared_ptr<const std::string> file = {};  ///< null: built in, or made by a program
  int line = 0;
  int column = 0;

  /// "suricata.yaml:12:5", "--set", or "built-in defaults".
  std::string text() const;
};

/// A word and what it stands for; a constexpr array of them is the choice of a setting.
template <class T>
using ConfigChoice = std::pair<std::string_view, T>;

class ConfigNode {
 public:
  enum class Kind { kNull, kScalar, kMap, kSequence };

  ConfigNode() = default;
  ConfigNode(std::string name, ConfigPlace place)
      : name_(std::move(name)), place_(std::move(place)) {}

  const std::string& name() const { return name_; }  ///< key in its map, or index in its list
  Kind kind() const { return kind_; }
  const std::string& value() const { return value_; }  ///< as written; empty unless a scalar
  const ConfigPlace& place() const { return place_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  /// In the order of the file. A deque: children keep their addresses when others are added.
  const std::deque<ConfigNode>& children() const { return children_; }

  /// The node at `path` (empty: this one), or null. It then counts as asked for, its children not.
  const ConfigNode* find(std::string_view path) const;
  /// Whether something other than null is there.
  bool has(std::string_view path) const;

  // The getters. `path` may be empty: this node itself.
  std::string text(std::string_view path, std::string_view fallback = {}) const;
  /// yes, true, on, 1; no, false, off, 0; any case.
  bool boolean(std::string_view path, bool fallback, Complaints& complaints) const;
  /// Decimal, or hexadecimal after "0x".
  std::int64_t integer(std::string_view path, std::int64_t fallback, Complaints& complaints,
                       std::int64_t lowest = 0,
                       std::int64_t highest = std::numeric_limits<std::int64_t>::max()) const;
  /// Bytes: "32mb", "1 GiB", "512kb", "4096"; a kilobyte has 1024 bytes, as in Suricata.
  std::uint64_t size(std::string_view path, std::uint64_t fallback, Complaints& complaints,
                     std::uint64_t lowest = 0,
                     std::uint64_t highest = std::numeric_limits<std::uint64_t>::max()) const;
  double number(std::string_view path, double fallback, Complaints& complaints) const;
  /// Seconds without a unit, or with one of ms, s, m (or min), h, d, w.
  std::chrono::milliseconds duration(std::string_view path, std::chrono::milliseconds fallback,
                                     Complaints& complaints) const;
  /// One of the words of `choices`, any case.
  template <class T, std::size_t kCount>
  T choice(std::string_view path, const ConfigChoice<T> (&choices)[kCount], T fallback,
           Complaints& complaints) const {
    const ConfigNode* node = find_value(path);
    if (node == nullptr) return fallback;
    std::string words;
    for (const auto& [word, meaning] : choices) {
      if (same_word(word, node->value_)) return meaning;
      if (!words.empty()) words += ", ";
      words += word;
    }
    node->complain(path, "one of " + words, complaints);
    return fallback;
  }
  /// The items of the list (or the members of the map) at `path`; none when it is not there.
  const std::deque<ConfigNode>& items(std::string_view path) const;
  /// A list of texts: `[a, b]`, or a single scalar as a list of one.
  std::vector<std::string> texts(std::string_view path) const;

  /// Of a list whose items are names or maps of one name, such as `outputs:` and `types:`
  /// ("- stats", "- eve-log: {...}"): the name, and the node of its settings, which for a bare name
  /// has none.
  struct NamedItem {
    std::string_view name;
    const ConfigNode* settings;  ///< never null
  };
  std::vector<NamedItem> named_items(std::string_view path) const;

  /// Adds "file:1:2: stream.memcap: "12 zz" is not WHAT" as an error; `path` is what was asked for.
  void complain(std::string_view path, std::string_view what, Complaints& complaints) const;
  /// This node and all below count as asked for: for parts which others read, or nobody has to.
  void mark_asked() const;

  // Building.
  void set_null();
  void set_value(std::string value);
  void set_kind(Kind kind) { kind_ = kind; }
  /// The child of that name, made (at the end) when it is not there.
  ConfigNode& child(std::string_view name, const ConfigPlace& place);
  /// The node at `path`, made with all above it as needed. A scalar that gets children keeps them
  /// both. REQUIRES: of bounded depth; it recurses.
  ConfigNode& make_path(std::string_view path, const ConfigPlace& place);
  /// find() for builders: asks nothing.
  ConfigNode* find_mutable(std::string_view path);
  void clear_children() { children_.clear(); }
  void set_name(std::string name) { name_ = std::move(name); }
  void set_place(ConfigPlace place) { place_ = std::move(place); }

 private:
  friend std::vector<std::pair<std::string, const ConfigNode*>> unknown_keys(const ConfigNode&,
                                                                             const ConfigNode*);
  /// find(), but only what has a value.
  const ConfigNode* find_value(std::string_view path) const;
  static bool same_word(std::string_view a, std::string_view b);

  std::string name_;
  std::string value_;
  Kind kind_ = Kind::kNull;
  mutable bool asked_ = false;
  ConfigPlace place_;
  std::deque<ConfigNode> children_;
};

constexpr std::uint64_t operator""_KiB(unsigned long long n) { return n << 10; }
constexpr std::uint64_t operator""_MiB(unsigned long long n) { return n << 20; }

/// "1 gb" to bytes, as ConfigNode::size reads it; nothing if it is not one, or over 64 bits.
std::optional<std::uint64_t> parse_size(std::string_view text);
/// "5m" to a duration, as ConfigNode::duration reads it.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// "yes" to true, as ConfigNode::boolean reads it.
std::optional<bool> parse_boolean(std::string_view text);

/// Keys that no getter asked for, with their paths: the topmost of each branch. Keys that `known`
/// has too (the built-in defaults; list items by any index) are left out.
std::vector<std::pair<std::string, const ConfigNode*>> unknown_keys(const ConfigNode& root,
                                                                    const ConfigNode* known);
/// `a.b.c = value` lines as `suricata --dump-config` prints them.
std::string dump_config(const ConfigNode& root);

}  // namespace culvert
