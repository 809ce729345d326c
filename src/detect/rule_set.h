// The compiled form of a set of rules: immutable, shared by all workers, replaced whole on reload.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config_node.h"
#include "detect/alert.h"
#include "detect/keyword.h"
#include "detect/options.h"

namespace culvert {

struct ProtocolSpec;
class DetectShared;
class RuleSet;

/// What rules are compiled against. All that is pointed to must outlive the RuleSet.
struct RuleEnvironment {
  std::span<const ProtocolSpec* const> protocols;      ///< builtin_protocols()
  std::span<const KeywordSpec* const> keywords;        ///< builtin_keywords()
  std::span<const BufferSpec* const> file_buffers;     ///< builtin_file_buffers()
  const ConfigNode* config = nullptr;                  ///< variables, threshold-file, ...; may be null
  DetectOptions options;
  std::shared_ptr<DetectShared> shared;                ///< what outlives the rule set; may be null
  std::string version = "8.0.8";                       ///< for `requires: version ...`
  std::vector<std::string> features;                   ///< for `requires: feature ...`
  bool strict_keywords = false;                        ///< --strict-rule-keywords=all
  bool ignores_checksums = false;  ///< -k none: they count as right, also to rules
  /// The rule set in use, if any: names of variables keep their numbers, as flows keep their state.
  std::shared_ptr<const RuleSet> previous;
};

/// Texts of rule files and what goes with them. A name is for complaints.
struct RuleSources {
  struct File {
    std::string name;
    std::string text;
    bool firewall = false;  ///< firewall rules: evaluated first, with their own actions
  };
  std::vector<File> files;
  std::string classification, classification_name = "classification.config";
  std::string references, reference_name = "reference.config";
  std::string thresholds, threshold_name = "threshold.config";
};

struct RuleLoadCounts {
  std::uint32_t loaded = 0, failed = 0, skipped = 0;
  std::uint32_t ip_only = 0, packet = 0, stream = 0, app_layer = 0, decoder = 0;
};

class RuleSet {
 public:
  virtual ~RuleSet() = default;
  virtual const RuleLoadCounts& counts() const = 0;
  virtual std::span<const RuleMeta* const> rules() const = 0;  ///< in order of evaluation
  /// Of the loaded rules, what needs doing at all: for the worker to skip whole stages.
  virtual bool empty() const = 0;
  virtual bool wants_raw_stream() const = 0;
  virtual FileNeeds file_needs() const = 0;
  /// Protocols whose frames rules look at: bits by AppProto.
  virtual std::uint64_t frame_protos() const = 0;
  virtual bool has_pre_flow_rules() const = 0;
  virtual bool has_pre_stream_rules() const = 0;
};

/// Compiles. Always gives a rule set: rules that cannot be loaded are left out, each with an error
/// in `complaints` (file:line:column).
std::shared_ptr<const RuleSet> compile_rules(const RuleEnvironment& environment,
                                             const RuleSources& sources, Complaints& complaints);

}  // namespace culvert
