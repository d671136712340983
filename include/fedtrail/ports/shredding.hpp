/// What has to happen in the stores when a person is shredded.

#pragma once

#include <functional>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/records/leaf.hpp"
#include "fedtrail/records/shredding.hpp"

namespace fedtrail {

/// Where keys are destroyed, and what was destroyed is remembered. Thread-safe. Errors of all: Unavailable,
/// Corrupt.
class ShreddingBook {
public:
    ShreddingBook() = default;
    ShreddingBook(const ShreddingBook&) = delete;
    ShreddingBook& operator=(const ShreddingBook&) = delete;
    ShreddingBook(ShreddingBook&&) = delete;
    ShreddingBook& operator=(ShreddingBook&&) = delete;
    virtual ~ShreddingBook() = default;

    /// The point of no return: key, identity, look-ups and signing keys are overwritten, and the shredding is
    /// remembered (not complete), in one step. A subject that was shredded before keeps its first entry.
    /// Errors: NotFound (there never was such a number).
    [[nodiscard]] virtual Result<void> shred(const records::Shredding& shredding) = 0;
    /// The other stores have forgotten the number; the log is to take `leaf`, exactly once. Once it is
    /// complete nothing happens any more. Errors: NotFound; Invalid (a text of the leaf is too long).
    [[nodiscard]] virtual Result<void> completed(privacy::SubjectNumber subject,
                                                 const records::LeafRecord& leaf) = 0;
    /// By number, ascending.
    [[nodiscard]] virtual Result<std::vector<records::Shredding>> shreddings() const = 0;
    /// Whether a key that is there is damaged: nothing of the person can be read or signed. Not so of who has
    /// none.
    [[nodiscard]] virtual Result<bool> key_is_damaged(privacy::SubjectNumber subject) const = 0;
};

/// The ledger with everything that writes to it. Thread-safe.
class LedgerForgetter {
public:
    LedgerForgetter() = default;
    LedgerForgetter(const LedgerForgetter&) = delete;
    LedgerForgetter& operator=(const LedgerForgetter&) = delete;
    LedgerForgetter(LedgerForgetter&&) = delete;
    LedgerForgetter& operator=(LedgerForgetter&&) = delete;
    virtual ~LedgerForgetter() = default;

    /// Calls `destroy_key` while nothing is being written, and if that succeeds removes the subject before
    /// anything else is: what of theirs comes later is somebody new. Waits until it is durable. Errors: those
    /// of `destroy_key`; Unavailable, Corrupt, with the key destroyed: to be called again.
    [[nodiscard]] virtual Result<void> forget(privacy::SubjectNumber subject,
                                              const std::function<Result<void>()>& destroy_key) = 0;
};

/// Another store or a cache that knows something about a person. Thread-safe.
class Forgetter {
public:
    Forgetter() = default;
    Forgetter(const Forgetter&) = delete;
    Forgetter& operator=(const Forgetter&) = delete;
    Forgetter(Forgetter&&) = delete;
    Forgetter& operator=(Forgetter&&) = delete;
    virtual ~Forgetter() = default;

    /// Removes what is not needed to account for what was done; durable when it returns. The subject's key
    /// may be gone by then. Again, or for somebody who is not there, is no error. Errors: Unavailable,
    /// Corrupt.
    [[nodiscard]] virtual Result<void> forget(privacy::SubjectNumber subject) = 0;
};

/// A store's files, in which octets of what was deleted may lie on: in free room, or in the store's log.
/// Thread-safe.
class Overwriter {
public:
    Overwriter() = default;
    Overwriter(const Overwriter&) = delete;
    Overwriter& operator=(const Overwriter&) = delete;
    Overwriter(Overwriter&&) = delete;
    Overwriter& operator=(Overwriter&&) = delete;
    virtual ~Overwriter() = default;

    /// When it returns, nothing that was deleted before lies in any of the files. Errors: Unavailable, with
    /// the file (another connection reads what was there before, the disk is full): nothing is lost, to be
    /// called again; Corrupt.
    [[nodiscard]] virtual Result<void> overwrite() = 0;
};

}  // namespace fedtrail
