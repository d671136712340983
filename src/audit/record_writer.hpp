/// Writes a bundle's records: what is selected as lines, everything else as the subtrees that stand for it.

#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fedtrail/audit/bundle.hpp"
#include "fedtrail/ports/log_reader.hpp"
#include "fedtrail/records/recipient_label.hpp"

#include "audit/contents.hpp"
#include "audit/manifest.hpp"
#include "audit/record_line.hpp"
#include "audit/selection.hpp"
#include "audit/withheld.hpp"
#include "audit/withheld_by.hpp"

namespace fedtrail::audit {

/// Leaves that follow each other and are not shown, as the largest complete subtrees so far.
class SkippedLeaves {
public:
    /// `leaf` is leaf number `at` of its tree.
    void add(std::uint64_t at, const ledger::Hash& leaf);
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] const std::vector<ledger::Hash>& subtrees() const noexcept { return subtrees_; }
    void clear();

private:
    std::uint64_t count_{};
    std::vector<ledger::Hash> subtrees_;
    std::vector<unsigned> levels_;
};

/// Which texts were in force in a span of time, and since when.
class PoliciesInForce {
public:
    /// Name and digest, and the leaf of the first change that counts and has it.
    using Texts = std::map<std::pair<std::string, records::LeafDigest>, std::uint64_t>;

    explicit PoliciesInForce(Selection::Span span) : span_(span) {}
    /// The next change: it ends what the one before brought.
    void change(std::uint64_t leaf, Instant at, std::vector<records::PolicyFile> files);
    void finish();
    [[nodiscard]] const Texts& texts() const noexcept { return texts_; }

private:
    Selection::Span span_;
    std::uint64_t leaf_{};
    std::vector<records::PolicyFile> last_;  ///< Of the last change, if it began in time.
    Texts texts_;
};

/// Which hosts stand in a bundle, and the labels of those that do not. Remembers each host it was asked for.
class HostNames {
public:
    /// `may_name` must outlive it; null: none may.
    explicit HostNames(const std::function<Result<bool>(const Host&)>& may_name) : may_name_(may_name) {}

    /// The label that stands in a host's place; "" if it may stand there itself. Errors: those of `may_name`.
    [[nodiscard]] Result<std::string> label_of(const std::string& host);

private:
    [[nodiscard]] Result<bool> may_name(const std::string& host) const;

    const std::function<Result<bool>(const Host&)>& may_name_;
    std::map<std::string, bool> known_;
    records::RecipientLabels labels_{std::string{kUnnamed}};
};

class RecordWriter {
public:
    using Sink = std::function<void(std::string_view text)>;

    /// All but `level` must outlive it.
    RecordWriter(const LogReader& log, const Selection& selection, Level level, HostNames& names, Sink sink)
        : log_(log),
          selection_(selection),
          level_(level),
          names_(names),
          sink_(std::move(sink)),
          in_force_(selection.span()) {}

    /// The log's next leaf, with what is in its window. Errors: Corrupt, Invalid, those of the log.
    [[nodiscard]] Result<void> leaf(const LoggedRecord& leaf);
    [[nodiscard]] Result<void> finish();

    [[nodiscard]] std::uint64_t done() const noexcept { return done_; }
    [[nodiscard]] const BundleCounts& counts() const noexcept { return counts_; }
    /// Whether something is said that no hash of the log binds; then sha256() is of all that was written.
    [[nodiscard]] bool claims() const noexcept { return level_ == Level::Pseudonymised; }
    [[nodiscard]] ledger::Hash sha256() const { return hash_.finish(); }
    /// Of which a record is shown in full.
    [[nodiscard]] const std::set<std::uint64_t>& requests() const noexcept { return requests_; }
    /// Of these: events with words that a person was told.
    [[nodiscard]] const std::set<ToldPlace>& told() const noexcept { return told_; }
    [[nodiscard]] const ShownRecords& shown() const noexcept { return shown_; }
    /// The policies that were in force at some time of the selection's span, as far as their changes are
    /// shown.
    [[nodiscard]] const PoliciesInForce& in_force() const noexcept { return in_force_; }

private:
    [[nodiscard]] Result<void> remember(const Place& place, const LoggedRecord& leaf);
    void remember_request(const records::LeafBody& body);
    [[nodiscard]] Result<void> window(const records::WindowLeaf& window);
    [[nodiscard]] Result<void> record(const Place& place, const LoggedRecord& leaf);
    void skip(const Place& place, const LoggedRecord& leaf);
    void end_skip(std::optional<std::uint64_t> window);
    [[nodiscard]] bool shows_body(const LoggedRecord& leaf) const;
    [[nodiscard]] Result<void> claim(const LoggedRecord& leaf);
    [[nodiscard]] Result<void> withhold(const LoggedRecord& leaf);
    [[nodiscard]] Result<void> withhold_by(const LoggedRecord& leaf);
    void flush(std::size_t above);

    const LogReader& log_;
    const Selection& selection_;
    Level level_;
    HostNames& names_;
    records::RecipientLabels operators_{std::string{kUnnamedOperator}};
    Sink sink_;
    std::string out_;
    std::string claimed_;
    SkippedLeaves skipped_;
    std::uint64_t done_{};
    BundleCounts counts_;
    ledger::Sha256 hash_;
    PoliciesInForce in_force_;
    std::set<std::uint64_t> requests_;
    std::set<ToldPlace> told_;
    ShownRecords shown_;
};

}  // namespace fedtrail::audit
