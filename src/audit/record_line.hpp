/// One line of a bundle's records. docs/formats/bundle.md.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/ledger/hash.hpp"
#include "fedtrail/records/leaf.hpp"

namespace fedtrail::audit {

inline constexpr std::size_t kMaxLine = std::size_t{64} << 20U;
/// Of a body that is no activity's; an activity's is bounded by records::kMaxLeafBody.
inline constexpr std::size_t kMaxOtherBody = std::size_t{1} << 20U;

/// Where a leaf stands: in the log, or in a window's tree.
struct Place {
    std::optional<std::uint64_t> window;
    std::uint64_t leaf{};
};

/// Appends a record in full. Errors: Corrupt (the body is none of that kind), Invalid (a time outside 1970 to
/// 9999, a body that is too long).
[[nodiscard]] Result<void> append_opened(std::string& out,
                                         const Place& place,
                                         const records::LeafHead& head,
                                         const records::LeafSalt& salt,
                                         ByteView body);
/// Appends kind and time alone, with what the controller says of the rest (JSON, or nothing). Errors:
/// Invalid.
[[nodiscard]] Result<void> append_closed(std::string& out,
                                         const Place& place,
                                         const records::LeafHead& head,
                                         const records::LeafDigest& digest,
                                         std::string_view claimed);
/// Appends that `count` leaves are not shown; `subtrees` stand for them.
void append_skip(std::string& out,
                 std::optional<std::uint64_t> window,
                 std::uint64_t count,
                 std::span<const ledger::Hash> subtrees);

/// What a line says. Reused from line to line, so that reading ten million allocates nothing.
struct RecordLine {
    enum class Form : std::uint8_t { Opened, Closed, Skip };
    Form form{Form::Opened};
    Place place;
    records::LeafHead head;
    records::LeafSalt salt{};
    Bytes body;
    records::LeafDigest digest{};  ///< Closed.
    bool claimed{};                ///< Closed, and something is said of the rest.
    std::string_view claim;        ///< That, as long as the line's text is there.
    std::uint64_t count{};         ///< Skip.
    std::vector<ledger::Hash> subtrees;
};

/// Reads lines that are spelled as the three above spell them, and no others.
class LineReader {
public:
    /// `text` without its line feed; false if it is no such line. The facts are compared with the body.
    [[nodiscard]] bool read(std::string_view text, RecordLine& line);

private:
    [[nodiscard]] bool read_record(std::string_view rest, RecordLine& line);
    [[nodiscard]] bool read_at(std::string_view text, Instant& at);
    [[nodiscard]] bool says_its_facts(std::string_view rest, const RecordLine& line);

    Bytes octets_;
    std::string facts_;
    std::vector<char> room_;
    std::string last_text_;  ///< Of the time before: neighbours often have the same.
    Instant last_at_{};
};

}  // namespace fedtrail::audit
