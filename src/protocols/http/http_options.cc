#include "protocols/http/http_options.h"

#include <algorithm>
#include <random>
#include <span>

namespace culvert::http1 {
namespace {

constexpr ConfigChoice<Personality> kPersonalities[] = {
    {"Minimal", Personality::kMinimal},   {"Generic", Personality::kGeneric},
    {"IDS", Personality::kIds},           {"IIS_4_0", Personality::kIis40},
    {"IIS_5_0", Personality::kIis50},     {"IIS_5_1", Personality::kIis51},
    {"IIS_6_0", Personality::kIis60},     {"IIS_7_0", Personality::kIis70},
    {"IIS_7_5", Personality::kIis75},     {"Apache", Personality::kApache2},
    {"Apache_2", Personality::kApache2},  {"Apache_2_2", Personality::kApache2},
};
constexpr ConfigChoice<HttpOptions::InvalidEscape> kInvalidEscapes[] = {
    {"preserve_percent", HttpOptions::InvalidEscape::kPreserve},
    {"preserve", HttpOptions::InvalidEscape::kPreserve},
    {"remove_percent", HttpOptions::InvalidEscape::kRemovePercent},
    {"remove", HttpOptions::InvalidEscape::kRemovePercent},
    {"decode_invalid", HttpOptions::InvalidEscape::kDecode},
    {"decode", HttpOptions::InvalidEscape::kDecode},
};
constexpr ConfigChoice<SwfDecompression> kSwfTypes[] = {
    {"deflate", SwfDecompression::kDeflate},
    {"lzma", SwfDecompression::kLzma},
    {"both", SwfDecompression::kBoth},
};
enum class Switch : std::uint8_t { kNo, kYes, kAuto };
constexpr ConfigChoice<Switch> kSwitches[] = {
    {"auto", Switch::kAuto}, {"yes", Switch::kYes},  {"no", Switch::kNo},    {"true", Switch::kYes},
    {"false", Switch::kNo},  {"on", Switch::kYes},   {"off", Switch::kNo},
};

constexpr std::uint64_t kMaxOption = 0xffffffff;

std::uint32_t read_size(const ConfigNode& node, std::string_view key, std::uint32_t fallback,
                        Complaints& complaints) {
  return static_cast<std::uint32_t>(node.size(key, fallback, complaints, 0, kMaxOption));
}

/// How the servers that the personality stands for read URIs.
struct Reading {
  Personality personality;
  bool backslash_to_slash, compress_slashes, decode_separators, decode_u, decode_utf8, nul_terminates;
};
constexpr Reading kReadings[] = {
    {Personality::kMinimal, false, false, false, false, false, false},
    {Personality::kGeneric, true, true, true, false, false, false},
    {Personality::kIds, true, true, true, true, true, false},
    {Personality::kIis40, false, false, false, false, false, false},
    {Personality::kIis50, false, false, false, false, false, false},
    {Personality::kIis51, true, true, true, false, false, false},
    {Personality::kIis60, true, true, true, true, false, false},
    {Personality::kIis70, true, true, true, true, false, false},
    {Personality::kIis75, true, true, true, true, false, false},
    {Personality::kApache2, false, true, false, false, false, true},
};

void apply_personality(HttpOptions& options) {
  const Reading& reading =
      *std::ranges::find(kReadings, options.personality, &Reading::personality);
  options.path_backslash_to_slash = reading.backslash_to_slash;
  options.path_compress_slashes = reading.compress_slashes;
  options.path_decode_separators = reading.decode_separators;
  options.path_decode_u = reading.decode_u;
  options.path_decode_utf8 = reading.decode_utf8;
  options.path_nul_raw_terminates = reading.nul_terminates;
}

void read_body(const ConfigNode& node, const std::string& side, BodyOptions& body,
               Complaints& complaints) {
  body.limit = read_size(node, side + "-body-limit", body.limit, complaints);
  body.minimal_inspect_size = read_size(node, side + "-body-minimal-inspect-size",
                                        body.minimal_inspect_size, complaints);
  body.inspect_window =
      read_size(node, side + "-body-inspect-window", body.inspect_window, complaints);
}

void read_uri(const ConfigNode& node, HttpOptions& options, Complaints& complaints) {
  const auto read = [&](std::string_view key, bool& value) {
    value = node.boolean(key, value, complaints);
  };
  read("double-decode-path", options.double_decode_path);
  read("double-decode-query", options.double_decode_query);
  read("uri-include-all", options.uri_include_all);
  read("query-plusspace-decode", options.query_plus_to_space);
  read("path-convert-backslash-separators", options.path_backslash_to_slash);
  read("path-convert-lowercase", options.path_lower_case);
  read("path-nul-encoded-terminates", options.path_nul_encoded_terminates);
  read("path-nul-raw-terminates", options.path_nul_raw_terminates);
  read("path-separators-compress", options.path_compress_slashes);
  read("path-separators-decode", options.path_decode_separators);
  read("path-u-encoding-decode", options.path_decode_u);
  read("path-convert-utf8", options.path_decode_utf8);
  options.path_invalid_escape =
      node.choice("path-url-encoding-invalid-handling", kInvalidEscapes,
                  options.path_invalid_escape, complaints);
  options.utf8_replacement = static_cast<std::uint8_t>(node.integer(
      "path-bestfit-replacement-char", options.utf8_replacement, complaints, 0, 255));
}

void read_coding(const ConfigNode& node, HttpOptions& options, Complaints& complaints) {
  options.decompress_layer_limit = static_cast<std::uint32_t>(
      node.integer("response-body-decompress-layer-limit", options.decompress_layer_limit,
                   complaints, 0, kMaxOption));
  options.lzma_enabled = node.boolean("lzma-enabled", options.lzma_enabled, complaints);
  options.lzma_memlimit = node.size("lzma-memlimit", options.lzma_memlimit, complaints, 1);
  options.compression_bomb_limit =
      node.size("compression-bomb-limit", options.compression_bomb_limit, complaints, 1);
  options.compression_bomb_count = static_cast<std::uint32_t>(node.integer(
      "compression-bomb-count", options.compression_bomb_count, complaints, 0, kMaxOption));
  options.decompression_time_limit = std::chrono::microseconds(
      node.integer("decompression-time-limit", options.decompression_time_limit.count(),
                   complaints, 0, kMaxOption));
  if (const ConfigNode* swf = node.find("swf-decompression")) {
    const bool enabled = swf->boolean("enabled", false, complaints);
    const auto type = swf->choice("type", kSwfTypes, SwfDecompression::kBoth, complaints);
    options.swf_decompression = enabled ? type : SwfDecompression::kNone;
    options.swf_compress_depth = read_size(*swf, "compress-depth", 0, complaints);
    options.swf_decompress_depth = read_size(*swf, "decompress-depth", 0, complaints);
  }
}

/// Sizes differ a little from run to run, so that nobody can aim at their edges.
void randomize(const ConfigNode& node, HttpOptions& options, Complaints& complaints) {
  const bool wanted = node.boolean("randomize-inspection-sizes", true, complaints);
  const auto range = node.integer("randomize-inspection-range", 10, complaints, 0, 100);
  if (!wanted || range == 0) return;
  std::random_device source;
  const auto vary = [&](std::uint32_t& size) {
    const std::uint64_t most = std::uint64_t{size} * static_cast<std::uint64_t>(range) / 100;
    if (most == 0) return;
    std::uniform_int_distribution<std::uint64_t> pick(0, 2 * most);
    size = static_cast<std::uint32_t>(std::min<std::uint64_t>(size - most + pick(source), kMaxOption));
  };
  for (BodyOptions* body : {&options.request_body, &options.response_body}) {
    vary(body->minimal_inspect_size);
    vary(body->inspect_window);
  }
}

void read_options(const ConfigNode& node, bool inline_mode, HttpOptions& options,
                  Complaints& complaints) {
  if (node.has("personality")) {
    options.personality =
        node.choice("personality", kPersonalities, options.personality, complaints);
    apply_personality(options);
  }
  read_body(node, "request", options.request_body, complaints);
  read_body(node, "response", options.response_body, complaints);
  const Switch by_piece = node.choice("http-body-inline", kSwitches, Switch::kAuto, complaints);
  options.body_inline = by_piece == Switch::kYes || (by_piece == Switch::kAuto && inline_mode);
  options.meta_field_limit = static_cast<std::uint32_t>(
      node.integer("meta-field-limit", options.meta_field_limit, complaints, 1, 1 << 24));
  options.headers_limit = static_cast<std::uint32_t>(
      node.integer("headers-limit", options.headers_limit, complaints, 1, 1 << 20));
  options.max_tx =
      static_cast<std::uint32_t>(node.integer("max-tx", options.max_tx, complaints, 1, 1 << 20));
  read_coding(node, options, complaints);
  read_uri(node, options, complaints);
  randomize(node, options, complaints);
}

/// Addresses and networks, as one expression of the rule language.
Result<AddressSet> read_addresses(const ConfigNode& node) {
  std::string list;
  for (const std::string& text : node.texts("address")) {
    if (!list.empty()) list += ',';
    list += text;
  }
  return compile_addresses("[" + list + "]");
}

}  // namespace

std::unique_ptr<ProtocolContext> make_context(const ConfigNode& root, Complaints& complaints) {
  auto context = std::make_unique<HttpContext>();
  const bool inline_mode = root.text("stream.inline") != "auto" &&
                           root.boolean("stream.inline", false, complaints);
  const ConfigNode* const libhtp = root.find("app-layer.protocols.http.libhtp");
  static const ConfigNode kNothing;
  const ConfigNode& tree = libhtp == nullptr ? kNothing : *libhtp;

  const ConfigNode* const defaults = tree.find("default-config");
  read_options(defaults == nullptr ? kNothing : *defaults, inline_mode, context->defaults,
               complaints);
  for (const auto& [name, settings] : tree.named_items("server-config")) {
    HttpContext::Server server{.name = std::string(name), .addresses = {}, .options = {}};
    auto addresses = read_addresses(*settings);
    if (!addresses) {
      complaints.error("server-config " + server.name + ": " + addresses.error().message,
                       settings->place().text());
      continue;
    }
    server.addresses = std::move(*addresses);
    read_options(*settings, inline_mode, server.options, complaints);
    context->servers.push_back(std::move(server));
  }
  return context;
}

}  // namespace culvert::http1
