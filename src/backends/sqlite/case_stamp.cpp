#include "backends/sqlite/case_stamp.hpp"

#include "fedtrail/ledger/blob.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::uint8_t kStampForm = 1;
constexpr std::size_t kChecksum = 8;

std::uint64_t checksum_at(std::string_view place, ByteView bytes) {
    Bytes all = to_bytes(place);
    all.insert(all.end(), bytes.begin(), bytes.end());
    return ledger::checksum(all);
}

std::string context_of(std::string_view place) {
    return "cases/" + std::string{place};
}

}  // namespace

std::string place_of(std::string_view word, std::initializer_list<std::int64_t> numbers) {
    std::string place{word};
    for (const auto number : numbers) {
        place += '/';
        place += std::to_string(number);
    }
    return place;
}

tl::unexpected<Error> damaged(std::string_view place) {
    return fail(ErrorKind::Corrupt,
                "a stored value is damaged: " + std::string{place},
                "run `fedtrail doctor`; restore a backup if it finds more");
}

Bytes stamped(std::string_view place, ByteView content) {
    Bytes blob;
    blob.reserve(1 + content.size() + kChecksum);
    blob.push_back(static_cast<std::byte>(kStampForm));
    blob.insert(blob.end(), content.begin(), content.end());
    const auto sum = checksum_at(place, blob);
    for (unsigned shift = 0; shift < 64; shift += 8) {
        blob.push_back(static_cast<std::byte>(sum >> shift));
    }
    return blob;
}

Result<ByteView> unstamped(std::string_view place, ByteView blob) {
    if (blob.size() < 1 + kChecksum) {
        return damaged(place);
    }
    const auto content = blob.first(blob.size() - kChecksum);
    std::uint64_t stored = 0;
    for (std::size_t i = 0; i < kChecksum; ++i) {
        stored |= std::to_integer<std::uint64_t>(blob[content.size() + i]) << (8 * i);
    }
    if (stored != checksum_at(place, content)) {
        return damaged(place);
    }
    if (content[0] != static_cast<std::byte>(kStampForm)) {
        return fail(ErrorKind::Corrupt,
                    "a stored value was written by a newer fedtrail: " + std::string{place},
                    "run the newer Fedtrail that wrote it");
    }
    return content.subspan(1);
}

Result<std::optional<Bytes>> CaseSeals::seal(privacy::SubjectNumber subject,
                                             std::string_view place,
                                             ByteView plain) const {
    const auto sealed = sealer_.seal(subject, context_of(place), plain);
    if (!sealed && sealed.error().kind == ErrorKind::NotFound) {
        return std::optional<Bytes>{};
    }
    if (!sealed) {
        return fail(sealed);
    }
    return std::optional{stamped(place, *sealed)};
}

Result<bool> CaseSeals::has_key(privacy::SubjectNumber subject) const {
    const auto sealed = seal(subject, "key", {});
    if (!sealed) {
        return fail(sealed);
    }
    return sealed->has_value();
}

Result<std::optional<Bytes>> CaseSeals::open(privacy::SubjectNumber subject,
                                             std::string_view place,
                                             ByteView sealed) const {
    if (sealed.empty()) {  // forgotten with the key
        const auto key = has_key(subject);
        if (!key || *key) {
            return key ? damaged(place) : fail(key);
        }
        return std::optional<Bytes>{};
    }
    const auto inside = unstamped(place, sealed);
    if (!inside) {
        return fail(inside);
    }
    auto plain = sealer_.open(subject, context_of(place), *inside);
    if (!plain && plain.error().kind == ErrorKind::NotFound) {
        return std::optional<Bytes>{};
    }
    if (!plain) {
        return fail(plain);
    }
    return std::optional{std::move(*plain)};
}

}  // namespace fedtrail::sqlite
