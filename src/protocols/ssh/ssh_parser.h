// SSH up to the point where it encrypts (RFC 4253): the banners of both ends, then their packets.
//
//   packet (section 6):   4 length | 1 padding length | 1 message | ... | padding
//   KEXINIT (section 7.1): message 20 | 16 cookie | 10 lists: 4 length | names | ...
//
// What follows NEWKEYS in a direction is not looked at.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "app/app_parser.h"
#include "protocols/ssh/ssh_types.h"
#include "protocols/text/line_reader.h"

namespace culvert::ssh {

enum FrameType : std::uint8_t { kHeaderFrame, kDataFrame, kPduFrame };
inline constexpr std::string_view kFrameNames[] = {"record.hdr", "record.data", "record.pdu"};

/// The parser of one flow. `options` outlive it.
class SshParser final : public AppParser {
 public:
  explicit SshParser(const SshOptions& options) : options_(options) {}

  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  void finish(Direction direction) override;
  void free_transaction(Transaction* transaction) override;
  bool recycle() override;

  /// Longest banner that is held; what exceeds it is left out.
  static constexpr std::size_t kMostBannerBytes = 4096;
  /// Longest KEXINIT that is looked into.
  static constexpr std::size_t kMostKexBytes = 65535;

 private:
  struct Side {
    enum class State : std::uint8_t {
      kBanner,
      kBannerRest,  ///< of a banner that is too long
      kHeader,      ///< of a packet
      kKex,         ///< a KEXINIT is being collected
      kSkip,        ///< in a packet that nobody reads
      kEncrypted,
    };
    State state = State::kBanner;
    LineReader lines{kMostBannerBytes};
    std::uint32_t other_lines = 0;  ///< in front of the banner
    std::uint32_t left = 0;         ///< of the packet
    std::uint8_t held_size = 0;
    std::array<std::byte, 6> held{};  ///< front of a header that was cut
    std::vector<std::byte> kex;
  };

  bool feed_banner(Direction direction, Bytes& rest, SshTransaction& tx);
  bool parse_banner(std::string_view line, Direction direction, SshTransaction& tx);
  bool feed_header(Direction direction, Bytes& rest, SshTransaction& tx);
  void feed_kex(Direction direction, Bytes& rest, SshTransaction& tx);
  void on_new_keys(Direction direction, SshTransaction& tx);
  ParseStatus give_up();

  const SshOptions& options_;
  std::array<Side, 2> sides_;
  SshTransaction* transaction_ = nullptr;  ///< null: freed, or not begun
  FrameList* frames_ = nullptr;  ///< during feed()
  std::uint64_t input_end_ = 0;  ///< stream offset behind the bytes of this call
  bool begun_ = false;
  bool failed_ = false;
};

/// The part of a KEXINIT that HASSH is made of, from behind the message number on: appended to
/// `out`. False: malformed.
bool append_hassh_string(Bytes kex, Direction sender, std::vector<std::byte>& out);

}  // namespace culvert::ssh
