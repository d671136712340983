#include "fedtrail/ledger/sets.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "fedtrail/ledger/varint.hpp"

namespace fedtrail::ledger {

namespace {

using Class = std::tuple<std::uint8_t, std::uint16_t, std::uint8_t>;

Class class_of(const PairEntry& pair) {
    return {pair.channels, pair.categories, pair.strongest};
}

/// Four columns, lowest octet first: three of them are noise and the fourth hardly changes, which compresses
/// better than mixed varints.
constexpr std::size_t kPlanes = 4;

std::int64_t earliest(const std::vector<PairEntry>& pairs) {
    std::int64_t base = pairs.empty() ? 0 : pairs.front().first;
    for (const auto& pair : pairs) {
        base = std::min(base, pair.first);
    }
    return base;
}

std::map<Class, std::size_t> classes_of(const std::vector<PairEntry>& pairs) {
    std::map<Class, std::size_t> classes;
    for (const auto& pair : pairs) {
        classes.emplace(class_of(pair), 0);
    }
    std::size_t index = 0;
    for (auto& entry : classes) {
        entry.second = index++;
    }
    return classes;
}

void write_classes(const std::map<Class, std::size_t>& classes, ByteWriter& out) {
    out.varint(classes.size());
    for (const auto& entry : classes) {
        out.byte(std::get<0>(entry.first));
        out.varint(std::get<1>(entry.first));
        out.byte(std::get<2>(entry.first));
    }
}

std::vector<Class> read_classes(ByteReader& in) {
    std::vector<Class> classes(in.count(3));
    for (auto& entry : classes) {
        const auto channels = in.byte();
        const auto categories = static_cast<std::uint16_t>(in.varint());
        entry = {channels, categories, in.byte()};
    }
    return classes;
}

tl::unexpected<Error> corrupt_set() {
    return fail(ErrorKind::Corrupt, "ledger set: it contradicts itself", "run `fedtrail doctor`");
}

}  // namespace

void merge(PairEntry& into, const PairEntry& more) {
    into.first = std::min(into.first, more.first);
    into.last = std::max(into.last, more.last);
    into.objects += more.objects;
    into.disclosures += more.disclosures;
    into.channels = static_cast<std::uint8_t>(into.channels | more.channels);
    into.categories = static_cast<std::uint16_t>(into.categories | more.categories);
    into.strongest = std::max(into.strongest, more.strongest);
}

Bytes encode_pairs(const std::vector<PairEntry>& pairs) {
    const auto base = earliest(pairs);
    const auto classes = classes_of(pairs);
    std::array<ByteWriter, kPlanes> firsts;
    ByteWriter high;
    ByteWriter gaps;
    ByteWriter kinds;
    ByteWriter spans;
    ByteWriter counts;
    std::uint32_t last = 0;
    for (const auto& pair : pairs) {
        gaps.varint(pair.recipient - last);
        last = pair.recipient;
        kinds.varint(classes.at(class_of(pair)));
        const auto first = static_cast<std::uint64_t>(pair.first - base);
        for (std::size_t plane = 0; plane < kPlanes; ++plane) {
            firsts[plane].byte(static_cast<std::uint8_t>(first >> (8 * plane)));
        }
        high.varint(first >> (8 * kPlanes));
        spans.varint(static_cast<std::uint64_t>(pair.last - pair.first));
        counts.varint(pair.objects);
        counts.signed_varint(static_cast<std::int64_t>(pair.disclosures - pair.objects));
    }
    ByteWriter out;
    out.varint(pairs.size());
    out.signed_varint(base);
    write_classes(classes, out);
    out.sized(gaps.bytes());
    out.sized(kinds.bytes());
    for (const auto& plane : firsts) {
        out.raw(plane.bytes());
    }
    out.sized(high.bytes());
    out.sized(spans.bytes());
    out.sized(counts.bytes());
    return std::move(out).take();
}

Result<std::vector<PairEntry>> decode_pairs(ByteView content) {
    ByteReader in{content};
    const auto count = in.count();
    const auto base = static_cast<std::uint64_t>(in.signed_varint());
    const auto classes = read_classes(in);
    ByteReader gaps{in.sized()};
    ByteReader kinds{in.sized()};
    std::array<ByteView, kPlanes> firsts;
    for (auto& plane : firsts) {
        plane = in.raw(count);
    }
    ByteReader high{in.sized()};
    ByteReader spans{in.sized()};
    ByteReader counts{in.sized()};
    if (!in.done()) {
        return corrupt_set();
    }
    std::vector<PairEntry> pairs(count);
    std::uint32_t last = 0;
    for (std::size_t i = 0; i < count; ++i) {
        auto& pair = pairs[i];
        last += static_cast<std::uint32_t>(gaps.varint());
        pair.recipient = last;
        const auto kind = kinds.varint();
        if (kind >= classes.size()) {
            return corrupt_set();
        }
        std::tie(pair.channels, pair.categories, pair.strongest) = classes[static_cast<std::size_t>(kind)];
        auto first = high.varint() << (8 * kPlanes);
        for (std::size_t plane = 0; plane < kPlanes; ++plane) {
            first |= std::to_integer<std::uint64_t>(firsts[plane][i]) << (8 * plane);
        }
        pair.first = static_cast<std::int64_t>(base + first);
        pair.last = static_cast<std::int64_t>(base + first + spans.varint());
        pair.objects = counts.varint();
        pair.disclosures = pair.objects + static_cast<std::uint64_t>(counts.signed_varint());
    }
    if (!gaps.done() || !kinds.done() || !high.done() || !spans.done() || !counts.done()) {
        return corrupt_set();
    }
    return pairs;
}

Bytes encode_numbers(const std::vector<std::uint64_t>& numbers) {
    ByteWriter out;
    out.varint(numbers.size());
    std::uint64_t last = 0;
    for (const auto number : numbers) {
        out.varint(number - last);
        last = number;
    }
    return std::move(out).take();
}

Result<std::vector<std::uint64_t>> decode_numbers(ByteView content) {
    ByteReader in{content};
    std::vector<std::uint64_t> numbers(in.count());
    std::uint64_t last = 0;
    for (auto& number : numbers) {
        last += in.varint();
        number = last;
    }
    if (!in.done()) {
        return corrupt_set();
    }
    return numbers;
}

}  // namespace fedtrail::ledger
