// Options, states, events and the one transaction of an SSH connection (RFC 4253).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "app/encryption_options.h"
#include "app/transaction.h"
#include "base/arena.h"

namespace culvert::ssh {

/// `app-layer.protocols.ssh`.
struct SshOptions {
  EncryptionHandling encryption_handling = EncryptionHandling::kTrackOnly;
  FingerprintMode hassh = FingerprintMode::kAuto;  ///< of the key exchange
};

/// Of one direction.
enum State : std::uint8_t {
  kInProgress,
  kBannerWaitEol,  ///< the banner is too long: its end is awaited
  kBannerDone,
  kFinished,  ///< encrypts from here on
};
inline constexpr std::string_view kRequestStates[] = {
    "request_in_progress", "request_banner_wait_eol", "request_banner_done", "request_finished"};
inline constexpr std::string_view kResponseStates[] = {"response_in_progress",
                                                       "response_banner_wait_eol",
                                                       "response_banner_done", "response_finished"};

enum class Event : std::uint8_t { kInvalidBanner, kLongBanner, kInvalidRecord, kLongKexRecord };
inline constexpr std::string_view kEventNames[] = {"invalid_banner", "long_banner",
                                                   "invalid_record", "long_kex_record"};

/// One end. Texts live in the transaction's arena.
struct Peer {
  std::string_view protocol;      ///< "2.0"; empty: no banner yet
  std::string_view software;      ///< "OpenSSH_9.2p1", without the comment
  std::string_view hassh_string;  ///< "kex;encryption;mac;compression"; empty: no KEXINIT yet
  mutable std::array<char, 32> hassh{};  ///< MD5 of that in hexadecimal, once asked for
  mutable bool has_hassh = false;
};

struct SshTransaction final : Transaction {
  explicit SshTransaction(FingerprintMode mode) : hassh_mode(mode) {
    progress = {kInProgress, kInProgress};
  }
  const Peer& peer(Direction sender) const { return peers[index_of(sender)]; }
  /// The end's HASSH, made on first use; empty: it has none.
  std::string_view hassh_of(Direction sender) const;

  std::array<Peer, 2> peers;
  FingerprintMode hassh_mode;
  mutable bool hassh_was_asked = false;  ///< by a rule
  mutable bool was_logged_early = false;

  bool wants_hassh() const {
    return hassh_mode == FingerprintMode::kYes ||
           (hassh_mode == FingerprintMode::kAuto && hassh_was_asked);
  }
  Arena arena{512};

  void raise(Event event) { raise_anew(event); }
};

}  // namespace culvert::ssh
