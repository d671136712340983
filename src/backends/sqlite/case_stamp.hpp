/// What lies around every value that a case or the directory stores: it finds a flipped byte, and a value
/// that stands in another row's place.
///
/// octet 0 is 1 (the form), then the content, then the XXH64 (seed 0, little-endian, 8 octets) of the place's
/// octets followed by all before. docs/formats/cases.md.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/ledger/varint.hpp"
#include "fedtrail/ports/subject_vault.hpp"

namespace fedtrail::sqlite {

/// "request/7/1": a word and what else the row says, numbers in decimal.
[[nodiscard]] std::string place_of(std::string_view word, std::initializer_list<std::int64_t> numbers);

[[nodiscard]] Bytes stamped(std::string_view place, ByteView content);
/// The content inside. Errors: Corrupt (too short, a newer form, the checksum does not match).
[[nodiscard]] Result<ByteView> unstamped(std::string_view place, ByteView blob);

[[nodiscard]] tl::unexpected<Error> damaged(std::string_view place);

/// Seals what only the subject's key may open. `sealer` must outlive it.
class CaseSeals {
public:
    explicit CaseSeals(const SubjectSealer& sealer) : sealer_(sealer) {}

    /// Sealed under the context "cases/" and `place`, then stamped. Nothing if the subject has no key.
    [[nodiscard]] Result<std::optional<Bytes>> seal(privacy::SubjectNumber subject,
                                                    std::string_view place,
                                                    ByteView plain) const;
    /// Errors: Unavailable, Corrupt.
    [[nodiscard]] Result<bool> has_key(privacy::SubjectNumber subject) const;
    /// Nothing if the subject has no key any more; `sealed` may be empty then. Errors: Corrupt.
    [[nodiscard]] Result<std::optional<Bytes>> open(privacy::SubjectNumber subject,
                                                    std::string_view place,
                                                    ByteView sealed) const;

private:
    const SubjectSealer& sealer_;
};

inline void put_text(ledger::ByteWriter& out, std::string_view text) {
    out.sized(bytes_of(text));
}
[[nodiscard]] inline std::string take_text(ledger::ByteReader& in) {
    return std::string{text_of(in.sized())};
}

inline void put_at(ledger::ByteWriter& out, Instant at) {
    out.signed_varint(at.time_since_epoch().count());
}
[[nodiscard]] inline Instant take_at(ledger::ByteReader& in) {
    return Instant{std::chrono::milliseconds{in.signed_varint()}};
}
inline void put_at_if(ledger::ByteWriter& out, const std::optional<Instant>& at) {
    if (at) {
        put_at(out, *at);
    }
}
[[nodiscard]] inline std::optional<Instant> take_at_if(ledger::ByteReader& in, bool there) {
    return there ? std::optional{take_at(in)} : std::nullopt;
}

/// A value of an enumeration that ends with `last`; anything above makes `in` fail.
template <typename Enum>
[[nodiscard]] Enum take_enum(ledger::ByteReader& in, Enum last) {
    const auto value = in.byte();
    if (value > static_cast<std::uint8_t>(last)) {
        in.refuse();
        return Enum{};
    }
    return static_cast<Enum>(value);
}
/// A varint that fits `Number`.
template <typename Number>
[[nodiscard]] Number take_number(ledger::ByteReader& in) {
    const auto value = in.varint();
    if (value > static_cast<std::uint64_t>(static_cast<Number>(-1))) {
        in.refuse();
        return 0;
    }
    return static_cast<Number>(value);
}

}  // namespace fedtrail::sqlite
