// yaml-cpp gives events (start of a map, a scalar, ...) and this file makes the tree of them: so
// that keys given twice, includes and dotted names are ours to decide, and every node has its
// place. All exceptions of yaml-cpp end here.
#include "config/config_file.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

namespace culvert {

extern const std::string_view kBuiltInConfigText;  // etc/culvert.yaml, embedded by the build

namespace {

// What no configuration needs, but a hostile or broken file could ask for.
constexpr std::size_t kMaxNodes = 500'000;
constexpr std::size_t kMaxDepth = 128;
constexpr std::size_t kMaxIncludeDepth = 16;
constexpr std::size_t kMaxFiles = 256;
constexpr std::size_t kMaxFileBytes = 64u << 20;

/// Whether a key at the top of the file is or leads into `vars`, where names are the user's.
bool is_vars(std::string_view key) { return key == "vars" || key.starts_with("vars."); }

/// Names of a path that can be made: not empty, not absurdly deep.
bool is_usable_path(std::string_view path) {
  return !path.empty() && path.front() != '.' && path.back() != '.' &&
         path.find("..") == std::string_view::npos &&
         static_cast<std::size_t>(std::ranges::count(path, '.')) < kMaxDepth / 2;
}

struct Loader {
  Complaints& complaints;
  std::filesystem::path folder;  ///< of the main file
  std::size_t include_depth = 0;
  std::size_t node_count = 0;
  std::size_t file_count = 0;

