#include "protocols/ssh/ssh_parser.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/byte_cursor.h"

namespace culvert::ssh {
namespace {

constexpr std::size_t kLongestBanner = 255;  // RFC 4253 section 4.2
constexpr std::size_t kHeaderSize = 6;
constexpr std::uint8_t kKexInit = 20, kNewKeys = 21;
constexpr std::uint32_t kSmallestPacket = 2;  // what the length counts: padding length and message
constexpr std::uint32_t kMostOtherLines = 50;

}  // namespace

std::string_view SshTransaction::hassh_of(Direction sender) const {
  const Peer& of = peer(sender);
  if (of.hassh_string.empty()) return {};
  if (!of.has_hassh) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    EVP_Digest(of.hassh_string.data(), of.hassh_string.size(), digest.data(), &size, EVP_md5(),
               nullptr);
    constexpr char kHex[] = "0123456789abcdef";
    for (std::size_t i = 0; i < of.hassh.size(); ++i) {
      of.hassh[i] = kHex[digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
    }
    of.has_hassh = true;
  }
  return {of.hassh.data(), of.hassh.size()};
}

bool append_hassh_string(Bytes kex, Direction sender, std::vector<std::byte>& out) {
  // Key exchange, then encryption, MAC and compression of the sender's direction.
  const bool client = sender == Direction::kToServer;
  const std::array<bool, 8> wanted{true, false, client, !client, client, !client, client, !client};
  ByteCursor in(kex);
  in.skip(16);
  bool first = true;
  for (const bool is_wanted : wanted) {
    const Bytes names = in.take(in.u32());
    if (!in.ok()) return false;
    if (!is_wanted) continue;
    if (!first) out.push_back(std::byte{';'});
    first = false;
    out.insert(out.end(), names.begin(), names.end());
  }
  return true;
}

ParseStatus SshParser::feed(const AppInput& input) {
  if (failed_) return ParseStatus::kMalformed;
  if (!begun_) {
    begun_ = true;
    transaction_ = &keep(std::make_unique<SshTransaction>(options_.hassh), input.time);
  }
  if (transaction_ == nullptr) return ParseStatus::kDone;
  SshTransaction& tx = *transaction_;
  tx.last_seen = input.time;
  tx.updated[index_of(input.direction)] = true;
  Side& side = sides_[index_of(input.direction)];
  frames_ = input.frames;
  input_end_ = input.stream_offset + input.bytes.size();
  Bytes rest = input.bytes;
  while (!rest.empty()) {
    switch (side.state) {
      case Side::State::kBanner:
      case Side::State::kBannerRest:
        if (!feed_banner(input.direction, rest, tx)) return give_up();
        break;
      case Side::State::kHeader:
        if (!feed_header(input.direction, rest, tx)) return give_up();
        break;
      case Side::State::kKex:
        feed_kex(input.direction, rest, tx);
        break;
      case Side::State::kSkip: {
        const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(rest.size(), side.left));
        rest = rest.subspan(size);
        side.left -= size;
        if (side.left == 0) side.state = Side::State::kHeader;
        break;
      }
      case Side::State::kEncrypted:
        rest = {};
        break;
    }
  }
  return ParseStatus::kDone;
}

bool SshParser::feed_banner(Direction direction, Bytes& rest, SshTransaction& tx) {
  Side& side = sides_[index_of(direction)];
  std::uint8_t& progress = tx.progress[index_of(direction)];
  const auto line = side.lines.next(rest);
  if (!line) return true;
  if (side.state == Side::State::kBanner) {
    if (!parse_banner(line->text(), direction, tx)) return false;
    if (tx.peer(direction).protocol.empty()) return true;  // another line
  }
  side.state = line->ends ? Side::State::kHeader : Side::State::kBannerRest;
  progress = line->ends ? kBannerDone : kBannerWaitEol;
  return true;
}

/// SSH-protocol-software comment (section 4.2). A server may say other things before: they are
/// passed over, but noted.
bool SshParser::parse_banner(std::string_view line, Direction direction, SshTransaction& tx) {
  constexpr std::string_view kPrefix = "SSH-";
  Side& side = sides_[index_of(direction)];
  Peer& peer = tx.peers[index_of(direction)];
  if (line.size() > kLongestBanner) tx.raise(Event::kLongBanner);
  if (!line.starts_with(kPrefix)) {
    tx.raise(Event::kInvalidBanner);
    return direction == Direction::kToClient && ++side.other_lines <= kMostOtherLines;
  }
  line.remove_prefix(kPrefix.size());
  const std::size_t dash = line.find('-');
  if (dash == line.npos || dash == 0) {
    tx.raise(Event::kInvalidBanner);
    return false;
  }
  peer.protocol = tx.arena.copy(line.substr(0, dash));
  line.remove_prefix(dash + 1);
  peer.software = tx.arena.copy(line.substr(0, line.find(' ')));
  return true;
}

