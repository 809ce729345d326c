// Telnet (RFC 854): each direction is cut into commands and lines, which become frames.
//
//     IAC DO 24 | IAC SB 24 ... | IAC SE | login: | Welcome CR LF | ...
//        ctl           ctl         ctl     data         data
//
// What begins with IAC (255) is a command; all else is a line up to its LF, whatever bytes it has. The
// server's prompts for name and password have no LF: they end behind ": ".
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "app/app_parser.h"
#include "app/two_states.h"

namespace culvert::telnet {

enum FrameType : std::uint8_t { kPduFrame, kControlFrame, kDataFrame };
inline constexpr std::string_view kFrameNames[] = {"pdu", "ctl", "data"};

/// Makes no transactions, and keeps no bytes.
class TelnetParser final : public AppParser, public TwoStates {
 public:
  ParseStatus feed(const AppInput& input) override;
  /// What the gap cut goes on behind it.
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  bool recycle() override;

 private:
  enum class State : std::uint8_t {
    kBetween,
    kLine,
    kCommand,        ///< behind IAC
    kOption,         ///< the third byte of WILL, WONT, DO, DONT
    kSubnegotiation, ///< behind IAC SB
    kSubnegotiationIac,
  };
  struct Side {
    State state = State::kBetween;
    std::array<std::uint32_t, 2> frames{};  ///< ids of the pdu and of what it is
    bool after_colon = false;               ///< the last byte of the line was ':'
  };
  /// Who is to speak next in a login.
  enum class Login : std::uint8_t { kNamePrompt, kName, kPasswordPrompt, kPassword, kDone };

  void step(Side& side, std::byte byte, const AppInput& input, std::uint64_t offset);
  void begin(Side& side, FrameType type, const AppInput& input, std::uint64_t offset);
  void end(Side& side, const AppInput& input, std::uint64_t end);
  void on_line(Direction direction);
  bool expects_prompt(Direction direction) const;

  std::array<Side, 2> sides_;
  Login login_ = Login::kNamePrompt;
};

}  // namespace culvert::telnet
