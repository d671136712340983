/// The transparency log as whoever proves something out of it sees it.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/tree.hpp"
#include "fedtrail/records/leaf.hpp"

namespace fedtrail {

/// What is still known of a leaf. The less of it there is, the more was forgotten; the commitment always
/// stays.
struct LoggedRecord {
    records::LeafDigest commitment{};
    struct Closed {
        records::LeafHead head;
        records::LeafDigest digest{};  ///< SHA-256 of salt and body.
    };
    struct Opened {
        records::LeafSalt salt{};
        Bytes body;  ///< As encode_body() writes it.
    };
    std::optional<Closed> closed;  ///< Nothing if not even kind and time are known any more.
    std::optional<Opened> opened;  ///< Never without `closed`.
};

/// Reads one published state of the log: what is appended meanwhile does not show. One reader is used by one
/// thread; other threads and processes may append. Errors everywhere: Unavailable, Corrupt.
class LogReader {
public:
    /// Called in the order of the tree; a failure stops the walk and is handed on.
    using Visitor = std::function<Result<void>(const LoggedRecord& record)>;

    LogReader() = default;
    LogReader(const LogReader&) = delete;
    LogReader& operator=(const LogReader&) = delete;
    LogReader(LogReader&&) = delete;
    LogReader& operator=(LogReader&&) = delete;
    virtual ~LogReader() = default;

    /// The newest checkpoint that was published: a signed note with all cosignatures known. All else is about
    /// the tree it names. Errors: NotFound (nothing was published yet).
    [[nodiscard]] virtual Result<std::string> checkpoint() const = 0;
    /// Signed notes of published checkpoints of at least `from` leaves, the smallest tree first, at most
    /// `limit`. A log need not keep every one.
    [[nodiscard]] virtual Result<std::vector<std::string>> checkpoints(std::uint64_t from,
                                                                       std::size_t limit) const = 0;
    /// Of the log's tree, for its proofs: see ledger::SubtreeReader.
    [[nodiscard]] virtual Result<ledger::Hash> subtree(unsigned level, std::uint64_t index) const = 0;
    /// Leaves [first, end) of the log.
    [[nodiscard]] virtual Result<void> each_leaf(std::uint64_t first,
                                                 std::uint64_t end,
                                                 const Visitor& visit) const = 0;
    /// All leaves of a window's own tree. Errors: NotFound.
    [[nodiscard]] virtual Result<void> each_in_window(std::uint64_t window, const Visitor& visit) const = 0;
    /// Numbers of the windows that hold activities or late attempts of a subject, ascending.
    [[nodiscard]] virtual Result<std::vector<std::uint64_t>> windows_of(
        privacy::SubjectNumber subject) const = 0;
    /// The window that holds a recipient's name. Errors: NotFound.
    [[nodiscard]] virtual Result<std::uint64_t> window_naming(std::uint32_t recipient) const = 0;
};

}  // namespace fedtrail
