/// What is wrong with a file of transfer rules, and what looks wrong: with its line and a remedy.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/privacy/joined_hosts.hpp"
#include "fedtrail/privacy/transfer_rules.hpp"

namespace fedtrail::recipients {

enum class RuleNoteLevel : std::uint8_t {
    Error,    ///< Nothing of the file is applied.
    Warning,  ///< Something in it does not do what it says.
    Hint,     ///< May be meant so.
};

struct RuleNote {
    RuleNoteLevel level{RuleNoteLevel::Error};
    std::string fault;   ///< "unreadable", "schema", "unknown_word", "unreachable", "conflict", "name_twice",
                         ///< "unseen_host", "bypassed_host".
    std::string rule{};  ///< Its name; "" is the whole file.
    std::size_t line{};  ///< From 1; 0 is not known.
    std::string other{};  ///< The name of the earlier rule that it is about; "" is none.
    std::size_t other_line{};
    std::string what;  ///< One sentence.
    std::string remedy;
};

struct CheckedRules {
    std::vector<privacy::TransferRule> rules;  ///< Empty if the file cannot be read.
    std::vector<RuleNote> notes;               ///< Errors first, then by line.
    bool ledger_compared{};                    ///< False: "unseen_host" was not looked for.
    bool joined_compared{true};  ///< False: "bypassed_host" was looked for without other hosts of recipients.

    [[nodiscard]] bool usable() const;  ///< No error.
};

/// Hosts that something went to.
class SeenHosts {
public:
    /// Reads all of them. Errors: those of the ledger.
    [[nodiscard]] static Result<SeenHosts> read(const LedgerReader& ledger);
    void add(const Host& host);
    [[nodiscard]] bool matches(const privacy::HostPattern& pattern) const;

private:
    std::unordered_set<std::string> hosts_;  ///< Without ports.
    std::unordered_set<std::string> above_;  ///< Every name that one of them lies below.
};

/// `schema` says where the document does not keep to its schema and how, or nothing; it is asked when the
/// document can be read otherwise. Without `seen` hosts are not looked at.
[[nodiscard]] CheckedRules check_rules_file(std::string_view json,
                                            const Result<void>& schema,
                                            const SeenHosts* seen);

/// Notes the rules that block a host to which `bypass` (proxy.bypass: "host", "*.suffix" or "*") declares
/// tunnels: no rule stops those. A host stands for all of its recipient in `joined`. Rules that name no host
/// are not looked at.
void note_bypassed(CheckedRules& checked,
                   std::span<const std::string> bypass,
                   const privacy::JoinedHosts& joined);

[[nodiscard]] std::string_view name_of(RuleNoteLevel level);  ///< "error", "warning", "hint"

}  // namespace fedtrail::recipients
