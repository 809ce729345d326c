#include "detect/dataset.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <new>
#include <sstream>
#include <utility>

#include "base/hash.h"
#include "detect/base64.h"
#include "detect/json_scan.h"
#include "net/address.h"
#include "rule/value.h"

namespace culvert {
namespace {

constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string encode_base64(Bytes bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= count ? kBase64Alphabet[group >> (18 - 6 * k) & 0x3f] : '=';
    }
  }
  return out;
}

std::string encode_hex(Bytes bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const std::byte b : bytes) {
    out += kDigits[std::to_integer<std::size_t>(b >> 4)];
    out += kDigits[std::to_integer<std::size_t>(b & std::byte{0xf})];
  }
  return out;
}

std::optional<std::vector<std::byte>> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::vector<std::byte> out(text.size() / 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    unsigned value = 0;
    const char* const end = text.data() + 2 * i + 2;
    const auto [stop, error] = std::from_chars(text.data() + 2 * i, end, value, 16);
    if (error != std::errc{} || stop != end) return std::nullopt;
    out[i] = std::byte(value);
  }
  return out;
}

std::string_view name_of(DatasetType type) {
  constexpr std::string_view kNames[] = {"base64", "md5", "sha256", "ipv4", "ip"};
  return kNames[static_cast<std::size_t>(type)];
}

}  // namespace

std::optional<DatasetType> find_dataset_type(std::string_view name) {
  constexpr std::pair<std::string_view, DatasetType> kTypes[] = {
      {"string", DatasetType::kString}, {"md5", DatasetType::kMd5}, {"sha256", DatasetType::kSha256},
      {"ipv4", DatasetType::kIpv4},     {"ip", DatasetType::kIp},   {"ipv6", DatasetType::kIp}};
  for (const auto& [word, type] : kTypes) {
    if (word == name) return type;
  }
  return std::nullopt;
}

Dataset::Dataset(std::string name, DatasetType type, const DatasetOptions& options)
    : name_(std::move(name)),
      type_(type),
      has_reputation_(options.has_reputation),
      format_(options.format),
      memcap_(options.memcap_bytes.value_or(100_MiB)),
      seed_(random_seed()) {
  const std::size_t wanted = std::max<std::size_t>(options.hash_size.value_or(4096) / kShards, 8);
  for (Shard& shard : shards_) shard.buckets.resize(std::bit_ceil(wanted));
}

Dataset::~Dataset() {
  for (Shard& shard : shards_) {
    for (Entry* entry : shard.buckets) {
      while (entry != nullptr) std::free(std::exchange(entry, entry->next));
    }
  }
}

bool Dataset::fits(Bytes value) const {
  switch (type_) {
    case DatasetType::kString:
      return !value.empty() && value.size() <= 0xffffff;
    case DatasetType::kMd5:
      return value.size() == 16;
    case DatasetType::kSha256:
      return value.size() == 32;
    case DatasetType::kIpv4:
      return value.size() == 4;
    case DatasetType::kIp:
      return value.size() == 4 || value.size() == 16;
  }
  return false;
}

Dataset::Entry** Dataset::place_of(Shard& shard, std::uint64_t hash, Bytes value) {
  Entry** at = &shard.buckets[hash & (shard.buckets.size() - 1)];
  while (*at != nullptr && ((*at)->hash != hash || !std::ranges::equal((*at)->value(), value))) {
    at = &(*at)->next;
  }
  return at;
}

Dataset::Found Dataset::find(Bytes value) {
  if (!fits(value) || size() == 0) return {};
  const std::uint64_t hash = hash_bytes(value, seed_);
  Shard& shard = shards_[hash >> 58];
  std::unique_lock<std::mutex> lock(shard.mutex, std::defer_lock);
  if (writable_.load(std::memory_order_acquire)) lock.lock();
  const Entry* const found = *place_of(shard, hash, value);
  if (found == nullptr) return {};
  return {true, found->reputation, found->context};
}

void Dataset::grow(Shard& shard) {
  std::vector<Entry*> larger(shard.buckets.size() * 2);
  for (Entry* entry : shard.buckets) {
    while (entry != nullptr) {
      Entry* const next = entry->next;
      Entry*& bucket = larger[entry->hash & (larger.size() - 1)];
      entry->next = bucket;
      bucket = entry;
      entry = next;
    }
  }
  shard.buckets.swap(larger);
}