bool SshParser::feed_header(Direction direction, Bytes& rest, SshTransaction& tx) {
  Side& side = sides_[index_of(direction)];
  while (side.held_size < kHeaderSize && !rest.empty()) {
    side.held[side.held_size++] = rest[0];
    rest = rest.subspan(1);
  }
  if (side.held_size < kHeaderSize) return true;
  side.held_size = 0;
  ByteCursor in(side.held);
  const std::uint32_t length = in.u32();
  in.skip(1);
  const std::uint8_t message = in.u8();
  if (length < kSmallestPacket) {
    tx.raise(Event::kInvalidRecord);
    return false;
  }
  side.left = length - kSmallestPacket;
  if (frames_ != nullptr) {
    const std::uint64_t body = input_end_ - rest.size();
    frames_->add(kHeaderFrame, body - kHeaderSize, kHeaderSize, tx.id);
    frames_->add(kDataFrame, body, side.left, tx.id);
    frames_->add(kPduFrame, body - kHeaderSize, kHeaderSize + std::uint64_t{side.left}, tx.id);
  }
  side.state = side.left == 0 ? Side::State::kHeader : Side::State::kSkip;
  if (message == kNewKeys) {
    on_new_keys(direction, tx);
  } else if (message == kKexInit && options_.hassh != FingerprintMode::kNo) {
    if (length > kMostKexBytes) {
      tx.raise(Event::kLongKexRecord);
    } else if (side.left != 0 && tx.peer(direction).hassh_string.empty()) {
      side.state = Side::State::kKex;
      side.kex.clear();
    }
  }
  return true;
}

void SshParser::feed_kex(Direction direction, Bytes& rest, SshTransaction& tx) {
  Side& side = sides_[index_of(direction)];
  const Bytes piece = rest.first(std::min<std::size_t>(rest.size(), side.left));
  rest = rest.subspan(piece.size());
  side.left -= static_cast<std::uint32_t>(piece.size());
  Bytes whole = piece;
  if (side.left != 0 || !side.kex.empty()) {
    side.kex.insert(side.kex.end(), piece.begin(), piece.end());
    whole = side.kex;
  }
  if (side.left != 0) return;
  side.state = Side::State::kHeader;
  std::vector<std::byte> text;
  if (append_hassh_string(whole, direction, text)) {
    tx.peers[index_of(direction)].hassh_string = as_text(tx.arena.copy(Bytes(text)));
  }
  std::vector<std::byte>().swap(side.kex);
}

void SshParser::on_new_keys(Direction direction, SshTransaction& tx) {
  sides_[index_of(direction)].state = Side::State::kEncrypted;
  tx.progress[index_of(direction)] = kFinished;
  if (tx.progress[0] < kFinished || tx.progress[1] < kFinished) return;
  tx.updated[0] = tx.updated[1] = true;
  switch (options_.encryption_handling) {
    case EncryptionHandling::kTrackOnly:
      wishes.no_inspection = true;
      break;
    case EncryptionHandling::kBypass:
      wishes.no_inspection = true;
      wishes.bypass = true;
      break;
    case EncryptionHandling::kFull:
      break;
  }
}

ParseStatus SshParser::gap(const AppInput& input, std::size_t missing) {
  if (failed_) return ParseStatus::kMalformed;
  Side& side = sides_[index_of(input.direction)];
  if (side.state == Side::State::kEncrypted) return ParseStatus::kDone;
  const bool within = side.state == Side::State::kSkip || side.state == Side::State::kKex;
  if (!within || missing > side.left) return give_up();
  side.left -= static_cast<std::uint32_t>(missing);
  side.state = side.left == 0 ? Side::State::kHeader : Side::State::kSkip;
  return ParseStatus::kDone;
}

ParseStatus SshParser::give_up() {
  failed_ = true;
  finish(Direction::kToServer);
  finish(Direction::kToClient);
  return ParseStatus::kMalformed;
}

void SshParser::finish(Direction direction) {
  if (transaction_ == nullptr) return;
  transaction_->progress[index_of(direction)] = kFinished;
  transaction_->updated[index_of(direction)] = true;
}

void SshParser::free_transaction(Transaction* transaction) {
  transaction_ = nullptr;
  AppParser::free_transaction(transaction);
}

bool SshParser::recycle() {
  for (Side& side : sides_) {
    side.state = Side::State::kBanner;
    side.lines.reset();
    side.other_lines = side.left = 0;
    side.held_size = 0;
    side.kex.clear();
  }
  begun_ = failed_ = false;
  return true;
}

}  // namespace culvert::ssh
