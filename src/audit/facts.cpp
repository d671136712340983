#include "audit/facts.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "fedtrail/core/base64.hpp"
#include "fedtrail/core/utf8.hpp"

#include "audit/json_text.hpp"
#include "audit/leaf_words.hpp"

namespace fedtrail::audit {

namespace {

using namespace records;  // NOLINT(google-build-using-namespace): a function for each of its records

template <typename Enum, std::size_t Size>
std::string_view word_of(const std::array<std::string_view, Size>& words, Enum value) {
    return words.at(static_cast<std::size_t>(value));
}

void digest(JsonObject& facts, std::string_view name, const std::optional<LeafDigest>& value) {
    if (value) {
        facts.word(name, base64(*value));
    } else {
        facts.null(name);
    }
}

/// [["chunk",12],["look",3]]
void counts(JsonObject& facts, std::string& out, const std::vector<LeafCount>& removed) {
    facts.key("removed");
    out += '[';
    for (const auto& each : removed) {
        out += out.back() == '[' ? "[" : ",[";
        put_text(out, each.what);
        out += ',';
        put_number(out, each.count);
        out += ']';
    }
    out += ']';
}

template <typename Leaf>
void notice(JsonObject& facts, const Leaf& leaf) {
    facts.number("request", leaf.request.get());
    facts.number("notice", leaf.notice.get());
    facts.text("recipient", leaf.recipient.text());
}

void put(JsonObject& /*facts*/, std::string& /*out*/, const ActivityLeaf& /*leaf*/) {}  // activity_facts()

void put(JsonObject& facts, std::string& out, const LateAttemptLeaf& leaf) {
    facts.number("subject", leaf.subject.get());
    facts.number("activity", leaf.activity);
    facts.number("recipient", leaf.recipient);
    facts.key("outcome");
    out += '[';
    append_outcome(out, leaf.code);
    out += ']';
}

void put(JsonObject& facts, std::string& /*out*/, const RecipientNameLeaf& leaf) {
    facts.number("number", leaf.number).text("host", leaf.host);
}

void put(JsonObject& facts, std::string& /*out*/, const WindowLeaf& leaf) {
    facts.number("number", leaf.number).number("leaves", leaf.leaves).word("root", base64(leaf.root));
    facts.number("first", leaf.first_at).number("last", leaf.last_at);
}

void put(JsonObject& facts, std::string& /*out*/, const RequestEventLeaf& leaf) {
    facts.number("request", leaf.request.get()).number("place", leaf.place);
    facts.number("subject", leaf.subject.get());
    facts.word("source", word_of(kSources, leaf.source)).word("scope", word_of(kScopes, leaf.scope));
    facts.word("event", privacy::name_of(leaf.kind)).word("state", privacy::name_of(leaf.state));
    if (leaf.ground) {
        facts.word("ground", privacy::name_of(*leaf.ground));
    } else {
        facts.null("ground");
    }
    facts.text("by", leaf.by);
    digest(facts, "words", leaf.words);
}

void put(JsonObject& facts, std::string& /*out*/, const NoticeStateLeaf& leaf) {
    notice(facts, leaf);
    facts.word("state", fediverse::name_of(leaf.state));
}

void put(JsonObject& facts, std::string& /*out*/, const NoticeAttemptLeaf& leaf) {
    notice(facts, leaf);
    facts.number("step", leaf.step).word("result", word_of(kResults, leaf.result));
    facts.number("status", leaf.status).text("scheme", leaf.scheme).text("note", leaf.note);
}

void put(JsonObject& facts, std::string& /*out*/, const NoticeLookLeaf& leaf) {
    notice(facts, leaf);
    facts.text("probe", leaf.probe).word("presence", fediverse::name_of(leaf.presence));
    facts.number("status", leaf.status);
}

void put(JsonObject& facts, std::string& /*out*/, const NoticeLetterLeaf& leaf) {
    notice(facts, leaf);
    facts.text("rung", leaf.rung).text("language", leaf.language).text("channel", leaf.channel);
    facts.text("message_id", leaf.message_id).flag("handed_over", leaf.handed_over).text("note", leaf.note);
}

void put(JsonObject& facts, std::string& /*out*/, const ObjectionLeaf& leaf) {
    facts.number("subject", leaf.subject.get()).text("recipient", leaf.recipient.text());
    facts.flag("lifted", leaf.lifted).number("request", leaf.request.get());
}

void put(JsonObject& facts, std::string& out, const PolicyChangeLeaf& leaf) {
    facts.text("program", leaf.program).key("files");
    out += '[';
    for (const auto& file : leaf.files) {
        out += out.back() == '[' ? "[" : ",[";
        put_text(out, file.name);
        out += ",\"";
        append_base64(out, file.digest);
        out += "\"]";
    }
    out += ']';
}

void put(JsonObject& facts, std::string& out, const ShreddingLeaf& leaf) {
    facts.number("subject", leaf.subject.get()).text("why", leaf.why).text("by", leaf.by);
    counts(facts, out, leaf.removed);
}

void put(JsonObject& facts, std::string& out, const RetentionRunLeaf& leaf) {
    facts.word("policy", base64(leaf.policy));
    counts(facts, out, leaf.removed);
}

void put(JsonObject& facts, std::string& /*out*/, const ExportLeaf& leaf) {
    facts.text("what", leaf.what).text("level", leaf.level).text("scope", leaf.scope).text("by", leaf.by);
    facts.number("records", leaf.records);
    digest(facts, "digest", leaf.digest);
}

void put(JsonObject& facts, std::string& /*out*/, const AccessLeaf& leaf) {
    facts.number("subject", leaf.subject.get()).text("what", leaf.what).text("by", leaf.by);
    facts.text("why", leaf.why).flag("revealed", leaf.revealed);
}

void put(JsonObject& facts, std::string& /*out*/, const GapLeaf& leaf) {
    facts.number("from", leaf.from.time_since_epoch().count());
    facts.number("until", leaf.until.time_since_epoch().count());
    facts.number("deliveries", leaf.deliveries);
}

void put(JsonObject& facts, std::string& /*out*/, const ConsentLeaf& leaf) {
    facts.number("subject", leaf.subject.get()).number("consent", leaf.number);
    facts.text("country", leaf.country).text("recipient", leaf.recipient).number("given", leaf.given);
    if (leaf.withdrawn) {
        facts.number("withdrawn", *leaf.withdrawn);
    } else {
        facts.null("withdrawn");
    }
}

}  // namespace

namespace {

void put_escaped(std::string& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    constexpr std::string_view kShort = "btn?fr";  // for 8, 9, 10, 12, 13
    for (const char letter : text) {
        const auto octet = static_cast<unsigned char>(letter);
        if (octet >= 0x20U && letter != '"' && letter != '\\') {
            out += letter;
        } else if (octet >= 0x20U) {
            out += '\\';
            out += letter;
        } else if (octet >= 8 && octet <= 13 && octet != 11) {
            out += '\\';
            out += kShort[octet - 8U];
        } else {
            out += "\\u00";
            out += kHex[octet >> 4U];
            out += kHex[octet & 0xFU];
        }
    }
}

}  // namespace

bool is_plain(std::string_view text) {
    constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
    constexpr std::uint64_t kHigh = 0x80 * kOnes;
    const auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHigh; };
    std::uint64_t found = 0;  // a high bit for an octet that is not plain; eight at a time
    while (text.size() >= sizeof found) {
        std::uint64_t word{};
        std::memcpy(&word, text.data(), sizeof word);
        found |= (word & kHigh) | ((word - 0x20 * kOnes) & ~word & kHigh) | has_zero(word ^ '"' * kOnes) |
                 has_zero(word ^ '\\' * kOnes);
        text.remove_prefix(sizeof word);
    }
    return found == 0 && std::none_of(text.begin(), text.end(), [](char letter) {
               const auto octet = static_cast<unsigned char>(letter);
               return octet < 0x20U || octet >= 0x80U || letter == '"' || letter == '\\';
           });
}