  void load_file(ConfigNode& root, bool in_vars, const std::filesystem::path& file,
                 const std::string& where);
  void load_text(ConfigNode& root, bool in_vars, std::string_view text, const std::string& name);
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(Loader& loader, ConfigNode& root, bool in_vars, const std::string& file)
      : loader_(loader),
        root_(root),
        root_in_vars_(in_vars),
        file_(std::make_shared<const std::string>(file)) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expects_key()) return begin_key(mark, "");
    if (stack_.empty()) return;  // an empty file has nothing to say
    ConfigNode& node = begin_value(mark);
    node.set_null();
    finish_value(node, anchor, 1);
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    if (expects_key()) return begin_key(mark, value);
    if (stack_.empty()) fail(mark, "the file has to be a map of \"name: value\" lines");
    ConfigNode& node = begin_value(mark);
    node.set_value(value);
    finish_value(node, anchor, 1);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expects_key() || stack_.empty()) fail(mark, "an alias cannot stand here");
    const auto anchored = anchors_.find(anchor);
    if (anchored == anchors_.end()) fail(mark, "the alias stands inside of what it names");
    const auto& [original, height, size] = anchored->second;
    if (stack_.size() + height > kMaxDepth) fail(mark, "nested too deeply");
    count_nodes(mark, size);
    ConfigNode& node = begin_value(mark);
    ConfigNode copy = original;
    copy.set_name(node.name());
    node = std::move(copy);
    finish_value(node, 0, height);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin_collection(mark, ConfigNode::Kind::kSequence, anchor);
  }
  void OnSequenceEnd() override { end_collection(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin_collection(mark, ConfigNode::Kind::kMap, anchor);
  }
  void OnMapEnd() override { end_collection(); }

 private:
  /// An open map or list.
  struct Frame {
    ConfigNode* node;
    YAML::anchor_t anchor;
    std::size_t nodes_before;  ///< node_count when it began
    bool in_vars;              ///< names keep their underscores
    std::size_t height = 1;    ///< levels below and with this one
    bool has_key = false;
    std::string key = {};
    ConfigPlace key_place = {};
  };
  struct Anchored {
    ConfigNode node;
    std::size_t height;
    std::size_t size;  ///< nodes
  };

  [[noreturn]] static void fail(const YAML::Mark& mark, const std::string& message) {
    throw YAML::ParserException(mark, message);
  }
  ConfigPlace place(const YAML::Mark& mark) const {
    return {file_, mark.line + 1, mark.column + 1};
  }
  void count_nodes(const YAML::Mark& mark, std::size_t count) {
    loader_.node_count += count;
    if (loader_.node_count > kMaxNodes) fail(mark, "the configuration has too many values");
  }
  bool in_map() const {
    return !stack_.empty() && stack_.back().node->kind() == ConfigNode::Kind::kMap;
  }
  bool is_include() const { return stack_.back().key == "include"; }
  bool expects_key() const { return in_map() && !stack_.back().has_key; }

  void begin_key(const YAML::Mark& mark, std::string_view key) {
    Frame& frame = stack_.back();
    frame.key = key;
    frame.key_place = place(mark);
    frame.has_key = true;
    if (key == "include") return;
    if (!is_usable_path(key)) fail(mark, "a name is missing, or a key has empty names");
    const bool in_vars = frame.in_vars || (is_top_level(frame) && is_vars(key));
    if (!in_vars && frame.key.find('_') != std::string::npos) {
      std::ranges::replace(frame.key, '_', '-');
      loader_.complaints.warning(
          "\"" + std::string(key) + "\" is deprecated, please write \"" + frame.key + "\"",
          frame.key_place.text());
    }
  }
  bool is_top_level(const Frame& frame) const {
    return frame.node == &root_ && root_.name().empty();
  }

  /// The node that the value about to be read goes to: new, or emptied.
  ConfigNode& begin_value(const YAML::Mark& mark) {
    count_nodes(mark, 1);
    Frame& frame = stack_.back();
    if (!in_map()) {
      return frame.node->child(std::to_string(frame.node->children().size()), place(mark));
    }
    if (is_include()) {
      include_ = ConfigNode("include", frame.key_place);
      in_include_ = true;
      return include_;
    }
    if (ConfigNode* before = frame.node->find_mutable(frame.key)) {
      if (before->place().file == file_) {
        loader_.complaints.warning("\"" + frame.key + "\" is given twice (before at " +
                                       before->place().text() + "); the last counts",
                                   frame.key_place.text());
      }
      before->clear_children();
      before->set_null();
      before->set_place(frame.key_place);
      return *before;
    }
    return frame.node->make_path(frame.key, frame.key_place);
  }

  void begin_collection(const YAML::Mark& mark, ConfigNode::Kind kind, YAML::anchor_t anchor) {
    if (expects_key()) fail(mark, "a key has to be a word, not a list or a map");
    if (stack_.size() >= kMaxDepth) fail(mark, "nested too deeply");
    if (kind == ConfigNode::Kind::kMap && (in_include_ || (in_map() && is_include()))) {
      fail(mark, "include: has to name a file or a list of files");
    }
    const std::size_t nodes_before = loader_.node_count;
    if (stack_.empty()) {
      if (kind != ConfigNode::Kind::kMap) {
        fail(mark, "the file has to be a map of \"name: value\" lines");
      }
      root_.set_kind(kind);
      stack_.push_back({&root_, anchor, nodes_before, root_in_vars_});
      return;
    }
    const bool in_vars =
        stack_.back().in_vars || (is_top_level(stack_.back()) && is_vars(stack_.back().key));
    ConfigNode& node = begin_value(mark);
    node.set_kind(kind);
    stack_.push_back({&node, anchor, nodes_before, in_vars});
  }
  void end_collection() {
    const Frame frame = std::move(stack_.back());
    stack_.pop_back();
    if (stack_.empty()) return;
    finish_value(*frame.node, frame.anchor, frame.height, loader_.node_count - frame.nodes_before);
  }

  void finish_value(ConfigNode& node, YAML::anchor_t anchor, std::size_t height,
                    std::size_t size = 1) {
    if (anchor != 0) {
      count_nodes(YAML::Mark(), size);
      anchors_[anchor] = {node, height, size};
    }
    Frame& frame = stack_.back();
    frame.height = std::max(frame.height, height + 1);
    if (!in_map()) return;
    frame.has_key = false;
    if (frame.key != "include") return;
    in_include_ = false;
    const ConfigNode include = std::move(include_);
    const std::string where = include.place().text();
    const std::vector<std::string> files = include.texts("");
    if (files.empty()) {
      loader_.complaints.error("include: has to name a file or a list of files", where);
    }
    for (const std::string& file : files) {
      loader_.load_file(*frame.node, frame.in_vars, file, where);
    }
  }

  Loader& loader_;
  ConfigNode& root_;
  const bool root_in_vars_;
  std::shared_ptr<const std::string> file_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  ConfigNode include_;  ///< value of the `include:` being read
  bool in_include_ = false;
};

