/// The journal: what was observed, packed, one blob a group commit. docs/formats/journal.md.

#pragma once

#include <cstdint>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/chunk.hpp"
#include "fedtrail/ledger/varint.hpp"

namespace fedtrail::ledger {

/// An activity that the subject's history has from here on.
struct JournalActivity {
    std::uint64_t subject{};
    std::uint32_t number{};
    ActivityHead head;

    friend bool operator==(const JournalActivity&, const JournalActivity&) = default;
};

struct JournalObservation {
    std::uint64_t subject{};
    std::uint32_t activity{};
    std::uint32_t recipient{};
    std::int64_t at{};  ///< Unix seconds.
    OutcomeCode code{};
    bool settles{};  ///< Takes the place of the intent at the same activity, recipient and second.

    friend bool operator==(const JournalObservation&, const JournalObservation&) = default;
};

/// From here on the subject's activities below `sealed`, and every late attempt so far, are in chunks.
struct JournalMark {
    std::uint64_t subject{};
    std::uint32_t sealed{};

    friend bool operator==(const JournalMark&, const JournalMark&) = default;
};

/// Packs records in the order given: each as what differs from the one before.
class JournalEncoder {
public:
    void add(const JournalActivity& activity);
    void add(const JournalObservation& observation);
    void add(const JournalMark& mark);
    [[nodiscard]] bool empty() const noexcept { return out_.size() == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }
    /// The content of a batch; the encoder is empty afterwards.
    [[nodiscard]] Bytes take();

private:
    ByteWriter out_;
    JournalObservation last_;
};

/// Receives the records of a batch in order.
class JournalVisitor {
public:
    JournalVisitor() = default;
    JournalVisitor(const JournalVisitor&) = delete;
    JournalVisitor& operator=(const JournalVisitor&) = delete;
    JournalVisitor(JournalVisitor&&) = delete;
    JournalVisitor& operator=(JournalVisitor&&) = delete;
    virtual ~JournalVisitor() = default;
    virtual void on_activity(JournalActivity&& activity) = 0;
    virtual void on_observation(const JournalObservation& observation) = 0;
    virtual void on_mark(const JournalMark& mark) = 0;
};

/// Errors: Corrupt; the visitor may have seen the records before the fault.
[[nodiscard]] Result<void> decode_journal(ByteView content, JournalVisitor& visitor);

}  // namespace fedtrail::ledger
