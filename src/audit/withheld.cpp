#include "audit/withheld.hpp"

#include "audit/cursor.hpp"
#include "audit/json_text.hpp"
#include "audit/leaf_words.hpp"

namespace fedtrail::audit {

namespace {

using namespace records;  // NOLINT(google-build-using-namespace): a function for each of its records

// ---- writing

template <typename Leaf>
void notice(JsonObject& facts, const Leaf& leaf, std::string_view label) {
    facts.number("request", leaf.request.get()).number("notice", leaf.notice.get()).text("recipient", label);
}

template <typename Leaf>
void put(JsonObject& /*facts*/, const Leaf& /*leaf*/, std::string_view /*label*/) {}  // names no host

void put(JsonObject& facts, const RecipientNameLeaf& leaf, std::string_view label) {
    facts.number("number", leaf.number).text("host", label);
}

void put(JsonObject& facts, const NoticeStateLeaf& leaf, std::string_view label) {
    notice(facts, leaf, label);
    facts.word("state", fediverse::name_of(leaf.state));
}

void put(JsonObject& facts, const NoticeAttemptLeaf& leaf, std::string_view label) {
    notice(facts, leaf, label);
    facts.number("step", leaf.step).word("result", kResults.at(static_cast<std::size_t>(leaf.result)));
    facts.number("status", leaf.status);
}

void put(JsonObject& facts, const NoticeLookLeaf& leaf, std::string_view label) {
    notice(facts, leaf, label);
    facts.word("presence", fediverse::name_of(leaf.presence)).number("status", leaf.status);
}

void put(JsonObject& facts, const NoticeLetterLeaf& leaf, std::string_view label) {
    notice(facts, leaf, label);
    facts.flag("handed_over", leaf.handed_over);
}

void put(JsonObject& facts, const ObjectionLeaf& leaf, std::string_view label) {
    facts.number("subject", leaf.subject.get()).text("recipient", label);
    facts.flag("lifted", leaf.lifted).number("request", leaf.request.get());
}

void put(JsonObject& facts, const ConsentLeaf& leaf, std::string_view label) {
    facts.number("subject", leaf.subject.get()).number("consent", leaf.number);
    facts.text("country", leaf.country).text("recipient", label).number("given", leaf.given);
    if (leaf.withdrawn) {
        facts.number("withdrawn", *leaf.withdrawn);
    } else {
        facts.null("withdrawn");
    }
}

// ---- reading

template <typename Number = std::uint64_t>
bool number(Cursor& in, std::string_view key) {
    return in.take(key) && in.number<Number>();
}

bool flag(Cursor& in, std::string_view key) {
    return in.take(key) && (in.take("true") || in.take("false"));
}

/// The word of a number up to `last`.
template <typename Enum>
bool word_of(Cursor& in, std::string_view key, Enum last) {
    return in.take(key) && in.take_word(static_cast<unsigned>(last) + 1, [](unsigned each) {
        return fediverse::name_of(static_cast<Enum>(each));
    });
}

bool label(Cursor& in, std::string_view key) {
    return in.take(key) && in.take_label(kUnnamed);
}

bool notice(Cursor& in) {
    return number(in, "{\"request\":") && number(in, ",\"notice\":") && label(in, ",\"recipient\":");
}

bool attempt(Cursor& in) {
    return notice(in) && number<std::uint32_t>(in, ",\"step\":") && in.take(",\"result\":") &&
           in.take_word(kResults.size(), [](unsigned each) { return kResults.at(each); }) &&
           number<std::uint16_t>(in, ",\"status\":");
}

bool consent(Cursor& in) {
    return number(in, "{\"subject\":") && number(in, ",\"consent\":") && in.take(",\"country\":") &&
           in.text(kMaxLeafText) && label(in, ",\"recipient\":") && number(in, ",\"given\":") &&
           in.take(",\"withdrawn\":") && (in.take("null") || in.number());
}

bool look(Cursor& in) {
    return notice(in) && word_of(in, ",\"presence\":", fediverse::Presence::Unprobeable) &&
           number<std::uint16_t>(in, ",\"status\":");
}

bool objection(Cursor& in) {
    return number(in, "{\"subject\":") && label(in, ",\"recipient\":") && flag(in, ",\"lifted\":") &&
           number(in, ",\"request\":");
}

bool facts_of(LeafKind kind, Cursor& in) {
    if (kind == LeafKind::RecipientName) {
        return number<std::uint32_t>(in, "{\"number\":") && label(in, ",\"host\":");
    }
    if (kind == LeafKind::NoticeState) {
        return notice(in) && word_of(in, ",\"state\":", fediverse::NoticeState::Disproportionate);
    }
    if (kind == LeafKind::NoticeLetter) {
        return notice(in) && flag(in, ",\"handed_over\":");
    }
    return kind == LeafKind::NoticeAttempt ? attempt(in)
           : kind == LeafKind::NoticeLook  ? look(in)
           : kind == LeafKind::Objection   ? objection(in)
           : kind == LeafKind::Consent     ? consent(in)
                                           : false;
}

}  // namespace

bool names_hosts(LeafKind kind) {
    return kind == LeafKind::RecipientName || kind == LeafKind::Consent ||
           (kind >= LeafKind::NoticeState && kind <= LeafKind::Objection);
}

std::string host_in(const LeafBody& body) {
    return std::visit(
        [](const auto& leaf) -> std::string {
            if constexpr (requires { leaf.host; }) {
                return leaf.host;
            } else if constexpr (requires { leaf.recipient.text(); }) {
                return leaf.recipient.text();
            } else if constexpr (requires { std::string{leaf.recipient}; }) {
                return leaf.recipient;
            } else {
                return {};
            }
        },
        body);
}

void append_withheld(std::string& out, const LeafBody& body, std::string_view label) {
    JsonObject facts{out};
    std::visit([&](const auto& leaf) { put(facts, leaf, label); }, body);
    facts.end();
}

bool is_withheld(LeafKind kind, std::string_view text) {
    Cursor in{text};
    return facts_of(kind, in) && in.rest() == "}";
}

}  // namespace fedtrail::audit
