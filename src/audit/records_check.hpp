/// Computes the log's root out of a bundle's records, line by line.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "fedtrail/audit/bundle.hpp"
#include "fedtrail/ledger/tree.hpp"

#include "audit/contents.hpp"
#include "audit/policies_check.hpp"
#include "audit/record_line.hpp"
#include "audit/shown_check.hpp"

namespace fedtrail::audit {

class RecordsCheck {
public:
    /// What is looked out for: memory does not grow with what the lines say.
    struct Wanted {
        std::set<std::uint64_t> sizes;  ///< At which the root is to be noted, if the lines show it.
    };
    RecordsCheck() = default;
    RecordsCheck(Wanted wanted, ShownCheck shown, PoliciesCheck policies)
        : wanted_(std::move(wanted)), shown_(std::move(shown)), policies_(std::move(policies)) {}

    /// A line without its line feed. Errors: Corrupt (what is wrong with it, without its number).
    [[nodiscard]] Result<void> line(std::string_view text);
    /// After the last line. Errors: Corrupt (the last window is not complete).
    [[nodiscard]] Result<void> finish();
    /// After finish(): the line of kExport, without its line feed; the log's last leaf. Errors: Corrupt.
    [[nodiscard]] Result<void> exported(std::string_view text);

    [[nodiscard]] std::uint64_t size() const noexcept { return log_.size(); }
    [[nodiscard]] ledger::Hash root() const { return log_.root(); }
    [[nodiscard]] const BundleCounts& counts() const noexcept { return counts_; }
    [[nodiscard]] bool claims() const noexcept { return claims_; }
    [[nodiscard]] const std::map<std::uint64_t, ledger::Hash>& noted() const noexcept { return noted_; }
    /// All but the log's last leaf, if exported() took that.
    [[nodiscard]] const ShownRecords& shown_records() const noexcept { return shown_records_; }
    /// What exported() read.
    [[nodiscard]] const std::optional<records::ExportLeaf>& export_leaf() const noexcept { return export_; }
    /// Whether the lines show that a leaf of the log says what some bundle has.
    [[nodiscard]] bool shows_contents() const noexcept { return shows_contents_; }
    [[nodiscard]] const ShownCheck& shown() const noexcept { return shown_; }
    [[nodiscard]] const PoliciesCheck& policies() const noexcept { return policies_; }

private:
    struct Window {
        records::WindowLeaf says;
        ledger::Frontier tree;
        bool begun{};
    };

    [[nodiscard]] Result<void> record();
    [[nodiscard]] Result<void> skip();
    [[nodiscard]] Result<void> close_window();
    [[nodiscard]] Result<void> look_into();
    [[nodiscard]] ledger::Hash hash_of_record();
    [[nodiscard]] ledger::Frontier& tree() { return line_.place.window ? window_->tree : log_; }
    void note();

    LineReader reader_;
    RecordLine line_;
    ledger::Frontier log_;
    std::optional<Window> window_;
    BundleCounts counts_;
    bool claims_{};
    bool skipped_{};  ///< The line before was a skip of the same tree.
    Wanted wanted_;
    ShownCheck shown_;
    PoliciesCheck policies_;
    std::map<std::uint64_t, ledger::Hash> noted_;
    ShownRecords shown_records_;
    std::optional<records::ExportLeaf> export_;
    bool shows_contents_{};
};

}  // namespace fedtrail::audit
