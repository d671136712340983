// Activities are nearly all there is in a bundle: they are turned into words without becoming a value first.

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/ledger/varint.hpp"
#include "fedtrail/privacy/disclosure.hpp"

#include "audit/facts.hpp"
#include "audit/json_text.hpp"

namespace fedtrail::audit {

namespace {

constexpr std::uint32_t kMaxCode = 0xFF'FFFF;
constexpr unsigned kCategoryBits = 16;

/// Varints in their shortest form only.
class Reader {
public:
    explicit Reader(ByteView bytes) : rest_(bytes) {}

    std::uint64_t varint() {
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

void put_word(std::string& out, std::string_view word) {
    out += '"';
    out += word;
    out += '"';
}

void put_categories(std::string& out, std::uint32_t bits) {
    out += '[';
    for (unsigned bit = 0; bit < kCategoryBits; ++bit) {
        if ((bits >> bit & 1U) == 0) {
            continue;
        }
        if (out.back() != '[') {
            out += ',';
        }
        if (bit < fediverse::kDataCategories.size()) {
            put_word(out, fediverse::kDataCategories.at(bit).second);
        } else {
            put_number(out, bit);
        }
    }
    out += ']';
}

struct Columns {
    std::vector<std::uint32_t> recipients;
    std::vector<std::int64_t> offsets;
};

/// Recipients, then offsets, then outcomes.
void put_attempts(std::string& out, Reader& in) {
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
    out += '[';
    for (std::size_t i = 0; i < size; ++i) {
        const auto code = in.number();
        in.refuse_unless(code <= kMaxCode);
        in.refuse_unless(i == 0 || columns.recipients[i] > columns.recipients[i - 1] ||
                         columns.offsets[i] >= columns.offsets[i - 1]);
        out += i == 0 ? "[" : ",[";
        put_number(out, columns.recipients[i]);
        out += ',';
        put_number(out, columns.offsets[i]);
        out += ',';
        append_outcome(out, code);
        out += ']';
    }
    out += ']';
}

}  // namespace

void append_outcome(std::string& out, std::uint32_t code) {
    const auto channel = code >> 20U & 0xFU;
    const auto kind = code >> 16U & 0xFU;
    if (channel <= static_cast<unsigned>(privacy::Channel::Bridge)) {
        put_word(out, privacy::name_of(static_cast<privacy::Channel>(channel)));
    } else {
        put_number(out, channel);
    }
    out += ',';
    if (kind <= static_cast<unsigned>(privacy::OutcomeKind::Prevented)) {
        put_word(out, privacy::name_of(static_cast<privacy::OutcomeKind>(kind)));
    } else {
        put_number(out, kind);
    }
    out += ',';
    put_number(out, code & 0xFFFFU);
}

bool append_activity_facts(std::string& out, ByteView body, FactsFor reader) {
    const bool everybody = reader == FactsFor::Everybody;
    Reader in{body};
    JsonObject facts{out};
    facts.number("subject", in.varint());
    facts.number("number", in.number());
    facts.text("type", in.text());
    const auto categories = in.number();
    in.refuse_unless(categories <= std::numeric_limits<std::uint16_t>::max());
    facts.key("categories");
    put_categories(out, categories);
    const auto visibility = in.octet();
    if (visibility <= static_cast<unsigned>(fediverse::Visibility::Unknown)) {
        facts.word("visibility", fediverse::name_of(static_cast<fediverse::Visibility>(visibility)));
    } else {
        facts.number("visibility", visibility);
    }
    if (const auto id = in.text(); everybody) {
        facts.text("id", id);
    }
    const auto refers = in.octet();
    in.refuse_unless(refers <= 1);
    if (refers == 1) {
        facts.number("refers", in.number());
    } else if (const auto object = in.text(); everybody) {
        facts.text("object", object);
    }
    facts.key("attempts");
    put_attempts(out, in);
    facts.end();
    return in.done();
}

}  // namespace fedtrail::audit
