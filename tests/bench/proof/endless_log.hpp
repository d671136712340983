/// A log that is made while it is read: windows of 1,000 activities, as many as wanted, in no memory; and
/// what was exported of it.

#pragma once

#include <vector>

#include "fedtrail/ledger/note.hpp"
#include "fedtrail/ledger/tree.hpp"
#include "fedtrail/ports/log_reader.hpp"

namespace fedtrail::bench {

class EndlessLog final : public LogReader {
public:
    static constexpr std::uint64_t kInWindow = 1'000;

    explicit EndlessLog(std::uint64_t windows);

    [[nodiscard]] const ledger::NoteSigner& signer() const { return signer_; }
    /// Puts the record behind all leaves and signs that, as audit::ExportOrder::publish has to.
    const LogReader* publish(const records::ExportLeaf& exported);

    [[nodiscard]] Result<std::string> checkpoint() const override { return note_; }
    [[nodiscard]] Result<std::vector<std::string>> checkpoints(std::uint64_t from,
                                                               std::size_t limit) const override;
    [[nodiscard]] Result<ledger::Hash> subtree(unsigned level, std::uint64_t index) const override;
    [[nodiscard]] Result<void> each_leaf(std::uint64_t first,
                                         std::uint64_t end,
                                         const Visitor& visit) const override;
    [[nodiscard]] Result<void> each_in_window(std::uint64_t window, const Visitor& visit) const override;
    [[nodiscard]] Result<std::vector<std::uint64_t>> windows_of(
        privacy::SubjectNumber subject) const override;
    [[nodiscard]] Result<std::uint64_t> window_naming(std::uint32_t recipient) const override;

private:
    void append(const records::LeafRecord& record, std::uint64_t salt_number);
    void sign();

    ledger::NoteSigner signer_;
    ledger::Frontier tree_;
    std::vector<LoggedRecord> leaves_;
    std::string note_;
};

}  // namespace fedtrail::bench