void put_text(std::string& out, std::string_view text) {
    const bool plain = is_plain(text);
    if (!plain && !is_utf8(text)) {
        JsonObject{out}.word("base64", base64(bytes_of(text))).end();
        return;
    }
    out += '"';
    if (plain) {
        out += text;
    } else {
        put_escaped(out, text);
    }
    out += '"';
}

Result<void> append_facts(std::string& out, LeafKind kind, ByteView body, FactsFor reader) {
    if (kind == LeafKind::Activity) {
        thread_local std::vector<char> room;
        const auto facts = body.size() > kMaxLeafBody ? std::nullopt : activity_facts(room, body, reader);
        if (!facts) {
            return fail(ErrorKind::Corrupt, "a record of the log (activity) cannot be read");
        }
        out += *facts;
        return {};
    }
    const auto decoded = decode_body(kind, body);
    if (!decoded) {
        return fail(decoded);
    }
    append_facts(out, *decoded, reader);
    return {};
}

void append_facts(std::string& out, const LeafBody& body, FactsFor reader) {
    JsonObject facts{out};
    const auto* access = std::get_if<AccessLeaf>(&body);
    if (access != nullptr && reader == FactsFor::Pseudonymised) {
        facts.number("subject", access->subject.get()).text("what", access->what).text("by", access->by);
        facts.flag("revealed", access->revealed);
    } else {
        std::visit([&](const auto& leaf) { put(facts, out, leaf); }, body);
    }
    facts.end();
}

}  // namespace fedtrail::audit
