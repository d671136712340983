#include "fedtrail/ledger/note.hpp"

#include <algorithm>
#include <charconv>

#include "fedtrail/core/base64.hpp"
#include "fedtrail/core/hex.hpp"
#include "fedtrail/core/utf8.hpp"

#include "ledger/note_parts.hpp"

namespace fedtrail::ledger {

namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";
constexpr std::size_t kTime = 8;

/// UTF-8 without control characters but the line feed.
bool is_note_text(std::string_view text) {
    while (!text.empty()) {
        const auto first = static_cast<unsigned char>(text.front());
        const auto size = utf8_sequence(text);
        if (size == 0 || (first < 0x20U && first != '\n') || first == 0x7FU) {
            return false;
        }
        text.remove_prefix(size);
    }
    return true;
}

/// White space of Unicode beyond ASCII's: U+0085, U+00A0, U+1680, U+2000–200A, U+2028, U+2029, U+202F,
/// U+205F, U+3000.
bool has_wide_space(std::string_view text) {
    constexpr std::array<std::string_view, 8> kSpaces{"\xC2\x85",
                                                      "\xC2\xA0",
                                                      "\xE1\x9A\x80",
                                                      "\xE2\x80\xA8",
                                                      "\xE2\x80\xA9",
                                                      "\xE2\x80\xAF",
                                                      "\xE2\x81\x9F",
                                                      "\xE3\x80\x80"};
    for (const auto space : kSpaces) {
        if (text.find(space) != std::string_view::npos) {
            return true;
        }
    }
    for (auto at = text.find("\xE2\x80"); at != std::string_view::npos; at = text.find("\xE2\x80", at + 1)) {
        if (at + 2 < text.size() && static_cast<unsigned char>(text[at + 2]) <= 0x8AU) {
            return true;
        }
    }
    return false;
}

Result<NoteSignature> parse_signature(std::string_view line) {
    const auto invalid = fail(ErrorKind::Invalid, "note: one of its signatures cannot be read");
    if (!line.starts_with(kDash)) {
        return invalid;
    }
    line.remove_prefix(kDash.size());
    const auto space = line.find(' ');
    if (space == std::string_view::npos || !is_key_name(line.substr(0, space))) {
        return invalid;
    }
    const auto octets = from_base64(line.substr(space + 1));
    NoteSignature signature{std::string{line.substr(0, space)}, {}, {}};
    if (!octets || octets->size() <= signature.id.size()) {
        return invalid;
    }
    const auto body = octets->begin() + static_cast<std::ptrdiff_t>(signature.id.size());
    std::copy(octets->begin(), body, signature.id.begin());
    signature.signature.assign(body, octets->end());
    return signature;
}

Result<CheckedSignature> check_one(const Note& note, const NoteSignature& found, const VerifierKey& key) {
    CheckedSignature checked{key, std::nullopt};
    auto octets = ByteView{found.signature};
    auto message = note.text;
    if (key.kind == NoteKeyKind::Witness && octets.size() > kTime) {
        std::uint64_t time = 0;
        for (const auto octet : octets.first(kTime)) {
            time = time << 8U | std::to_integer<std::uint64_t>(octet);
        }
        if (time > static_cast<std::uint64_t>(INT64_MAX)) {
            return fail(ErrorKind::Denied,
                        "note: the cosignature of " + key.name + " is of a time above 2^63-1 seconds");
        }
        checked.time = time;
        octets = octets.subspan(kTime);
        message = cosigned_message(time, note.text);
    }
    if (!verify_ed25519(key.key, bytes_of(message), octets)) {
        return fail(ErrorKind::Denied, "note: the signature of " + key.name + " does not hold");
    }
    return checked;
}

}  // namespace

std::optional<std::string_view> take_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return line;
}

std::optional<std::uint64_t> plain_number(std::string_view text) {
    std::uint64_t value{};
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || (text.size() > 1 && text.front() == '0') ||
        value > static_cast<std::uint64_t>(INT64_MAX)) {
        return std::nullopt;
    }
    return value;
}

