// What a worker offers to the parsers of its flows, besides their bytes.
#pragma once

namespace culvert {

class ExpectedFlows;  // app/expected_flows.h
class FileTracker;    // files/file_tracker.h

/// Each may be null, as in tests of a parser: it then does without.
struct AppServices {
  FileTracker* files = nullptr;
  ExpectedFlows* expected = nullptr;
};

}  // namespace culvert
