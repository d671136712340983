/// The file of transfer rules: where it lies, and what stands in it.

#pragma once

#include <filesystem>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/transfer_rules.hpp"

#include "app/config.hpp"
#include "app/policies.hpp"
#include "recipients/rules_check.hpp"

namespace fedtrail::app {

struct RulesPlace {
    std::filesystem::path file;
    bool shipped{};  ///< Of this release, and not the controller's own.
};

/// policies.transfer_rules; else transfer-rules.json in the data folder, if it is there; else the shipped
/// one.
[[nodiscard]] RulesPlace rules_place(const Config& config, const PolicyFolders& folders);

/// At most 16 MiB. Errors: NotFound, Denied, Invalid.
[[nodiscard]] Result<std::string> read_rules(const std::filesystem::path& file);

/// Without `seen` hosts are not looked at. Errors: those of reading the schema.
[[nodiscard]] Result<recipients::CheckedRules> check_rules_text(const std::string& text,
                                                                const PolicyFolders& folders,
                                                                const recipients::SeenHosts* seen);

/// Notes which rules proxy.bypass goes past, also by another host of a recipient. Errors: those of the
/// directory (where none is there yet, no host is joined); then it is noted by the rules' own hosts alone,
/// and `joined_compared` is false.
[[nodiscard]] Result<void> note_bypassed(recipients::CheckedRules& checked, const Config& config);

/// Made ready. Errors: Invalid, with file:line of the first error.
[[nodiscard]] Result<privacy::TransferRules> ready_rules(recipients::CheckedRules checked,
                                                         const std::string& place);

/// Checked and made ready: `text` stands in `file`. Errors: those of the two above.
[[nodiscard]] Result<privacy::TransferRules> make_rules(const std::string& text,
                                                        const std::filesystem::path& file,
                                                        const PolicyFolders& folders);
/// All of it. Errors: those of the above.
[[nodiscard]] Result<privacy::TransferRules> load_rules(const std::filesystem::path& file,
                                                        const PolicyFolders& folders);

/// The name that the rules in force have among the policies in force, whoever wrote them.
inline constexpr const char* kRulesName = "transfer-rules.json";

/// "transfer-rules.json:12", without a line where none is known.
[[nodiscard]] std::string place_in(const std::string& file, std::size_t line);

}  // namespace fedtrail::app
