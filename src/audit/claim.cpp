#include "audit/claim.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/privacy/disclosure.hpp"

#include "audit/cursor.hpp"
#include "audit/leaf_words.hpp"
#include "audit/withheld.hpp"
#include "audit/withheld_by.hpp"

namespace fedtrail::audit {

namespace {

constexpr unsigned kMostInCode = 15;  // four bits each: channel, kind of the outcome

/// An enumeration's word, or a number that has none; `name` gives the word of a number up to `last`.
template <typename Name>
std::optional<unsigned> word(Cursor& in, unsigned last, unsigned most, Name name) {
    if (!in.take("\"")) {
        const auto number = in.number<unsigned>();
        return number && *number > last && *number <= most ? number : std::nullopt;
    }
    const auto spelled = in.quoted();
    for (unsigned each = 0; spelled && each <= last; ++each) {
        if (name(each) == *spelled) {
            return each;
        }
    }
    return std::nullopt;
}

template <typename Enum>
std::optional<unsigned> word_of(Cursor& in, Enum last, unsigned most) {
    return word(in, static_cast<unsigned>(last), most, [](unsigned each) {
        return name_of(static_cast<Enum>(each));
    });
}

bool categories(Cursor& in) {
    constexpr auto kLast = static_cast<unsigned>(fediverse::kDataCategories.size()) - 1;
    std::optional<unsigned> before;
    while (!in.take("]")) {
        if (before && !in.take(",")) {
            return false;
        }
        const auto bit = word(in, kLast, kCategoryBits - 1, [](unsigned each) {
            return fediverse::kDataCategories.at(each).second;
        });
        if (!bit || (before && *bit <= *before)) {
            return false;
        }
        before = bit;
    }
    return true;
}

bool attempts(Cursor& in) {
    std::optional<std::pair<std::uint32_t, std::int32_t>> before;
    while (!in.take("]")) {
        if (!in.take(before ? ",[" : "[")) {
            return false;
        }
        const auto recipient = in.number<std::uint32_t>();
        const auto seconds = recipient && in.take(",") ? in.number<std::int32_t>() : std::nullopt;
        if (!seconds || !in.take(",") || !word_of(in, privacy::Channel::Bridge, kMostInCode) ||
            !in.take(",") || !word_of(in, privacy::OutcomeKind::Prevented, kMostInCode) || !in.take(",") ||
            !in.number<std::uint16_t>() || !in.take("]")) {
            return false;
        }
        const std::pair now{*recipient, *seconds};
        if (before && now < *before) {
            return false;
        }
        before = now;
    }
    return true;
}

bool activity(Cursor& in) {
    if (!in.take("{\"subject\":") || !in.number() || !in.take(",\"number\":") ||
        !in.number<std::uint32_t>() || !in.take(",\"type\":") || !in.text(records::kMaxLeafText) ||
        !in.take(",\"categories\":[") || !categories(in) || !in.take(",\"visibility\":") ||
        !word_of(in, fediverse::Visibility::Unknown, 255)) {
        return false;
    }
    if (in.take(",\"refers\":") && !in.number<std::uint32_t>()) {
        return false;
    }
    return in.take(",\"attempts\":[") && attempts(in) && in.rest() == "}";
}

}  // namespace

bool is_claim(records::LeafKind kind, std::string_view text) {
    Cursor in{text};
    return kind == records::LeafKind::Activity ? activity(in)
           : says_by(kind)                     ? is_withheld_by(kind, text)
                                               : is_withheld(kind, text);
}

}  // namespace fedtrail::audit
