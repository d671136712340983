#include "backends/sqlite/case_notice_code.hpp"

#include <algorithm>
#include <utility>

#include "backends/sqlite/case_stamp.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::uint8_t kInFlight = 1U << 0U;
constexpr std::uint8_t kSeenFromOrigin = 1U << 1U;
constexpr std::uint8_t kAcknowledged = 1U << 2U;
constexpr std::uint8_t kWords = 1U << 3U;
constexpr std::uint8_t kToldAgain = 1U << 4U;
constexpr std::uint8_t kLeft = 1U << 5U;
constexpr std::uint8_t kResting = 1U << 6U;
constexpr std::uint8_t kAllFacts = (1U << 7U) - 1;

constexpr unsigned kKindBits = 2;
constexpr unsigned kFormBits = 2;
constexpr unsigned kMaxWave = 15;

enum class Piece : std::uint8_t { Attempt = 0, Look = 1, Letter = 2 };

tl::unexpected<Error> unreadable(const char* what, records::NoticeNumber notice) {
    return fail(
        ErrorKind::Corrupt,
        std::string{"cases: "} + what + " of notice " + std::to_string(notice.get()) + " cannot be read",
        "run `fedtrail doctor`");
}

std::uint8_t head_of(const records::NoticeStep& step) {
    return static_cast<std::uint8_t>(static_cast<unsigned>(step.kind) |
                                     (static_cast<unsigned>(step.form) << kKindBits) |
                                     (std::min<unsigned>(step.wave, kMaxWave) << (kKindBits + kFormBits)));
}

records::NoticeStep step_of(std::uint8_t head, std::uint32_t object, ledger::ByteReader& in) {
    const auto kind = head & 3U;
    const auto form = (static_cast<unsigned>(head) >> kKindBits) & 3U;
    if (kind > static_cast<unsigned>(fediverse::StepKind::DeleteActor) ||
        form > static_cast<unsigned>(fediverse::ObjectForm::Tombstone)) {
        in.refuse();
        return {};
    }
    return {static_cast<fediverse::StepKind>(kind),
            static_cast<fediverse::ObjectForm>(form),
            static_cast<std::uint8_t>(head >> (kKindBits + kFormBits)),
            object};
}

/// How many steps from `first` on are the same but for the next object.
std::size_t run_length(std::span<const records::NoticeStep> steps) {
    std::size_t length = 1;
    while (length < steps.size() && head_of(steps[length]) == head_of(steps[0]) &&
           steps[length].object == steps[length - 1].object + 1) {
        ++length;
    }
    return length;
}

}  // namespace

int next_wave(const records::Notice& notice) {
    return notice.position < notice.steps.size() ? std::max<int>(notice.steps[notice.position].wave, 1) : 0;
}

std::string place_of(std::string_view what, const records::Notice& notice) {
    if (what != "facts") {
        return place_of("notice/" + std::string{what}, {static_cast<std::int64_t>(notice.number.get())});
    }
    return facts_place(notice, static_cast<std::int64_t>(notice.steps.size()), next_wave(notice));
}

std::string facts_place(const records::Notice& notice, std::int64_t steps, int wave) {
    const auto number = [](auto value) { return static_cast<std::int64_t>(value); };
    const auto time = [](const std::optional<Instant>& at) {
        return at ? std::to_string(at->time_since_epoch().count()) : "-";
    };
    return place_of("notice", {number(notice.number.get()), number(notice.request.get())}) + '/' +
           notice.recipient.text() +
           place_of("", {number(notice.state), steps, number(notice.position), number(wave)}) + '/' +
           time(notice.next_at) + '/' + time(notice.next_look_at) +
           (notice.version > 0 ? place_of("", {number(notice.version)}) : "");
}

Bytes encode_facts(const records::Notice& notice, bool has_words) {
    ledger::ByteWriter out;
    out.byte(static_cast<std::uint8_t>((notice.in_flight ? kInFlight : 0U) |
                                       (notice.seen_from_origin ? kSeenFromOrigin : 0U) |
                                       (notice.acknowledged_at ? kAcknowledged : 0U) |
                                       (has_words ? kWords : 0U) | (notice.rounds > 0 ? kToldAgain : 0U) |
                                       (notice.left ? kLeft : 0U) | (notice.resting_since ? kResting : 0U)));
    out.varint(notice.attempts);
    out.varint(notice.declined);
    out.varint(notice.last_status);
    put_at_if(out, notice.acknowledged_at);
    out.byte(static_cast<std::uint8_t>(notice.presence));
    out.varint(notice.looks);
    put_text(out, notice.software);
    put_text(out, notice.dialect);
    if (notice.rounds > 0) {
        out.varint(notice.rounds);
    }
    put_at_if(out, notice.resting_since);
    return std::move(out).take();
}

Result<void> decode_facts(ByteView bytes, bool has_words, records::Notice& notice) {
    ledger::ByteReader in{bytes};
    const auto flags = in.byte();
    notice.in_flight = (flags & kInFlight) != 0;
    notice.seen_from_origin = (flags & kSeenFromOrigin) != 0;
    notice.left = (flags & kLeft) != 0;
    notice.attempts = take_number<std::uint32_t>(in);
    notice.declined = take_number<std::uint32_t>(in);
    notice.last_status = take_number<std::uint16_t>(in);
    notice.acknowledged_at = take_at_if(in, (flags & kAcknowledged) != 0);
    notice.presence = take_enum(in, fediverse::Presence::Unprobeable);
    notice.looks = take_number<std::uint32_t>(in);
    notice.software = take_text(in);
    notice.dialect = take_text(in);
    const bool again = (flags & kToldAgain) != 0;
    notice.rounds = again ? take_number<std::uint32_t>(in) : 0;
    notice.resting_since = take_at_if(in, (flags & kResting) != 0);
    if (!in.done() || again != (notice.rounds > 0) || flags > kAllFacts ||
        ((flags & kWords) != 0) != has_words) {
        return unreadable("the facts", notice.number);
    }
    return {};
}