bool is_key_name(std::string_view name) {
    return !name.empty() && is_note_text(name) && name.find_first_of("+ \n") == std::string_view::npos &&
           !has_wide_space(name);
}

KeyId VerifierKey::id() const {
    Sha256 hash;
    const std::array separator{std::byte{'\n'}, static_cast<std::byte>(kind)};
    const auto whole = hash.update(bytes_of(name)).update(separator).update(key).finish();
    KeyId id;
    std::copy_n(whole.begin(), id.size(), id.begin());
    return id;
}

std::string VerifierKey::text() const {
    Bytes octets{static_cast<std::byte>(kind)};
    octets.insert(octets.end(), key.begin(), key.end());
    return name + "+" + hex(id()) + "+" + base64(octets);
}

Result<VerifierKey> VerifierKey::parse(std::string_view vkey) {
    const auto invalid = fail(ErrorKind::Invalid,
                              "that is no key a log is checked with",
                              "a key is NAME+ID+BASE64, as `fedtrail audit checkpoint` prints it");
    const auto first = vkey.find('+');
    const auto second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
    if (second == std::string_view::npos) {
        return invalid;
    }
    const auto octets = from_base64(vkey.substr(second + 1));
    VerifierKey key;
    if (!octets || octets->size() != 1 + key.key.size() || !is_key_name(vkey.substr(0, first))) {
        return invalid;
    }
    key.name = vkey.substr(0, first);
    key.kind = static_cast<NoteKeyKind>(octets->front());
    if (key.kind != NoteKeyKind::Log && key.kind != NoteKeyKind::Witness) {
        return fail(ErrorKind::Invalid,
                    "the key of " + key.name + " is of an algorithm that is not known here");
    }
    std::copy(octets->begin() + 1, octets->end(), key.key.begin());
    if (hex(key.id()) != vkey.substr(first + 1, second - first - 1)) {
        return fail(ErrorKind::Invalid, "the key of " + key.name + " does not fit its id: was it cut off?");
    }
    return key;
}

std::string Note::write() const {
    auto note = text + "\n";
    for (const auto& signature : signatures) {
        Bytes octets{signature.id.begin(), signature.id.end()};
        octets.insert(octets.end(), signature.signature.begin(), signature.signature.end());
        note += std::string{kDash} + signature.name + " " + base64(octets) + "\n";
    }
    return note;
}

Result<Note> Note::parse(std::string_view note) {
    const auto invalid = fail(ErrorKind::Invalid, "note: it is no signed note");
    const auto gap = note.rfind("\n\n");
    if (note.size() > kMaxNote || gap == std::string_view::npos || !is_note_text(note)) {
        return invalid;
    }
    Note parsed{std::string{note.substr(0, gap + 1)}, {}};
    auto rest = note.substr(gap + 2);
    while (const auto line = take_line(rest)) {
        auto signature = parse_signature(*line);
        if (!signature) {
            return fail(signature);
        }
        if (parsed.signatures.size() == kMaxSignatures) {
            return fail(ErrorKind::Invalid, "note: it has too many signatures");
        }
        parsed.signatures.push_back(*std::move(signature));
    }
    if (!rest.empty() || parsed.signatures.empty()) {
        return invalid;
    }
    return parsed;
}

Result<std::vector<CheckedSignature>> check(const Note& note, std::span<const VerifierKey> keys) {
    std::vector<CheckedSignature> good;
    for (const auto& found : note.signatures) {
        const auto key = std::find_if(keys.begin(), keys.end(), [&](const VerifierKey& known) {
            return known.name == found.name && known.id() == found.id;
        });
        if (key == keys.end()) {
            continue;
        }
        auto checked = check_one(note, found, *key);
        if (!checked) {
            return fail(checked);
        }
        good.push_back(*std::move(checked));
    }
    return good;
}

std::string cosigned_message(std::uint64_t unix_seconds, std::string_view text) {
    return "cosignature/v1\ntime " + std::to_string(unix_seconds) + "\n" + std::string{text};
}

}  // namespace fedtrail::ledger
