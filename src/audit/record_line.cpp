#include "audit/record_line.hpp"

#include <algorithm>
#include <array>

#include "fedtrail/core/base64.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/ledger/note.hpp"

#include "audit/claim.hpp"
#include "audit/cursor.hpp"
#include "audit/facts.hpp"
#include "audit/json_text.hpp"

namespace fedtrail::audit {

namespace {

const Instant earliest = from_unix_seconds(0);
const Instant latest = from_unix_seconds(253'402'300'799);  // 9999-12-31T23:59:59Z
constexpr std::size_t kHashText = 44;
constexpr std::size_t kMaxSubtrees = 126;

Result<void> append_head(std::string& out, const Place& place, const records::LeafHead& head) {
    if (head.at < earliest || head.at > latest) {
        return fail(ErrorKind::Invalid, "a record of the log has a time outside the years 1970 to 9999");
    }
    out += '{';
    if (place.window) {
        out += "\"in\":";
        put_number(out, *place.window);
        out += ',';
    }
    out += "\"leaf\":";
    put_number(out, place.leaf);
    out += ",\"kind\":\"";
    out += records::name_of(head.kind);
    out += "\",\"at\":\"";
    out += format_rfc3339(head.at);
    out += '"';
    return {};
}

template <typename Octets>
bool read_octets(std::string_view text, Bytes& room, Octets& out) {
    if (text.size() != kHashText || !from_base64(text, room) || room.size() != out.size()) {
        return false;
    }
    std::copy(room.begin(), room.end(), out.begin());
    return true;
}

/// Octets of a body.
constexpr std::size_t most_of(records::LeafKind kind) {
    return kind == records::LeafKind::Activity ? records::kMaxLeafBody : kMaxOtherBody;
}

bool read_skip(Cursor in, Bytes& room, RecordLine& line) {
    const auto count = in.number();
    if (!count || *count == 0 || !in.take(",\"hashes\":[")) {
        return false;
    }
    line.form = RecordLine::Form::Skip;
    line.count = *count;
    line.subtrees.clear();
    while (in.take(line.subtrees.empty() ? "\"" : ",\"")) {
        const auto text = in.quoted();
        ledger::Hash hash{};
        if (!text || line.subtrees.size() == kMaxSubtrees || !read_octets(*text, room, hash)) {
            return false;
        }
        line.subtrees.push_back(hash);
    }
    return in.rest() == "]}";
}

}  // namespace

Result<void> append_opened(std::string& out,
                           const Place& place,
                           const records::LeafHead& head,
                           const records::LeafSalt& salt,
                           ByteView body) {
    if (body.size() > most_of(head.kind)) {
        return fail(ErrorKind::Invalid,
                    "a record of the log (" + std::string{records::name_of(head.kind)} +
                        ") is longer than a bundle shows one");
    }
    if (const auto written = append_head(out, place, head); !written) {
        return fail(written);
    }
    out += ",\"salt\":\"";
    append_base64(out, salt);
    out += "\",\"body\":\"";
    append_base64(out, body);
    out += "\",\"facts\":";
    if (const auto written = append_facts(out, head.kind, body); !written) {
        return fail(written);
    }
    out += "}\n";
    return {};
}

Result<void> append_closed(std::string& out,
                           const Place& place,
                           const records::LeafHead& head,
                           const records::LeafDigest& digest,
                           std::string_view claimed) {
    if (const auto written = append_head(out, place, head); !written) {
        return fail(written);
    }
    out += ",\"digest\":\"";
    append_base64(out, digest);
    out += '"';
    if (!claimed.empty()) {
        out += ",\"claimed\":";
        out += claimed;
    }
    out += "}\n";
    return {};
}

void append_skip(std::string& out,
                 std::optional<std::uint64_t> window,
                 std::uint64_t count,
                 std::span<const ledger::Hash> subtrees) {
    out += '{';
    if (window) {
        out += "\"in\":";
        put_number(out, *window);
        out += ',';
    }
    out += "\"skip\":";
    put_number(out, count);
    out += ",\"hashes\":[";
    for (const auto& hash : subtrees) {
        out += out.back() == '[' ? "\"" : ",\"";
        append_base64(out, hash);
        out += '"';
    }
    out += "]}\n";
}

bool LineReader::read(std::string_view text, RecordLine& line) {
    Cursor in{text};
    if (!in.take("{")) {
        return false;
    }
    line.place.window.reset();
    if (in.take("\"in\":")) {
        line.place.window = in.number();
        if (!line.place.window || !in.take(",")) {
            return false;
        }
    }
    if (in.take("\"skip\":")) {
        return read_skip(in, octets_, line);
    }
    return read_record(in.rest(), line);
}

bool LineReader::read_record(std::string_view rest, RecordLine& line) {
    Cursor in{rest};
    const auto leaf = in.take("\"leaf\":") ? in.number() : std::nullopt;
    const auto kind_text = leaf && in.take(",\"kind\":\"") ? in.quoted() : std::nullopt;
    const auto at_text = kind_text && in.take(",\"at\":\"") ? in.quoted() : std::nullopt;
    const auto kind = at_text ? records::leaf_kind_named(*kind_text) : std::nullopt;
    if (!kind || !read_at(*at_text, line.head.at)) {
        return false;
    }
    line.place.leaf = *leaf;
    line.head.kind = *kind;
    if (in.take(",\"digest\":\"")) {
        line.form = RecordLine::Form::Closed;
        const auto digest = in.quoted();
        if (!digest || !read_octets(*digest, octets_, line.digest)) {
            return false;
        }
        line.claimed = in.take(",\"claimed\":");
        if (!in.rest().ends_with('}')) {
            return false;
        }
        line.claim = in.rest().substr(0, in.rest().size() - 1);
        return line.claimed ? is_claim(line.head.kind, line.claim) : line.claim.empty();
    }
    line.form = RecordLine::Form::Opened;
    line.claimed = false;
    const auto salt = in.take(",\"salt\":\"") ? in.quoted() : std::nullopt;
    const auto body = salt && in.take(",\"body\":\"") ? in.quoted() : std::nullopt;
    if (!body || body->size() > (most_of(*kind) + 2) / 3 * 4 || !read_octets(*salt, octets_, line.salt) ||
        !from_base64(*body, line.body) || line.body.size() > most_of(*kind) || !in.take(",\"facts\":")) {
        return false;
    }
    return says_its_facts(in.rest(), line);
}

bool LineReader::says_its_facts(std::string_view rest, const RecordLine& line) {
    if (!rest.ends_with('}')) {
        return false;
    }
    rest.remove_suffix(1);
    if (line.head.kind == records::LeafKind::Activity) {
        return activity_facts(room_, line.body, FactsFor::Everybody, rest.size()) == rest;
    }
    facts_.clear();
    return append_facts(facts_, line.head.kind, line.body) && facts_ == rest;
}

bool LineReader::read_at(std::string_view text, Instant& at) {
    if (text != last_text_) {
        const auto read = parse_rfc3339(text);
        if (!read || format_rfc3339(*read) != text) {
            return false;
        }
        last_text_ = text;
        last_at_ = *read;
    }
    at = last_at_;
    return true;
}

}  // namespace fedtrail::audit