Bytes encode_words(const records::Notice& notice) {
    ledger::ByteWriter out;
    put_text(out, notice.inbox);
    put_text(out, notice.reason);
    return std::move(out).take();
}

Result<void> decode_words(ByteView bytes, records::Notice& notice) {
    ledger::ByteReader in{bytes};
    notice.inbox = take_text(in);
    notice.reason = take_text(in);
    if (!in.done()) {
        return unreadable("inbox and reason", notice.number);
    }
    return {};
}

Bytes encode_steps(std::span<const records::NoticeStep> steps) {
    ledger::ByteWriter out;
    std::int64_t expected = 0;
    while (!steps.empty()) {
        const auto length = run_length(steps);
        const std::int64_t object = steps[0].object;
        out.byte(head_of(steps[0]));
        out.signed_varint(object - expected);
        out.varint(length - 1);
        expected = object + static_cast<std::int64_t>(length);
        steps = steps.subspan(length);
    }
    return std::move(out).take();
}

Result<std::vector<records::NoticeStep>> decode_steps(ByteView bytes, std::size_t count) {
    ledger::ByteReader in{bytes};
    std::vector<records::NoticeStep> steps;
    steps.reserve(std::min(count, kMaxSteps));
    std::uint64_t expected = 0;
    while (in.ok() && in.left() > 0) {
        const auto head = in.byte();
        const auto object = expected + static_cast<std::uint64_t>(in.signed_varint());
        const auto more = in.varint();
        if (!in.ok() || more >= kMaxSteps || steps.size() + more + 1 > count || object + more > 0xFFFFFFFFU) {
            in.refuse();
            break;
        }
        for (std::uint64_t i = 0; i <= more; ++i) {
            steps.push_back(step_of(head, static_cast<std::uint32_t>(object + i), in));
        }
        expected = object + more + 1;
    }
    if (!in.done() || steps.size() != count || count > kMaxSteps) {
        return fail(
            ErrorKind::Corrupt, "cases: the steps of a notice cannot be read", "run `fedtrail doctor`");
    }
    return steps;
}

Bytes encode_evidence(const records::NoticeAttempt& attempt) {
    ledger::ByteWriter out;
    out.byte(static_cast<std::uint8_t>(Piece::Attempt));
    put_at(out, attempt.at);
    out.varint(attempt.step);
    out.byte(static_cast<std::uint8_t>(attempt.result));
    out.varint(attempt.status);
    put_text(out, attempt.scheme);
    put_text(out, attempt.note);
    return std::move(out).take();
}

Bytes encode_evidence(const records::NoticeLook& look) {
    ledger::ByteWriter out;
    out.byte(static_cast<std::uint8_t>(Piece::Look));
    put_at(out, look.at);
    put_text(out, look.probe);
    out.byte(static_cast<std::uint8_t>(look.presence));
    out.varint(look.status);
    return std::move(out).take();
}

Bytes encode_evidence(const records::NoticeLetter& letter) {
    ledger::ByteWriter out;
    out.byte(static_cast<std::uint8_t>(Piece::Letter));
    put_at(out, letter.at);
    put_text(out, letter.rung);
    put_text(out, letter.language);
    put_text(out, letter.channel);
    put_text(out, letter.message_id);
    out.byte(letter.handed_over ? 1 : 0);
    put_text(out, letter.note);
    return std::move(out).take();
}

Result<void> decode_evidence(ByteView bytes, records::NoticeNumber notice, NoticeHistory& into) {
    ledger::ByteReader in{bytes};
    const auto piece = take_enum(in, Piece::Letter);
    const auto at = take_at(in);
    if (piece == Piece::Attempt) {
        records::NoticeAttempt attempt{notice, 0, at, {}, 0, {}, {}};
        attempt.step = take_number<std::uint32_t>(in);
        attempt.result = take_enum(in, records::AttemptResult::Blocked);
        attempt.status = take_number<std::uint16_t>(in);
        attempt.scheme = take_text(in);
        attempt.note = take_text(in);
        into.attempts.push_back(std::move(attempt));
    } else if (piece == Piece::Look) {
        records::NoticeLook look{notice, at, take_text(in), {}, 0};
        look.presence = take_enum(in, fediverse::Presence::Unprobeable);
        look.status = take_number<std::uint16_t>(in);
        into.looks.push_back(std::move(look));
    } else {
        records::NoticeLetter letter{notice, at, {}, {}, {}, {}, false, {}};
        letter.rung = take_text(in);
        letter.language = take_text(in);
        letter.channel = take_text(in);
        letter.message_id = take_text(in);
        letter.handed_over = in.byte() != 0;
        letter.note = take_text(in);
        into.letters.push_back(std::move(letter));
    }
    if (!in.done()) {
        return unreadable("a piece of evidence", notice);
    }
    return {};
}

}  // namespace fedtrail::sqlite
