#include "emulator/blast.h"

#include <gtest/gtest.h>

namespace culvert::emulator {
namespace {

TEST(BlastReport, TellsRoundTripsByShare) {
  BlastReport report;
  EXPECT_EQ(report.round_trip_us(0.5), 0u) << "nothing came back";
  report.round_trips[20] = 98;
  report.round_trips[400] = 1;
  report.round_trips.back() = 1;
  EXPECT_EQ(report.round_trip_us(0.5), 20u);
  EXPECT_EQ(report.round_trip_us(0.98), 400u);
  EXPECT_EQ(report.round_trip_us(0.99), 10'000u) << "or later";
}

TEST(BlastReport, CountsWhatCameWhileItWasSentOnly) {
  BlastReport report;
  report.returned = 300;
  report.returned_in_time = 200;
  report.elapsed = std::chrono::milliseconds(500);
  EXPECT_EQ(report.returned_per_second(), 400);
}

TEST(BlastOptions, SayWhatIsMissing) {
  const struct {
    const char* name;
    void (*spoil)(BlastOptions&);
    bool valid;
  } cases[] = {
      {"all there", [](BlastOptions&) {}, true},
      {"no address", [](BlastOptions& options) { options.addresses.clear(); }, false},
      {"no target", [](BlastOptions& options) { options.target = 0; }, false},
      {"no flow", [](BlastOptions& options) { options.flows = 0; }, false},
      {"too small", [](BlastOptions& options) { options.inner_bytes = 20; }, false},
      {"nothing out at once", [](BlastOptions& options) { options.window = 0; }, false},
  };
  for (const auto& each : cases) {
    BlastOptions options;
    options.addresses = {1};
    options.target = 2;
    each.spoil(options);
    EXPECT_EQ(options.validate().has_value(), each.valid) << each.name;
  }
}

}  // namespace
}  // namespace culvert::emulator
