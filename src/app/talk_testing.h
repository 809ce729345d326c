// Dialogues for tests of parsers: what the two ends say, and what becomes of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "app/protocol_spec.h"
#include "event/json_writer.h"

namespace culvert {

/// Options of parsers that take none.
struct NoOptions {};

/// One flow of `kSpec`. `Options` is what the parser keeps a reference to.
template <const ProtocolSpec& kSpec, class Parser, class Tx, class Options = NoOptions>
struct ParserTalk {
  ParserTalk() : ParserTalk(Options{}) {}
  /// Of options, and of what else the parser's constructor takes.
  template <class... Args>
  explicit ParserTalk(Options chosen, Args... args)
      : options(std::move(chosen)), parser(make_parser(options, args...)) {}

  /// '>' and 'c': the client; '<' and 's': the server.
  static Direction direction_of(char who) {
    return who == '>' || who == 'c' ? Direction::kToServer : Direction::kToClient;
  }
  ParseStatus say(Direction direction, Bytes bytes) {
    return parser.feed({.flow = flow, .direction = direction, .bytes = bytes, .time = {}});
  }
  ParseStatus say(char who, Bytes bytes) { return say(direction_of(who), bytes); }
  /// "c text" and "s text": what client and server say, each with CR LF; until it is malformed.
  ParseStatus run(std::string_view lines) {
    ParseStatus status = ParseStatus::kDone;
    while (!lines.empty() && status != ParseStatus::kMalformed) {
      const std::string_view line = lines.substr(0, lines.find('\n'));
      lines.remove_prefix(std::min(line.size() + 1, lines.size()));
      status = say(line[0], as_bytes(std::string(line.substr(2)) + "\r\n"));
    }
    return status;
  }
  ParseStatus lose(char who, std::size_t missing) {
    return parser.gap({.flow = flow, .direction = direction_of(who), .bytes = {}, .time = {}},
                      missing);
  }

  std::size_t count() const { return parser.transactions().size(); }
  Tx& tx(std::size_t i) const { return static_cast<Tx&>(*parser.transactions().at(i)); }
  template <class Event>
  bool raised(std::size_t i, Event event) const {
    return tx(i).events.has(static_cast<std::uint8_t>(event));
  }
  /// "flooded bad_link_crc".
  std::string events(std::size_t i) const {
    std::string out;
    for (std::size_t e = 0; e < kSpec.events.size(); ++e) {
      if (!tx(i).events.has(static_cast<std::uint8_t>(e))) continue;
      out += (out.empty() ? "" : " ") + std::string(kSpec.events[e]);
    }
    return out;
  }
  /// As an alert has it.
  std::string json(std::size_t i) const {
    JsonWriter writer;
    writer.begin_object();
    kSpec.write_alert_metadata(flow, tx(i), writer);
    writer.end_object();
    return std::string(writer.text());
  }

  Flow flow;
  Options options;
  Parser parser;

 private:
  template <class... Args>
  static Parser make_parser([[maybe_unused]] const Options& options, Args... args) {
    if constexpr (std::is_same_v<Options, NoOptions>) {
      return Parser(args...);
    } else {
      return Parser(options, args...);
    }
  }
};

}  // namespace culvert
