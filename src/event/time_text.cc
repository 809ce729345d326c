#include "event/time_text.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "base/decimal.h"

namespace culvert {
namespace {

/// `value` in `width` digits, leading zeros; higher digits are cut off.
void put_digits(char* out, std::uint64_t value, int width) {
  for (int i = width - 1; i >= 0; --i, value /= 10) {
    out[i] = static_cast<char>('0' + value % 10);
  }
}

/// The same for six digits: what changes with each record. REQUIRES: value < 1'000'000.
void put_six(char* out, std::uint64_t value) {
  using decimal::kPairs;
  const auto number = static_cast<std::uint32_t>(value);
  std::memcpy(out, &kPairs[number / 10000 * 2], 2);
  std::memcpy(out + 2, &kPairs[number / 100 % 100 * 2], 2);
  std::memcpy(out + 4, &kPairs[number % 100 * 2], 2);
}

std::int64_t zone_offset(std::int64_t second) {
  const auto time = static_cast<std::time_t>(second);
  std::tm parts = {};
  return localtime_r(&time, &parts) == nullptr ? 0 : parts.tm_gmtoff;
}

std::uint64_t microseconds(Timestamp time, std::int64_t second) {
  const auto since = time.time_since_epoch() - std::chrono::seconds(second);
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

}  // namespace

void TimeText::set_second(std::int64_t second) {
  constexpr std::int64_t kQuarter = 15 * 60;  // offsets and their changes are multiples of it
  const std::int64_t quarter = second / kQuarter - (second % kQuarter < 0 ? 1 : 0);
  if (quarter != quarter_) {
    offset_seconds_ = zone_offset(second);
    quarter_ = quarter;
  }
  const std::chrono::sys_seconds local{std::chrono::seconds(second + offset_seconds_)};
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const auto of_day = static_cast<std::uint64_t>((local - day).count());
  const auto year = static_cast<std::uint64_t>(std::abs(static_cast<int>(date.year())));
  const unsigned month = static_cast<unsigned>(date.month());
  const unsigned day_of_month = static_cast<unsigned>(date.day());

  std::memcpy(iso_, "0000-00-00T00:00:00.000000+0000", kIsoSize);
  put_digits(iso_, year, 4);
  put_digits(iso_ + 5, month, 2);
  put_digits(iso_ + 8, day_of_month, 2);
  put_digits(iso_ + 11, of_day / 3600, 2);
  put_digits(iso_ + 14, of_day / 60 % 60, 2);
  put_digits(iso_ + 17, of_day % 60, 2);
  const auto offset = static_cast<std::uint64_t>(std::abs(offset_seconds_)) / 60;
  iso_[26] = offset_seconds_ < 0 ? '-' : '+';
  put_digits(iso_ + 27, offset / 60, 2);
  put_digits(iso_ + 29, offset % 60, 2);

  std::memcpy(log_, "00/00/0000-", 11);
  put_digits(log_, month, 2);
  put_digits(log_ + 3, day_of_month, 2);
  put_digits(log_ + 6, year, 4);
  std::memcpy(log_ + 11, iso_ + 11, 15);
  second_ = second;
}

std::string_view TimeText::iso(Timestamp time) {
  const std::int64_t second = whole_seconds(time);
  if (second != second_) set_second(second);
  put_six(iso_ + 20, microseconds(time, second));
  return {iso_, kIsoSize};
}

std::string_view TimeText::log(Timestamp time) {
  const std::int64_t second = whole_seconds(time);
  if (second != second_) set_second(second);
  put_six(log_ + 20, microseconds(time, second));
  return {log_, kLogSize};
}

}  // namespace culvert
