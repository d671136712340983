#include "backends/sqlite/vault_identity.hpp"

#include <algorithm>
#include <optional>

#include "fedtrail/fediverse/signer.hpp"

#include "backends/sqlite/vault_octets.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr auto kIdentityForm = std::byte{1};
constexpr auto kConfirmedForm = std::byte{2};
constexpr std::size_t kMaxUsername = 256;

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
    const bool confirmed = !identity.confirmed.reveal().empty();
    Bytes out{confirmed ? kConfirmedForm : kIdentityForm, static_cast<std::byte>(identity.source)};
    put_text(out, identity.origin.text());
    put_text(out, identity.actor.reveal());
    put_text(out, identity.handle.reveal());
    if (confirmed) {
        put_text(out, identity.confirmed.reveal());
    }
    return out;
}

Result<StoredIdentity> decode_identity(ByteView bytes) {
    if (bytes.size() < 2 || (bytes[0] != kIdentityForm && bytes[0] != kConfirmedForm) ||
        bytes[1] > static_cast<std::byte>(HandleSource::Told)) {
        return not_an_identity();
    }
    auto rest = bytes.subspan(2);
    const auto origin = take_text(rest);
    const auto actor = take_text(rest);
    const auto handle = take_text(rest);
    const bool has_confirmed = bytes[0] == kConfirmedForm;
    const auto confirmed = has_confirmed ? take_text(rest) : std::string_view{};
    const auto host = Host::parse(origin.value_or(std::string_view{}));
    if (!actor || !handle || !confirmed || !host || !rest.empty() ||
        (has_confirmed && !is_handle(*confirmed))) {
        return not_an_identity();
    }
    return StoredIdentity{*host,
                          Personal{std::string{*actor}},
                          Personal{std::string{*handle}},
                          static_cast<HandleSource>(bytes[1]),
                          Personal{std::string{*confirmed}}};
}

StoredIdentity identity_of(const Uri& actor, const Host& origin, std::string_view username) {
    StoredIdentity identity{origin, Personal{actor.text()}, {}, HandleSource::Told, {}};
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

bool is_handle(std::string_view text) {
    const auto at = text.rfind('@');
    return at != std::string_view::npos && is_username(text.substr(0, at)) && at + 1 < text.size() &&
           Host::parse(text.substr(at + 1)).has_value();
}

bool same_name(std::string_view a, std::string_view b) {
    return folded(a.substr(0, a.rfind('@'))) == folded(b.substr(0, b.rfind('@')));
}

std::string folded(std::string_view handle) {
    std::string text{handle};
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

}  // namespace fedtrail::sqlite