bool Dataset::insert(Bytes value, std::uint16_t reputation, std::string_view context) {
  if (!fits(value)) return false;
  const std::uint64_t hash = hash_bytes(value, seed_);
  Shard& shard = shards_[hash >> 58];
  const std::lock_guard lock(shard.mutex);
  if (*place_of(shard, hash, value) != nullptr) return false;
  const std::size_t bytes = sizeof(Entry) + value.size();
  if (memory_bytes() + bytes + context.size() > memcap_) return false;
  // The price of a value that nobody has seen before; bounded by the memcap.
  void* const room = std::malloc(bytes);
  if (room == nullptr) return false;
  auto* const entry = new (room) Entry{nullptr, hash, next_number_.fetch_add(1), context,
                                       static_cast<std::uint32_t>(value.size()), reputation};
  std::memcpy(entry->bytes(), value.data(), value.size());
  if (++shard.count > shard.buckets.size() * 2) grow(shard);
  Entry*& bucket = shard.buckets[hash & (shard.buckets.size() - 1)];
  entry->next = bucket;
  bucket = entry;
  memory_.fetch_add(bytes + context.size(), std::memory_order_relaxed);
  size_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

bool Dataset::remove(Bytes value) {
  if (!fits(value)) return false;
  const std::uint64_t hash = hash_bytes(value, seed_);
  Shard& shard = shards_[hash >> 58];
  const std::lock_guard lock(shard.mutex);
  Entry** const at = place_of(shard, hash, value);
  if (*at == nullptr) return false;
  Entry* const entry = *at;
  *at = entry->next;
  --shard.count;
  size_.fetch_sub(1, std::memory_order_relaxed);
  memory_.fetch_sub(sizeof(Entry) + entry->size + entry->context.size(), std::memory_order_relaxed);
  std::free(entry);
  return true;
}

Result<std::vector<std::byte>> Dataset::parse_value(std::string_view text) const {
  const auto bad = [&] {
    const std::string what = type_ == DatasetType::kString ? "base64 encoding" : std::string(name_of(type_));
    return failure("bad " + what + " " + name_ + "/" + std::string(text));
  };
  std::vector<std::byte> value;
  switch (type_) {
    case DatasetType::kString:
      if (format_ != DatasetFormat::kCsv) {
        value.assign(as_bytes(text).begin(), as_bytes(text).end());
      } else if (text.size() % 4 != 0 || !decode_base64(as_bytes(text), Base64Mode::kStrict, value)) {
        return bad();
      }
      return value;
    case DatasetType::kMd5:
    case DatasetType::kSha256: {
      auto bytes = decode_hex(text);
      if (!bytes || bytes->size() != (type_ == DatasetType::kMd5 ? 16u : 32u)) return bad();
      return std::move(*bytes);
    }
    case DatasetType::kIpv4:
    case DatasetType::kIp: {
      const auto address = IpAddress::parse(text);
      if (!address || (type_ == DatasetType::kIpv4 && !address->is_v4())) return bad();
      Bytes bytes = address->bytes();
      constexpr std::uint64_t kMapped = 0xffff00000000u;  // ::ffff:0:0/96
      if (address->is_v6() && address->high() == 0 && (address->low() >> 32 << 32) == kMapped) {
        bytes = bytes.subspan(12);
      }
      value.assign(bytes.begin(), bytes.end());
      return value;
    }
  }
  return bad();
}

Result<void> Dataset::read_lines(std::string_view text, const std::string& file) {
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    ++number;
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) continue;
    const auto at = [&](Error error) {
      error.where = file + ":" + std::to_string(number);
      return tl::unexpected<Error>(std::move(error));
    };
    std::uint16_t reputation = 0;
    const std::size_t comma = line.find(',');
    if (has_reputation_ != (comma != line.npos)) {
      return at({"Cannot mix dataset and datarep values for set " + name_ + " in " + file});
    }
    if (comma != line.npos) {
      const auto score = parse_unsigned(trim(line.substr(comma + 1)), 65535);
      if (!score) {
        return at({"invalid datarep value: " + name_ + "/" + std::string(line.substr(comma + 1))});
      }
      reputation = static_cast<std::uint16_t>(*score);
      line = trim(line.substr(0, comma));
    }
    const auto value = parse_value(line);
    if (!value) return at(value.error());
    insert(*value, reputation, {});
  }
  return {};
}

