#include "protocols/http/multipart.h"

#include <algorithm>

#include "protocols/http/http_text.h"

namespace culvert::http1 {

std::string_view parameter_of(std::string_view value, std::string_view name) {
  while (!value.empty()) {
    // To the next ';' that stands in no quotes.
    std::size_t end = 0;
    bool quoted = false;
    for (; end < value.size() && (quoted || value[end] != ';'); ++end) {
      if (value[end] == '"') quoted = !quoted;
      if (value[end] == '\\' && quoted && end + 1 < value.size()) ++end;
    }
    std::string_view part = trim(value.substr(0, end));
    value = end < value.size() ? value.substr(end + 1) : std::string_view{};
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || !equal_nocase(trim(part.substr(0, equals)), name)) {
      continue;
    }
    part = trim(part.substr(equals + 1));
    if (!part.empty() && part.front() == '"') {
      part.remove_prefix(1);
      part = part.substr(0, part.find('"'));
    }
    return part;
  }
  return {};
}

bool MultipartParser::start(std::string_view content_type) {
  clear();
  if (!contains_nocase(content_type.substr(0, content_type.find(';')), "multipart/form-data")) {
    return false;
  }
  const std::string_view boundary = parameter_of(content_type, "boundary");
  if (boundary.empty() || boundary.size() > kMaxBoundary) return false;
  delimiter_.assign("\r\n--").append(boundary);
  held_.assign("\r\n");  // the first delimiter may stand at the very start
  state_ = State::kPreamble;
  return true;
}

void MultipartParser::clear() {
  state_ = State::kIdle;
  held_.clear();
  in_part_ = part_has_data_ = false;
}

void MultipartParser::feed(Bytes bytes, MultipartSink& sink) {
  if (state_ == State::kIdle || state_ == State::kEpilogue) return;
  std::string_view text = as_text(bytes);
  const bool was_held = !held_.empty();
  if (was_held) {
    held_.append(text);
    text = held_;
  }
  while (!text.empty()) {
    const std::size_t used = step(text, sink);
    if (used == 0) break;
    text.remove_prefix(used);
  }
  if (state_ == State::kEpilogue) text = {};
  if (was_held) {
    held_.erase(0, held_.size() - text.size());
  } else {
    held_.assign(text);
  }
}

/// How many bytes are done with; 0: more has to come.
std::size_t MultipartParser::step(std::string_view text, MultipartSink& sink) {
  switch (state_) {
    case State::kIdle:
    case State::kEpilogue:
      return text.size();
    case State::kPreamble:
    case State::kData:
      return take_data(text, sink);
    case State::kAfterDelimiter: {
      if (text.size() < 2) return 0;
      if (text.starts_with("--")) {
        state_ = State::kEpilogue;
        return text.size();
      }
      const std::size_t line = text.find('\n');  // white space may pad the line
      if (line == std::string_view::npos) {
        if (text.size() < kMaxBoundary) return 0;
        sink.complain(MultipartSink::Complaint::kGeneric);
        state_ = State::kPreamble;
        return text.size();
      }
      state_ = State::kHeaders;
      return line + 1;
    }
    case State::kHeaders: {
      if (text.starts_with("\r\n")) {
        end_headers({}, sink);
        return 2;
      }
      const std::size_t end = text.find("\r\n\r\n");
      if (end != std::string_view::npos) {
        end_headers(text.substr(0, end), sink);
        return end + 4;
      }
      if (text.size() <= kMaxHeaders) return 0;
      sink.complain(MultipartSink::Complaint::kGeneric);
      state_ = State::kPreamble;
      return text.size();
    }
  }
  return text.size();
}

std::size_t MultipartParser::take_data(std::string_view text, MultipartSink& sink) {
  const std::size_t found = text.find(delimiter_);
  std::size_t data = found;
  if (found == std::string_view::npos) {
    // The end may be the front of a delimiter.
    data = text.size();
    const std::size_t longest = std::min(text.size(), delimiter_.size() - 1);
    for (std::size_t size = longest; size > 0; --size) {
      if (!delimiter_.starts_with(text.substr(text.size() - size))) continue;
      data = text.size() - size;
      break;
    }
  }
  if (state_ == State::kData && in_part_ && data != 0) {
    part_has_data_ = true;
    sink.on_part(as_bytes(text.substr(0, data)));
  }
  if (found == std::string_view::npos) return data;
  if (in_part_) {
    if (!part_has_data_) sink.complain(MultipartSink::Complaint::kNoFileData);
    sink.end_part();
  }
  in_part_ = false;
  state_ = State::kAfterDelimiter;
  return found + delimiter_.size();
}

void MultipartParser::end_headers(std::string_view block, MultipartSink& sink) {
  // Data that is empty ends with a delimiter whose line end is that of the headers: rare, and then
  // the part has no bytes to show.
  state_ = State::kData;
  part_has_data_ = false;
  while (!block.empty()) {
    std::size_t end = block.find("\r\n");
    // Folded lines belong together.
    while (end != std::string_view::npos && end + 2 < block.size() && is_blank(block[end + 2])) {
      end = block.find("\r\n", end + 2);
    }
    const std::string_view line = block.substr(0, end);
    block = end == std::string_view::npos ? std::string_view{} : block.substr(end + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      sink.complain(MultipartSink::Complaint::kInvalidHeader);
      continue;
    }
    if (!equal_nocase(trim(line.substr(0, colon)), "Content-Disposition")) continue;
    const std::string_view name = parameter_of(line.substr(colon + 1), "filename");
    if (name.empty() || in_part_) continue;
    in_part_ = true;
    sink.begin_part(name);
  }
}

void MultipartParser::finish(MultipartSink& sink) {
  if (state_ == State::kData && in_part_) {
    if (!held_.empty()) sink.on_part(as_bytes(held_));
    sink.end_part();
  }
  clear();
}

}  // namespace culvert::http1
