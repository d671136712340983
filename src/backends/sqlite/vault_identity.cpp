#include "backends/sqlite/vault_identity.hpp"

#include <algorithm>
#include <optional>

#include "fedtrail/fediverse/signer.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr auto kForm = std::byte{1};
constexpr std::size_t kMaxUsername = 256;

void put_text(Bytes& out, std::string_view text) {
    const auto size = static_cast<std::uint16_t>(text.size());  // a URI has 2,048 octets at most
    out.push_back(static_cast<std::byte>(size & 0xFFU));
    out.push_back(static_cast<std::byte>(size >> 8U));
    const auto bytes = bytes_of(text);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

std::optional<std::string> take_text(ByteView& rest) {
    if (rest.size() < 2) {
        return std::nullopt;
    }
    const auto size = std::to_integer<std::size_t>(rest[0]) | (std::to_integer<std::size_t>(rest[1]) << 8U);
    if (rest.size() - 2 < size) {
        return std::nullopt;
    }
    std::string text{text_of(rest.subspan(2, size))};
    rest = rest.subspan(2 + size);
    return text;
}

bool is_username(std::string_view text) {
    return !text.empty() && text.size() <= kMaxUsername && std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '@';
    });
}

tl::unexpected<Error> not_an_identity() {
    return fail(ErrorKind::Corrupt, "an identity in the vault is not in the form it should be");
}

}  // namespace

Bytes encode(const StoredIdentity& identity) {
    Bytes out{kForm, static_cast<std::byte>(identity.source)};
    put_text(out, identity.origin.text());
    put_text(out, identity.actor.reveal());
    put_text(out, identity.handle.reveal());
    return out;
}

Result<StoredIdentity> decode_identity(ByteView bytes) {
    if (bytes.size() < 2 || bytes[0] != kForm || bytes[1] > static_cast<std::byte>(HandleSource::Told)) {
        return not_an_identity();
    }
    auto rest = bytes.subspan(2);
    const auto origin = take_text(rest);
    auto actor = take_text(rest);
    auto handle = take_text(rest);
    const auto host = Host::parse(origin.value_or(std::string{}));
    if (!actor || !handle || !host || !rest.empty()) {
        return not_an_identity();
    }
    return StoredIdentity{*host,
                          Personal{std::move(*actor)},
                          Personal{std::move(*handle)},
                          static_cast<HandleSource>(bytes[1])};
}

StoredIdentity identity_of(const Uri& actor, const Host& origin, std::string_view username) {
    StoredIdentity identity{origin, Personal{actor.text()}, {}, HandleSource::Told};
    if (!is_username(username)) {
        username = fediverse::username_of_actor(actor);
        identity.source = HandleSource::Derived;
    }
    if (!is_username(username)) {
        identity.source = HandleSource::Unknown;
        return identity;
    }
    identity.handle = Personal{std::string{username} + "@" + origin.text()};
    return identity;
}

std::string folded(std::string_view handle) {
    std::string text{handle};
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

}  // namespace fedtrail::sqlite