void Loader::load_text(ConfigNode& root, bool in_vars, std::string_view text,
                       const std::string& name) {
  if (!text.starts_with("%YAML 1.1")) {
    complaints.error("the file must begin with these two lines: \"%YAML 1.1\" and \"---\"",
                     name + ":1:1");
    return;
  }
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    TreeBuilder builder(*this, root, in_vars, name);
    parser.HandleNextDocument(builder);
  } catch (const YAML::Exception& error) {
    std::string where = name;
    if (!error.mark.is_null()) {
      where +=
          ":" + std::to_string(error.mark.line + 1) + ":" + std::to_string(error.mark.column + 1);
    }
    complaints.error("not valid YAML: " + error.msg, where);
  } catch (const std::exception& error) {
    complaints.error(std::string("not valid YAML: ") + error.what(), name);
  }
}

void Loader::load_file(ConfigNode& root, bool in_vars, const std::filesystem::path& file,
                       const std::string& where) {
  if (include_depth >= kMaxIncludeDepth || file_count >= kMaxFiles) {
    complaints.error("include: files include each other too often", where);
    return;
  }
  ++file_count;
  const std::filesystem::path path = include_depth == 0 ? file : folder / file;
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) {
    complaints.error(path.string() + " is a folder, not a file", where);
    return;
  }
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    complaints.error("cannot open " + path.string() + ": " + std::strerror(errno), where);
    return;
  }
  std::string text;
  char buffer[16384];
  while (in.read(buffer, sizeof(buffer)), in.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMaxFileBytes) {
      complaints.error(path.string() + " is too long for a configuration", where);
      return;
    }
  }
  ++include_depth;
  load_text(root, in_vars, text, path.string());
  --include_depth;
}

}  // namespace

ConfigNode load_config_file(const std::filesystem::path& file, Complaints& complaints) {
  ConfigNode root;
  root.set_kind(ConfigNode::Kind::kMap);
  Loader loader{complaints, file.parent_path()};
  loader.load_file(root, false, file, "");
  return root;
}

ConfigNode parse_config(std::string_view text, const std::string& name, Complaints& complaints,
                        const std::filesystem::path& folder) {
  ConfigNode root;
  root.set_kind(ConfigNode::Kind::kMap);
  Loader loader{complaints, folder, /*include_depth=*/1};
  loader.load_text(root, false, text, name);
  return root;
}

void include_config_file(ConfigNode& root, const std::filesystem::path& file,
                         Complaints& complaints) {
  Loader loader{complaints, file.parent_path()};
  loader.load_file(root, false, file, "");
}

std::string_view built_in_config_text() { return kBuiltInConfigText; }

ConfigNode built_in_config() {
  Complaints complaints;
  return parse_config(kBuiltInConfigText, "built-in defaults", complaints);
}

void apply_override(ConfigNode& root, std::string_view assignment, Complaints& complaints) {
  const auto trimmed = [](std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
  };
  const std::size_t equals = assignment.find('=');
  const std::string_view path = trimmed(assignment.substr(0, equals));
  if (equals == std::string_view::npos || !is_usable_path(path)) {
    complaints.error("\"" + std::string(assignment) + "\" is not of the form a.b.c=value", "--set");
    return;
  }
  static const auto kSource = std::make_shared<const std::string>("--set");
  ConfigNode& node = root.make_path(path, {kSource});
  node.set_value(std::string(trimmed(assignment.substr(equals + 1))));
  node.set_place({kSource});
}

}  // namespace culvert
