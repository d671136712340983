#include "ledger/uri_column.hpp"

#include <algorithm>

namespace fedtrail::ledger {

namespace {

/// How a number is told. The values are the format's.
enum class Tag : std::uint8_t {
    Difference = 0,  ///< To the last number of this shape and slot.
    Snowflake = 1,  ///< To the activity's time in milliseconds, shifted left by 16 (Mastodon, Pixelfed, …).
    Sibling = 2,    ///< Equal to the sibling's number in the same slot: no value.
    Seconds = 3,    ///< To the activity's time in seconds.
    Raw = 4,
};

std::uint64_t snowflake_base(std::int64_t at) {
    return static_cast<std::uint64_t>(at) * 1000U << 16U;
}

/// The difference as the two's complement number that wraps around; exact for any pair.
std::int64_t difference(std::uint64_t value, std::uint64_t base) {
    return static_cast<std::int64_t>(value - base);
}

}  // namespace

void UriColumnWriter::add(const UriCode& code, std::int64_t at, const UriCode& sibling) {
    tags_.varint(code.shape);
    tags_.varint(code.numbers.size());
    for (std::size_t slot = 0; slot < code.numbers.size(); ++slot) {
        const auto number = code.numbers[slot];
        auto& last = memory_.last(code.shape, slot);
        if (slot < sibling.numbers.size() && sibling.numbers[slot] == number) {
            tags_.byte(static_cast<std::uint8_t>(Tag::Sibling));
            last = number;
            continue;
        }
        const std::pair<std::uint64_t, Tag> choices[] = {
            {zigzag(difference(number, last)), Tag::Difference},
            {zigzag(difference(number, snowflake_base(at))), Tag::Snowflake},
            {zigzag(difference(number, static_cast<std::uint64_t>(at))), Tag::Seconds},
            {number, Tag::Raw},
        };
        const auto best = *std::min_element(std::begin(choices), std::end(choices));
        tags_.byte(static_cast<std::uint8_t>(best.second));
        values_.varint(best.first);
        last = number;
    }
    texts_.sized(bytes_of(code.text));
}

void UriColumnWriter::append_to(ByteWriter& out) const {
    out.sized(tags_.bytes());
    out.sized(values_.bytes());
    out.sized(texts_.bytes());
}

UriColumnReader::UriColumnReader(ByteReader& in)
    : tags_(in.sized()), values_(in.sized()), texts_(in.sized()) {}

UriCode UriColumnReader::next(std::int64_t at, const UriCode& sibling) {
    UriCode code;
    code.shape = static_cast<std::uint32_t>(tags_.varint());
    const auto count = tags_.count();
    if (count > kMaxUriNumbers) {
        tags_.refuse();
        return {};
    }
    for (std::size_t slot = 0; slot < count; ++slot) {
        auto& last = memory_.last(code.shape, slot);
        switch (static_cast<Tag>(tags_.byte())) {
            case Tag::Difference:
                last += static_cast<std::uint64_t>(values_.signed_varint());
                break;
            case Tag::Snowflake:
                last = snowflake_base(at) + static_cast<std::uint64_t>(values_.signed_varint());
                break;
            case Tag::Sibling:
                last = slot < sibling.numbers.size() ? sibling.numbers[slot] : 0;
                break;
            case Tag::Seconds:
                last = static_cast<std::uint64_t>(at) + static_cast<std::uint64_t>(values_.signed_varint());
                break;
            case Tag::Raw:
                last = values_.varint();
                break;
            default:
                tags_.refuse();
                break;
        }
        code.numbers.push_back(last);
    }
    code.text = text_of(texts_.sized());
    return code;
}

}  // namespace fedtrail::ledger
