#include "protocols/http/coding_layer.h"

#include <algorithm>

namespace culvert::http1 {
namespace {

/// Counts, and stops when there is proof enough.
class TrialOutput final : public CodecOutput {
 public:
  bool on_decoded(Bytes bytes) override {
    made += bytes.size();
    return made < kEnough;
  }
  std::size_t made = 0;

 private:
  static constexpr std::size_t kEnough = 64 * 1024;
};

/// Counts what goes through.
class CountedOutput final : public CodecOutput {
 public:
  explicit CountedOutput(CodecOutput& out) : out_(out) {}
  bool on_decoded(Bytes bytes) override {
    made += bytes.size();
    return out_.on_decoded(bytes);
  }
  std::size_t made = 0;

 private:
  CodecOutput& out_;
};

}  // namespace

void CodingLayer::start(Coding coding, std::uint64_t lzma_memory) {
  coding_ = coding;
  lzma_memory_ = lzma_memory;
  held_.clear();
  codec_ = nullptr;
  const bool is_off = coding == Coding::kLzma && lzma_memory == 0;
  state_ = is_off ? State::kPassing : State::kDeciding;
}

std::span<const CodingLayer::Form> CodingLayer::forms() const {
  static constexpr Form kGzipForms[] = {Form::kGzip, Form::kZlib, Form::kRaw};
  static constexpr Form kDeflateForms[] = {Form::kZlib, Form::kRaw, Form::kGzip};
  static constexpr Form kBrotliForms[] = {Form::kBrotli, Form::kGzip, Form::kZlib, Form::kRaw};
  static constexpr Form kLzmaForms[] = {Form::kLzma};
  switch (coding_) {
    case Coding::kGzip:
      return kGzipForms;
    case Coding::kDeflate:
      return kDeflateForms;
    case Coding::kBrotli:
      return kBrotliForms;
    case Coding::kLzma:
      return kLzmaForms;
  }
  return {};
}

Codec& CodingLayer::begin(Form form) {
  switch (form) {
    case Form::kGzip:
    case Form::kZlib:
    case Form::kRaw:
      if (inflater_ == nullptr) inflater_ = std::make_unique<Inflater>();
      inflater_->start(form == Form::kGzip   ? InflateForm::kGzip
                       : form == Form::kZlib ? InflateForm::kZlib
                                             : InflateForm::kRaw);
      return *inflater_;
    case Form::kBrotli:
      if (brotli_ == nullptr) {
        brotli_ = std::make_unique<BrotliCodec>();
      } else {
        brotli_->start();
      }
      return *brotli_;
    case Form::kLzma:
      break;
  }
  if (lzma_ == nullptr) lzma_ = std::make_unique<LzmaCodec>();
  lzma_->start(lzma_memory_);
  return *lzma_;
}

CodingLayer::Trial CodingLayer::try_form(Form form, Bytes front) {
  TrialOutput out;
  const CodecStatus status = begin(form).feed(front, out);
  return {status, out.made};
}

bool CodingLayer::decide(Bytes front, bool is_all, CodecOutput& out) {
  const Bytes all = front;
  const bool is_enough = is_all || front.size() >= kFrontSize;
  front = front.first(std::min(front.size(), kFrontSize));
  const std::span<const Form> candidates = forms();
  bool any_left = false;
  const Form* partial = nullptr;
  for (const Form& form : candidates) {
    // What a gzip header stands before is gzip, even broken, so that it needs no trial (and comes out
    // in the pieces that it came in); otherwise all of the front has to decode.
    const bool is_gzip = form == Form::kGzip;
    const Trial trial = is_gzip ? decode_gzip(all, out) : try_form(form, front);
    const bool is_proof = trial.status == CodecStatus::kStopped ||
                          (trial.made != 0 && (is_gzip || trial.status == CodecStatus::kEnd));
    const bool works = trial.status != CodecStatus::kFailed;
    if (is_proof || (works && is_enough)) {
      state_ = State::kDecoding;
      if (is_gzip) return follow(trial.status);
      codec_ = &begin(form);
      return decode(all, out);
    }
    any_left = any_left || works;
    if (works) break;  // the order counts: this one needs more bytes to be judged
    // What it is called, and broken off somewhere: what there is.
    const bool is_meant =
        coding_ == Coding::kDeflate ? form != Form::kGzip : &form == candidates.data();
    if (partial == nullptr && is_meant && trial.made != 0) partial = &form;
  }
  if (any_left) return true;
  if (partial != nullptr) {
    state_ = State::kDecoding;
    codec_ = &begin(*partial);
    return decode(all, out);
  }
  state_ = State::kPassing;
  return all.empty() || out.on_decoded(all);
}

CodingLayer::Trial CodingLayer::decode_gzip(Bytes in, CodecOutput& out) {
  CountedOutput counted(out);
  codec_ = &begin(Form::kGzip);
  const CodecStatus status = codec_->feed(in, counted);
  return {status, counted.made};
}

bool CodingLayer::decode(Bytes in, CodecOutput& out) {
  if (state_ != State::kDecoding || in.empty()) return true;
  return follow(codec_->feed(in, out));
}

bool CodingLayer::follow(CodecStatus status) {
  switch (status) {
    case CodecStatus::kGoOn:
      return true;
    case CodecStatus::kStopped:
      state_ = State::kOver;
      return false;
    case CodecStatus::kEnd:
    case CodecStatus::kFailed:
      break;
  }
  state_ = State::kOver;
  return true;
}

bool CodingLayer::feed(Bytes in, CodecOutput& out) {
  if (in.empty()) return true;
  switch (state_) {
    case State::kDecoding:
      return decode(in, out);
    case State::kPassing:
      return out.on_decoded(in);
    case State::kOver:
      return true;
    case State::kDeciding:
      break;
  }
  if (held_.empty() && in.size() >= kFrontSize) return decide(in, false, out);
  held_.insert(held_.end(), in.begin(), in.end());
  const bool goes_on = decide(held_, false, out);
  if (state_ != State::kDeciding) held_.clear();
  return goes_on;
}

bool CodingLayer::finish(CodecOutput& out) {
  if (state_ != State::kDeciding) return true;
  const bool goes_on = held_.empty() || decide(held_, true, out);
  held_.clear();
  state_ = State::kOver;
  return goes_on;
}

}  // namespace culvert::http1
