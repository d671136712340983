// Activities are nearly all there is in a bundle: they are turned into words without becoming a value first.

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <vector>

#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/ledger/varint.hpp"
#include "fedtrail/privacy/disclosure.hpp"

#include "audit/facts.hpp"
#include "audit/json_text.hpp"
#include "audit/leaf_words.hpp"

namespace fedtrail::audit {

namespace {

constexpr std::uint32_t kMaxCode = 0xFF'FFFF;
constexpr std::size_t kOutcome = 64;  // letters at most: "anonymous_pull","refused_before_body",65535

/// Varints in their shortest form only.
class BodyReader {
public:
    explicit BodyReader(ByteView bytes) : rest_(bytes) {}

    std::uint64_t varint() {
        if (!rest_.empty() && std::to_integer<unsigned>(rest_.front()) < 0x80U) {
            return octet();
        }
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (rest_.empty()) {
                break;
            }
            const auto part = std::to_integer<std::uint64_t>(rest_.front());
            rest_ = rest_.subspan(1);
            value |= (part & 0x7FU) << shift;
            if (part < 0x80U) {
                ok_ = ok_ && (part != 0 || shift == 0) && (shift < 63 || part == 1);
                return value;
            }
        }
        ok_ = false;
        return 0;
    }
    std::uint32_t number() {
        const auto value = varint();
        ok_ = ok_ && value <= std::numeric_limits<std::uint32_t>::max();
        return static_cast<std::uint32_t>(value);
    }
    std::string_view text() {
        const auto size = varint();
        if (size > records::kMaxLeafText || size > rest_.size()) {
            ok_ = false;
            return {};
        }
        const auto text = text_of(rest_.first(size));
        rest_ = rest_.subspan(size);
        return text;
    }
    unsigned octet() {
        if (rest_.empty()) {
            ok_ = false;
            return 0;
        }
        const auto value = std::to_integer<unsigned>(rest_.front());
        rest_ = rest_.subspan(1);
        return value;
    }

    void refuse_unless(bool so) { ok_ = ok_ && so; }
    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }
    [[nodiscard]] std::size_t left() const { return rest_.size(); }

private:
    ByteView rest_;
    bool ok_{true};
};

/// Writes into room that is known to suffice.
class Pen {
public:
    explicit Pen(char* at) : at_(at) {}

    void text(std::string_view text) { at_ = std::copy(text.begin(), text.end(), at_); }
    template <std::size_t Size>
    void text(const char (&literal)[Size]) {  // NOLINT(cppcoreguidelines-avoid-c-arrays): its size is known
        std::memcpy(at_, literal, Size - 1);
        at_ += Size - 1;
    }
    /// Copies all of `words`, of which only `letters` count: a size that is known costs no call.
    template <std::size_t Size>
    void front(const std::array<char, Size>& words, std::size_t letters) {
        std::memcpy(at_, words.data(), Size);
        at_ += letters;
    }
    void letter(char letter) { *at_++ = letter; }
    template <typename Number>
    void number(Number number) {
        at_ = std::to_chars(at_, at_ + 20, number).ptr;
    }
    void word(std::string_view word) {
        letter('"');
        text(word);
        letter('"');
    }
    /// A text of somebody else's.
    void quoted(std::string_view value) {
        if (is_plain(value)) {
            word(value);
            return;
        }
        std::string spelled;
        put_text(spelled, value);
        text(spelled);
    }
    [[nodiscard]] char* at() const { return at_; }

private:
    char* at_;
};

// What a body's octet can become: an attempt takes three octets or more and at most 80 letters, a text's
// octet at most six. The names of the keys come on top.
constexpr std::size_t kLettersPerOctet = 27;
constexpr std::size_t kKeys = 512;
// All but the attempts, and one attempt more.
constexpr std::size_t kSlack = kKeys + std::size_t{3} * 6 * records::kMaxLeafText + kOutcome + 32;

void put_categories(Pen& out, std::uint32_t bits) {
    out.letter('[');
    bool first = true;
    for (unsigned bit = 0; bit < kCategoryBits; ++bit) {
        if ((bits >> bit & 1U) == 0) {
            continue;
        }
        if (!first) {
            out.letter(',');
        }
        first = false;
        if (bit < fediverse::kDataCategories.size()) {
            out.word(fediverse::kDataCategories.at(bit).second);
        } else {
            out.number(bit);
        }
    }
    out.letter(']');
}

