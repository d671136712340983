#include "backends/sqlite/declaration_code.hpp"

#include <utility>

#include "backends/sqlite/case_stamp.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::uint8_t kHasBefore = 1U << 0U;
constexpr std::uint8_t kHasAfter = 1U << 1U;
constexpr std::uint8_t kHasBoth = kHasBefore | kHasAfter;

std::string place_of_word(const Host& host, const std::string& key) {
    return "declaration/" + host.text() + "/" + key;
}

/// The host is part of the place: an act that was moved to another host is found.
std::string place_of_act(std::int64_t number, const Host& host) {
    return place_of("declaration-act", {number}) + "/" + host.text();
}

void put_change(ledger::ByteWriter& out, const WordChange& change) {
    out.byte(static_cast<std::uint8_t>((change.before ? kHasBefore : 0U) | (change.after ? kHasAfter : 0U)));
    put_text(out, change.key);
    for (const auto& value : {change.before, change.after}) {
        if (value) {
            put_text(out, value->reveal());
        }
    }
}

WordChange take_change(ledger::ByteReader& in) {
    WordChange change;
    const auto flags = in.byte();
    if (flags > kHasBoth) {
        in.refuse();
    }
    change.key = take_text(in);
    if ((flags & kHasBefore) != 0) {
        change.before = Personal{take_text(in)};
    }
    if ((flags & kHasAfter) != 0) {
        change.after = Personal{take_text(in)};
    }
    return change;
}

}  // namespace

Bytes encode_word(const Host& host, const DeclaredWord& word) {
    ledger::ByteWriter out;
    put_at(out, word.at);
    put_text(out, word.by);
    put_text(out, word.reason);
    put_text(out, word.value.reveal());
    return stamped(place_of_word(host, word.key), out.bytes());
}

Result<DeclaredWord> decode_word(const Host& host, const std::string& key, ByteView blob) {
    const auto content = unstamped(place_of_word(host, key), blob);
    if (!content) {
        return fail(content);
    }
    ledger::ByteReader in{*content};
    DeclaredWord word;
    word.key = key;
    word.at = take_at(in);
    word.by = take_text(in);
    word.reason = take_text(in);
    word.value = Personal{take_text(in)};
    return in.done() ? Result<DeclaredWord>{std::move(word)} : damaged(place_of_word(host, key));
}

Bytes encode_act(std::int64_t number, const DeclarationAct& act) {
    ledger::ByteWriter out;
    put_at(out, act.at);
    put_text(out, act.by);
    put_text(out, act.reason);
    out.varint(act.changes.size());
    for (const auto& change : act.changes) {
        put_change(out, change);
    }
    return stamped(place_of_act(number, act.host), out.bytes());
}

Result<DeclarationAct> decode_act(std::int64_t number, const Host& host, ByteView blob) {
    const auto place = place_of_act(number, host);
    const auto content = unstamped(place, blob);
    if (!content) {
        return fail(content);
    }
    ledger::ByteReader in{*content};
    DeclarationAct act;
    act.host = host;
    act.at = take_at(in);
    act.by = take_text(in);
    act.reason = take_text(in);
    auto count = in.count(2);
    while (count-- > 0) {
        act.changes.push_back(take_change(in));
    }
    return in.done() ? Result<DeclarationAct>{std::move(act)} : damaged(place);
}

}  // namespace fedtrail::sqlite
