#include "control/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace culvert {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Two workers that move, with rules.
EngineStatus good_status() {
  EngineStatus status;
  status.workers.resize(2);
  for (WorkerStatus& worker : status.workers) {
    worker.turns = 10;
    worker.capture_open = true;
  }
  status.rule_generation = 1;
  status.rules_loaded = 4;
  return status;
}

TEST(Health, WhatMakesItNotReady) {
  struct Case {
    const char* name;
    std::function<void(EngineStatus&, WorkerStalls&)> change;
    bool ready, live;
    const char* reason;
  };
  const Case cases[] = {
      {"all is well", [](auto&, auto&) {}, true, true, nullptr},
      {"no worker", [](auto& s, auto& w) { s.workers.clear(), w.clear(); }, false, true,
       "no worker"},
      {"a worker that never ran", [](auto& s, auto&) { s.workers[1].turns = 0; }, false, true,
       "worker 1 has not begun"},
      {"a short stall", [](auto&, auto& w) { w[0] = 1900ms; }, true, true, nullptr},
      {"a stall", [](auto&, auto& w) { w[1] = 2100ms; }, false, true,
       "worker 1 has not moved for 2.1 s"},
      {"a long stall", [](auto&, auto& w) { w[0] = 11s; }, false, false,
       "worker 0 has not moved for 11.0 s"},
      {"capture closed",
       [](auto& s, auto&) {
         s.workers[0].capture_open = false;
         s.workers[0].capture_error = "ens5: Network is down";
       },
       false, true, "worker 0 has no open capture: ens5: Network is down"},
      {"capture in trouble", [](auto& s, auto&) { s.workers[0].capture_error = "bad"; }, false,
       true, "worker 0: bad"},
      {"end of the source", [](auto& s, auto&) { s.workers[0].finished = true; }, false, true,
       "end of its source"},
      {"no rules yet", [](auto& s, auto&) { s.rule_generation = 0; }, false, true,
       "not loaded yet"},
      {"no rules, on purpose",
       [](auto& s, auto&) {
         s.rule_generation = 0;
         s.detection_wanted = false;
       },
       true, true, nullptr},
      {"all rules bad",
       [](auto& s, auto&) {
         s.rules_loaded = 0;
         s.rules_failed = 3;
       },
       false, true, "none of the rules"},
      {"some rules bad", [](auto& s, auto&) { s.rules_failed = 1; }, true, true, nullptr},
      {"draining", [](auto& s, auto&) { s.draining = true; }, false, true, "draining"},
      {"a failed reload", [](auto& s, auto&) { s.reload_failures = 1; }, true, true, nullptr},
  };
  for (const Case& c : cases) {
    EngineStatus status = good_status();
    WorkerStalls stalls(2, 5ms);
    c.change(status, stalls);
    const HealthReport report = evaluate_health(status, stalls, {});
    EXPECT_EQ(report.ready(), c.ready) << c.name;
    EXPECT_EQ(report.live(), c.live) << c.name;
    if (c.reason == nullptr) {
      EXPECT_THAT(report.not_ready, ElementsAre()) << c.name;
    } else {
      EXPECT_THAT(report.not_ready, ElementsAre(HasSubstr(c.reason))) << c.name;
    }
  }
}

TEST(WorkerWatch, CountsFromTheLastTurn) {
  WorkerWatch watch;
  EngineStatus status = good_status();
  const WorkerWatch::Time start{};
  EXPECT_THAT(watch.observe(status, start), ElementsAre(0ms, 0ms));
  status.workers[1].turns = 11;
  EXPECT_THAT(watch.observe(status, start + 1s), ElementsAre(1000ms, 0ms));
  EXPECT_THAT(watch.observe(status, start + 3s), ElementsAre(3000ms, 2000ms));
  status.workers[0].turns = 12;
  EXPECT_THAT(watch.observe(status, start + 4s), ElementsAre(0ms, 3000ms));
}

TEST(Health, Bodies) {
  const EngineStatus status = good_status();
  HealthReport report;
  EXPECT_EQ(format_ready(report, status),
            "{\"status\":\"ready\",\"reasons\":[],\"warnings\":[],\"workers\":2,"
            "\"draining\":false,\"rules\":{\"generation\":1,\"loaded\":4,\"failed\":0,"
            "\"reload_failures\":0}}\n");
  report.not_ready = {"a \"b\"\n"};
  EXPECT_THAT(format_ready(report, status), HasSubstr("\"reasons\":[\"a \\\"b\\\"\\n\"]"));
  EXPECT_THAT(format_live(report, status), HasSubstr("\"status\":\"live\",\"reasons\":[]"));
}

}  // namespace
}  // namespace culvert
