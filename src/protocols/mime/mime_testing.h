// A message through the parser, described in words.
#pragma once

#include <span>
#include <string>

#include "protocols/mime/mime_parser.h"

namespace culvert::mime {

/// Keeps what happens: "file(a.txt)[content]", "!3" for an event.
struct RecordingSink final : MimeSink {
  void on_mime_event(MimeEvent event) override {
    text += "!" + std::to_string(static_cast<int>(event)) + " ";
  }
  void begin_file(std::string_view name) override { text += "file(" + std::string(name) + ")["; }
  void append_file(Bytes bytes) override { text += as_text(bytes); }
  void end_file(bool whole) override { text += whole ? "] " : "... "; }
  std::string text;
};

struct ParsedMessage {
  Arena arena;
  MimeMessage message;
  RecordingSink sink;

  void parse(const MimeOptions& options, std::span<const Bytes> pieces) {
    MimeParser parser(options);
    LineReader lines(4096);
    parser.start(message, arena, sink);
    for (Bytes piece : pieces) {
      while (const auto line = lines.next(piece)) parser.feed(*line);
    }
    if (const auto line = lines.flush()) parser.feed(*line);
    parser.finish(true);
  }
  std::string described() const {
    std::string out = sink.text;
    for (const std::string_view name : message.attachments) out += "att:" + std::string(name) + " ";
    for (const std::string_view url : message.urls) out += "url:" + std::string(url) + " ";
    return out;
  }
};

}  // namespace culvert::mime