Result<void> Dataset::add_json(std::string_view item, const std::string& file,
                               const DatasetOptions& options) {
  const JsonValue object{item};
  const auto found = object.find(options.value_key);
  if (!found || found->is_array() || found->is_object()) {
    return failure("dataset: " + name_ + " failed to get key '" + options.value_key + "' in " + file);
  }
  const auto value = parse_value(found->plain());
  if (!value) return tl::unexpected(value.error());
  std::string context;
  if (options.remove_key && object.is_object()) {
    context = "{";
    for (const auto& [name, member] : object.members()) {
      if (name == options.value_key) continue;
      if (context.size() > 1) context += ',';
      // Names are the operator's; what needs an escape is left as it was written.
      const std::size_t begin = static_cast<std::size_t>(member.text.data() - item.data());
      const std::size_t colon = item.rfind(':', begin);
      const std::size_t close = item.rfind('"', colon);
      std::size_t open = item.rfind('"', close - 1);
      while (open > 0 && item[open - 1] == '\\') open = item.rfind('"', open - 1);
      context += item.substr(open, close - open + 1);
      context += ':';
      context += member.compact();
    }
    context += '}';
  } else {
    context = object.compact();
  }
  contexts_.push_back(std::make_unique<std::string>(std::move(context)));
  insert(*value, 0, *contexts_.back());
  return {};
}

Result<void> Dataset::read_json(std::string_view text, const std::string& file,
                                const DatasetOptions& options) {
  if (options.format == DatasetFormat::kJsonLines) {
    std::size_t at = 0;
    while (text.find_first_not_of(" \t\r\n", at) != text.npos) {
      const auto item = scan_json(text, at);
      if (!item) return failure("dataset: " + name_ + " failed to parse from '" + file + "'");
      if (auto done = add_json(item->text, file, options); !done) return done;
    }
    return {};
  }
  std::size_t at = 0;
  auto whole = scan_json(text, at);
  if (!whole) return failure("dataset: " + name_ + " failed to parse from '" + file + "'");
  const auto list = whole->find(options.array_key);
  if (!list || !list->is_array()) {
    return failure("dataset: " + file + " failed to get key '" + options.array_key + "'");
  }
  for (const JsonValue& item : list->items()) {
    if (auto done = add_json(item.text, file, options); !done) return done;
  }
  return {};
}

Result<void> Dataset::read(const std::filesystem::path& file, const DatasetOptions& options) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in) return failure("cannot read " + file.string() + ": " + std::strerror(errno));
  text << in.rdbuf();
  const std::string content = std::move(text).str();
  if (options.format == DatasetFormat::kCsv) return read_lines(content, file.string());
  return read_json(content, file.string(), options);
}

Result<void> Dataset::write(const std::filesystem::path& file) {
  std::vector<std::pair<std::uint64_t, std::string>> lines;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (Entry* entry : shard.buckets) {
      for (; entry != nullptr; entry = entry->next) {
        std::string line;
        switch (type_) {
          case DatasetType::kString:
            line = encode_base64(entry->value());
            break;
          case DatasetType::kMd5:
          case DatasetType::kSha256:
            line = encode_hex(entry->value());
            break;
          case DatasetType::kIpv4:
          case DatasetType::kIp:
            line = IpAddress::from_bytes(entry->value()).full_text();
            break;
        }
        if (has_reputation_) line += "," + std::to_string(entry->reputation);
        lines.emplace_back(entry->number, std::move(line));
      }
    }
  }
  std::ranges::sort(lines);
  // Whole or not at all: what was there stays until the new file is complete.
  const std::filesystem::path next = file.string() + ".new";
  std::error_code ignored;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), ignored);
  {
    std::ofstream out(next, std::ios::binary | std::ios::trunc);
    for (const auto& [number, line] : lines) out << line << '\n';
    out.flush();
    if (!out) return failure("cannot write " + next.string() + ": " + std::strerror(errno));
  }
  std::error_code error;
  std::filesystem::rename(next, file, error);
  if (error) return failure("cannot write " + file.string() + ": " + error.message());
  return {};
}

}  // namespace culvert
