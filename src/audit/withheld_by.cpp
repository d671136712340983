#include "audit/withheld_by.hpp"

#include <tuple>

#include "fedtrail/core/base64.hpp"

#include "audit/cursor.hpp"
#include "audit/leaf_words.hpp"

namespace fedtrail::audit {

namespace {

using records::LeafKind;

bool next_number(Cursor& in, std::string_view key) {
    return in.take(key) && in.number();
}

bool next_text(Cursor& in, std::string_view key) {
    return in.take(key) && in.text(records::kMaxLeafText);
}

bool next_operator(Cursor& in, std::string_view key) {
    return in.take(key) && in.take_label(kUnnamedOperator);
}

bool next_digest(Cursor& in, std::string_view key) {
    if (!in.take(key)) {
        return false;
    }
    if (in.take("null")) {
        return true;
    }
    constexpr std::size_t kSpelled = 44;
    const auto spelled = in.take("\"") ? in.quoted() : std::nullopt;
    Bytes octets;
    return spelled && spelled->size() == kSpelled && from_base64(*spelled, octets) &&
           octets.size() == std::tuple_size_v<records::LeafDigest>;
}

/// [["chunk",12],["look",3]]
bool next_counts(Cursor& in, std::string_view key) {
    if (!in.take(key) || !in.take("[")) {
        return false;
    }
    for (bool first = true; !in.take("]"); first = false) {
        if (!in.take(first ? "[" : ",[") || !in.text(records::kMaxLeafText) || !in.take(",") ||
            !in.number() || !in.take("]")) {
            return false;
        }
    }
    return true;
}

template <typename Enum>
bool next_word(Cursor& in, std::string_view key, Enum last) {
    return in.take(key) && in.take_word(static_cast<unsigned>(last) + 1, [](unsigned each) {
        return privacy::name_of(static_cast<Enum>(each));
    });
}

bool event(Cursor& in) {
    using privacy::RefusalGround;
    const auto listed = [&in](std::string_view key, const auto& words) {
        return in.take(key) && in.take_word(words.size(), [&words](unsigned each) { return words.at(each); });
    };
    return next_number(in, "{\"request\":") && next_number(in, ",\"place\":") &&
           next_number(in, ",\"subject\":") && listed(",\"source\":", kSources) &&
           listed(",\"scope\":", kScopes) &&
           next_word(in, ",\"event\":", privacy::RequestEventKind::OriginUnsure) &&
           next_word(in, ",\"state\":", privacy::RequestState::Duplicate) &&
           (in.take(",\"ground\":null") || next_word(in, ",\"ground\":", RefusalGround::NoGround)) &&
           next_operator(in, ",\"by\":") && next_digest(in, ",\"words\":");
}

bool shredding(Cursor& in) {
    return next_number(in, "{\"subject\":") && next_text(in, ",\"why\":") && next_operator(in, ",\"by\":") &&
           next_counts(in, ",\"removed\":");
}

bool exported(Cursor& in) {
    return next_text(in, "{\"what\":") && next_text(in, ",\"level\":") && next_text(in, ",\"scope\":") &&
           next_operator(in, ",\"by\":") && next_number(in, ",\"records\":") &&
           next_digest(in, ",\"digest\":");
}

bool access(Cursor& in) {
    return next_number(in, "{\"subject\":") && next_text(in, ",\"what\":") && next_text(in, ",\"by\":") &&
           in.take(",\"revealed\":") && (in.take("true") || in.take("false"));
}

}  // namespace

bool says_by(LeafKind kind) {
    return kind == LeafKind::RequestEvent || kind == LeafKind::Shredding || kind == LeafKind::Export ||
           kind == LeafKind::Access;
}

std::string* by_in(records::LeafBody& body) {
    return std::visit(
        [](auto& leaf) -> std::string* {
            if constexpr (requires { leaf.by; }) {
                return &leaf.by;
            } else {
                return nullptr;
            }
        },
        body);
}

bool is_withheld_by(LeafKind kind, std::string_view text) {
    Cursor in{text};
    const bool read = kind == LeafKind::RequestEvent ? event(in)
                      : kind == LeafKind::Shredding  ? shredding(in)
                      : kind == LeafKind::Export     ? exported(in)
                      : kind == LeafKind::Access     ? access(in)
                                                     : false;
    return read && in.rest() == "}";
}

}  // namespace fedtrail::audit
