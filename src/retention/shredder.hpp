/// Shredder: a person is forgotten everywhere, in an order that a crash cannot spoil.
///
/// First the key, and that is the point of no return; then every store; then the log; and the vault's note
/// says until the end that something is left to do.

#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/objection_book.hpp"
#include "fedtrail/ports/request_book.hpp"
#include "fedtrail/ports/shredding.hpp"

namespace fedtrail::retention {

/// All must outlive the shredder.
struct ShredderPorts {
    ShreddingBook& vault;
    LedgerForgetter& ledger;
    const RequestBook& requests;
    const NoticeBook& notices;
    ObjectionBook& objections;
    std::vector<Forgetter*> others;  ///< Whatever else knows people: tokens, letters.
    const Clock& clock;
};

struct ShredOrder {
    privacy::SubjectNumber subject;
    records::ShredReason reason{records::ShredReason::Operator};
    records::RequestNumber request;  ///< Because of which request; 0: none.
    std::string why;                 ///< Name of the retention rule, or what the operator said.
    std::string by;                  ///< "cli", "api:<token id>", "fedtrail".
};

/// Thread-safe.
class Shredder {
public:
    explicit Shredder(ShredderPorts ports) : ports_(std::move(ports)) {}

    /// Whether the person may be shredded now. Errors: Denied (a request of theirs is open and needs their
    /// key, or something of theirs is held for law), Unavailable, Corrupt.
    [[nodiscard]] Result<void> may(privacy::SubjectNumber subject) const;

    /// Everything of the person goes, in this order: key, ledger, the other stores; the vault's last note
    /// brings the leaf for the log. Somebody whom a backup brought back goes whatever may() says.
    /// Errors: those of may(); NotFound; Unavailable, Corrupt: if the key is destroyed by then, finish() does
    /// the rest.
    [[nodiscard]] Result<void> shred(const ShredOrder& order);

    /// Does what an earlier shred() left, after a crash or an error. How many people it was. Errors: those of
    /// the stores; what could be done is done.
    [[nodiscard]] Result<std::size_t> finish();

private:
    [[nodiscard]] Result<void> carry_out(const records::Shredding& shredding,
                                         const std::string& why,
                                         const std::string& by);
    [[nodiscard]] Result<std::uint64_t> lift_objections(privacy::SubjectNumber subject);

    ShredderPorts ports_;
    std::mutex one_;  ///< One person at a time.
};

}  // namespace fedtrail::retention
