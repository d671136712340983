/// URI codes of a chunk as columns: mostly one small number each, told from the number before or from the
/// time.

#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "fedtrail/ledger/uri_code.hpp"
#include "fedtrail/ledger/varint.hpp"

namespace fedtrail::ledger {

/// What both sides remember while they walk down the column.
class UriMemory {
public:
    [[nodiscard]] std::uint64_t& last(std::uint32_t shape, std::size_t slot) { return last_[{shape, slot}]; }

private:
    std::map<std::pair<std::uint32_t, std::size_t>, std::uint64_t> last_;
};

class UriColumnWriter {
public:
    /// `at` is the activity's time; `sibling` the code just before that may share numbers (an object's
    /// activity id).
    void add(const UriCode& code, std::int64_t at, const UriCode& sibling);
    void append_to(ByteWriter& out) const;
    [[nodiscard]] std::size_t size() const noexcept { return tags_.size() + values_.size() + texts_.size(); }

private:
    ByteWriter tags_;
    ByteWriter values_;
    ByteWriter texts_;
    UriMemory memory_;
};

class UriColumnReader {
public:
    explicit UriColumnReader(ByteReader& in);
    [[nodiscard]] UriCode next(std::int64_t at, const UriCode& sibling);
    [[nodiscard]] bool ok() const noexcept { return tags_.ok() && values_.ok() && texts_.ok(); }
    [[nodiscard]] bool done() const noexcept { return tags_.done() && values_.done() && texts_.done(); }

private:
    ByteReader tags_;
    ByteReader values_;
    ByteReader texts_;
    UriMemory memory_;
};

}  // namespace fedtrail::ledger
