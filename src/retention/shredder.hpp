/// Shredder: a person is forgotten everywhere, in an order that a crash cannot spoil.
///
/// First what is found by the name alone; then the key, and that is the point of no return; then every store;
/// then their files; then the log; and the vault's note says until the end that something is left to do.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
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
    RequestBook& requests;
    const NoticeBook& notices;
    ObjectionBook& objections;
    std::vector<Forgetter*> others;  ///< Whatever else knows people: tokens, letters.
    std::vector<Overwriter*> files;  ///< In which octets of them may be left.
    const Clock& clock;
    std::vector<Forgetter*> by_name{};  ///< Asked before the key goes, with which the name goes.
};

struct ShredOrder {
    privacy::SubjectNumber subject;
    records::ShredReason reason{records::ShredReason::Operator};
    records::RequestNumber request;  ///< Because of which request; 0: none.
    std::string why;                 ///< Name of the retention rule, or what the operator said.
    std::string by;                  ///< See records/by.hpp.
};

/// How far it came: the key is destroyed, and every store has forgotten the person.
struct Shredded {
    /// Why octets of theirs may still lie in a file; nothing if it is complete.
    std::optional<Error> left;
};

/// What became of the shreddings that were not complete.
struct Finished {
    std::size_t completed{};
    std::size_t waiting{};      ///< As Shredded::left.
    std::optional<Error> left;  ///< The same for all who wait.
};

/// Thread-safe.
class Shredder {
public:
    explicit Shredder(ShredderPorts ports) : ports_(std::move(ports)) {}

    /// Whether the person may be shredded now. Errors: Denied (a request of theirs is open and needs their
    /// key, or something of theirs is held for law), Unavailable, Corrupt.
    [[nodiscard]] Result<void> may(privacy::SubjectNumber subject) const;

    /// Everything of the person goes, in this order: what is found by name, key, ledger, the other stores,
    /// what is left of it in files; the vault's last note brings the leaf for the log. Somebody whom a backup
    /// brought back goes whatever may() says, and what of theirs is open there ends: nobody can sign for it
    /// any more. So does somebody whose key is damaged: nothing needs to be read for it. A file
    /// that somebody reads cannot be overwritten now: finish() does that later. Errors: those of may();
    /// NotFound; Unavailable, Corrupt: if the key is destroyed by then, finish() does the rest, and the error
    /// says so.
    [[nodiscard]] Result<Shredded> shred(const ShredOrder& order);

    /// Does what an earlier shred() left, after a crash, an error, or because a file was read. Errors: those
    /// of the stores; what could be done is done.
    [[nodiscard]] Result<Finished> finish();

    /// So that shred() needs nothing of them, and nothing else can be done. Not if nobody can tell.
    [[nodiscard]] bool key_is_damaged(privacy::SubjectNumber subject) const {
        return ports_.vault.key_is_damaged(subject).value_or(false);
    }

    /// Whether finish() has something to do, as far as this object knows.
    [[nodiscard]] bool unfinished() const noexcept { return unfinished_; }

private:
    [[nodiscard]] Result<void> allowed(const ShredOrder& order) const;
    [[nodiscard]] Result<Shredded> carry_out(const ShredOrder& order);
    /// Whether the key is destroyed and something is left to do.
    [[nodiscard]] bool is_begun(privacy::SubjectNumber subject) const;
    [[nodiscard]] Result<records::Shredding> noted(privacy::SubjectNumber subject) const;
    [[nodiscard]] Result<void> forget(const records::Shredding& shredding);
    [[nodiscard]] Result<void> destroy_key(records::Shredding shredding);
    [[nodiscard]] Result<void> end_requests(privacy::SubjectNumber subject);
    /// Of theirs, and calls `each`.
    [[nodiscard]] Result<std::uint64_t> objections_of(
        privacy::SubjectNumber subject, const std::function<Result<void>(const Host&)>& each) const;
    [[nodiscard]] Result<std::uint64_t> lift_objections(privacy::SubjectNumber subject);
    [[nodiscard]] Result<Shredded> overwrite();
    [[nodiscard]] Result<Finished> finish(const std::vector<privacy::SubjectNumber>& forgotten);
    [[nodiscard]] Result<void> complete(privacy::SubjectNumber subject);

    ShredderPorts ports_;
    std::mutex one_;  ///< One person at a time; guards `forgotten_`.
    /// Whom every store has forgotten, and what the log is to take of it as soon as the files are
    /// overwritten.
    std::map<std::uint64_t, records::LeafRecord> forgotten_;
    std::atomic<bool> unfinished_{};
};

}  // namespace fedtrail::retention
