#include "protocols/ftp/ftp_keywords.h"

#include <memory>

#include "keywords/integer_match.h"
#include "protocols/ftp/ftp_types.h"
#include "rule/value.h"

namespace culvert::ftp {
namespace {

constexpr TransactionHook kBoth{.proto = AppProto::kFtp,
                                .to_server = {true, kComplete},
                                .to_client = {true, kComplete}};

const FtpTransaction& ftp(const MatchContext& context) {
  return static_cast<const FtpTransaction&>(*context.transaction);
}

struct DynamicPortIs final : Keyword {
  explicit DynamicPortIs(IntegerMatch want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    const auto& port = ftp(context).dynamic_port;
    return port && wanted.matches(*port);
  }
  const IntegerMatch wanted;
};
Result<void> compile_dynamic_port(RuleBuilder& rule, std::string_view argument) {
  const auto wanted = IntegerMatch::parse(trim(argument), 65535);
  if (!wanted) return tl::unexpected(wanted.error());
  return rule.add_transaction_match(kBoth, std::make_unique<DynamicPortIs>(*wanted));
}

struct ModeIs final : Keyword {
  explicit ModeIs(Mode want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    return ftp(context).mode == wanted;
  }
  const Mode wanted;
};
Result<void> compile_mode(RuleBuilder& rule, std::string_view argument) {
  argument = trim(argument);
  if (argument != "active" && argument != "passive") {
    return failure("ftp.mode is active or passive");
  }
  const Mode mode = argument == "active" ? Mode::kActive : Mode::kPassive;
  return rule.add_transaction_match(kBoth, std::make_unique<ModeIs>(mode));
}

struct ReplyReceivedIs final : Keyword {
  explicit ReplyReceivedIs(bool want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    return !ftp(context).replies.empty() == wanted;
  }
  const bool wanted;
};
Result<void> compile_reply_received(RuleBuilder& rule, std::string_view argument) {
  argument = trim(argument);
  const bool yes = argument == "yes" || argument == "true" || argument == "1" || argument == "on";
  const bool no = argument == "no" || argument == "false" || argument == "0" || argument == "off";
  if (!yes && !no) return failure("ftp.reply_received is yes or no");
  constexpr TransactionHook kReply{
      .proto = AppProto::kFtp, .to_server = {}, .to_client = {true, kStarted}};
  return rule.add_transaction_match(kReply, std::make_unique<ReplyReceivedIs>(yes));
}

/// PORT with the address of somebody else (RFC 2577 section 3).
struct Bounce final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    const FtpTransaction& transaction = ftp(context);
    return transaction.command == Command::kPort && transaction.dynamic_port &&
           context.flow != nullptr && transaction.port_address != context.flow->client();
  }
};
Result<void> compile_bounce(RuleBuilder& rule, std::string_view /*argument*/) {
  constexpr TransactionHook kRequest{
      .proto = AppProto::kFtp, .to_server = {true, kComplete}, .to_client = {}};
  return rule.add_transaction_match(kRequest, std::make_unique<Bounce>());
}

struct DataCommandIs final : Keyword {
  explicit DataCommandIs(Command want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    return static_cast<const FtpDataTransaction&>(*context.transaction).command == wanted;
  }
  const Command wanted;
};
Result<void> compile_data_command(RuleBuilder& rule, std::string_view argument) {
  constexpr std::pair<std::string_view, Command> kCommands[] = {
      {"retr", Command::kRetr}, {"stor", Command::kStor}, {"appe", Command::kAppe},
      {"stou", Command::kStou}, {"list", Command::kList}, {"nlst", Command::kNlst},
      {"mlsd", Command::kMlsd}};
  // Who opened the connection decides in which direction the data goes.
  constexpr TransactionHook kData{.proto = AppProto::kFtpData,
                                  .to_server = {true, kStarted},
                                  .to_client = {true, kStarted}};
  argument = trim(argument);
  for (const auto& [name, command] : kCommands) {
    if (name != argument) continue;
    return rule.add_transaction_match(kData, std::make_unique<DataCommandIs>(command));
  }
  return failure("ftpdata_command is retr, stor, appe, stou, list, nlst or mlsd");
}

constexpr KeywordSpec kDynamicPort{.name = "ftp.dynamic_port",
                                   .help = "port of the data connection that was announced",
                                   .compile = compile_dynamic_port};
constexpr KeywordSpec kMode{.name = "ftp.mode",
                            .help = "who opens the data connection: active or passive",
                            .compile = compile_mode};
constexpr KeywordSpec kReplyReceived{.name = "ftp.reply_received",
                                     .help = "whether the server has replied: yes or no",
                                     .compile = compile_reply_received};
constexpr KeywordSpec kBounce{.name = "ftpbounce",
                              .help = "PORT names an address that is not the client's",
                              .argument = KeywordArgument::kNone,
                              .compile = compile_bounce};
constexpr KeywordSpec kDataCommand{.name = "ftpdata_command",
                                   .help = "command that opened the data connection",
                                   .compile = compile_data_command};

}  // namespace

constinit const std::array<const KeywordSpec*, 4> kFtpKeywords{&kDynamicPort, &kMode,
                                                               &kReplyReceived, &kBounce};
constinit const std::array<const KeywordSpec*, 1> kFtpDataKeywords{&kDataCommand};

}  // namespace culvert::ftp