void put_outcome(Pen& out, std::uint32_t code) {
    const auto channel = code >> 20U & 0xFU;
    const auto kind = code >> 16U & 0xFU;
    if (channel <= static_cast<unsigned>(privacy::Channel::Bridge)) {
        out.word(privacy::name_of(static_cast<privacy::Channel>(channel)));
    } else {
        out.number(channel);
    }
    out.letter(',');
    if (kind <= static_cast<unsigned>(privacy::OutcomeKind::Prevented)) {
        out.word(privacy::name_of(static_cast<privacy::OutcomeKind>(kind)));
    } else {
        out.number(kind);
    }
    out.letter(',');
    out.number(code & 0xFFFFU);
}

/// Used again from activity to activity.
struct Columns {
    std::vector<std::uint32_t> recipients;
    std::vector<std::int64_t> offsets;
    // The last outcome and its words: nearly all of them are the same.
    std::uint32_t code{kMaxCode + 1};
    std::array<char, kOutcome> words{};
    std::size_t letters{};

    void put(Pen& out, std::uint32_t outcome) {
        if (outcome != code) {
            Pen pen{words.data()};
            put_outcome(pen, outcome);
            letters = static_cast<std::size_t>(pen.at() - words.data());
            code = outcome;
        }
        out.front(words, letters);
    }
};

/// Recipients, then offsets, then outcomes; not beyond `end`.
void put_attempts(Pen& out, BodyReader& in, const char* end) {
    thread_local Columns columns;
    const auto count = in.varint();
    in.refuse_unless(count <= in.left() / 3);
    const auto size = in.ok() ? static_cast<std::size_t>(count) : 0;
    columns.recipients.resize(size);
    columns.offsets.resize(size);
    std::uint64_t recipient = 0;
    for (auto& each : columns.recipients) {
        recipient += in.number();
        in.refuse_unless(recipient <= std::numeric_limits<std::uint32_t>::max());
        each = static_cast<std::uint32_t>(recipient);
    }
    for (auto& offset : columns.offsets) {
        offset = ledger::unzigzag(in.varint());
        in.refuse_unless(offset == static_cast<std::int32_t>(offset));
    }
    out.letter('[');
    for (std::size_t i = 0; i < size; ++i) {
        const auto code = in.number();
        in.refuse_unless(code <= kMaxCode);
        in.refuse_unless(i == 0 || columns.recipients[i] > columns.recipients[i - 1] ||
                         columns.offsets[i] >= columns.offsets[i - 1]);
        in.refuse_unless(out.at() <= end);
        if (!in.ok()) {
            return;  // numbers that are too large have no room
        }
        if (i > 0) {
            out.letter(',');
        }
        out.letter('[');
        out.number(columns.recipients[i]);
        out.letter(',');
        out.number(columns.offsets[i]);
        out.letter(',');
        columns.put(out, code);
        out.letter(']');
    }
    out.letter(']');
}

}  // namespace

void append_outcome(std::string& out, std::uint32_t code) {
    std::array<char, kOutcome> room{};
    Pen pen{room.data()};
    put_outcome(pen, code);
    out.append(room.data(), pen.at());
}

std::optional<std::string_view> activity_facts(std::vector<char>& room,
                                               ByteView body,
                                               FactsFor reader,
                                               std::size_t most) {
    const bool everybody = reader == FactsFor::Everybody;
    const auto needed = std::min(kKeys + kLettersPerOctet * body.size(), most + kSlack);
    if (room.size() < needed) {
        room.resize(needed);
    }
    BodyReader in{body};
    Pen out{room.data()};
    out.text("{\"subject\":");
    out.number(in.varint());
    out.text(",\"number\":");
    out.number(in.number());
    out.text(",\"type\":");
    out.quoted(in.text());
    const auto categories = in.number();
    in.refuse_unless(categories <= std::numeric_limits<std::uint16_t>::max());
    out.text(",\"categories\":");
    put_categories(out, categories);
    const auto visibility = in.octet();
    out.text(",\"visibility\":");
    if (visibility <= static_cast<unsigned>(fediverse::Visibility::Unknown)) {
        out.word(fediverse::name_of(static_cast<fediverse::Visibility>(visibility)));
    } else {
        out.number(visibility);
    }
    if (const auto id = in.text(); everybody) {
        out.text(",\"id\":");
        out.quoted(id);
    }
    const auto refers = in.octet();
    in.refuse_unless(refers <= 1);
    if (refers == 1) {
        out.text(",\"refers\":");
        out.number(in.number());
    } else if (const auto object = in.text(); everybody) {
        out.text(",\"object\":");
        out.quoted(object);
    }
    out.text(",\"attempts\":");
    put_attempts(out, in, room.data() + std::min(most, room.size()));
    out.letter('}');
    if (!in.done()) {
        return std::nullopt;
    }
    return std::string_view{room.data(), static_cast<std::size_t>(out.at() - room.data())};
}

}  // namespace fedtrail::audit
