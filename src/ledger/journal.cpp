#include "fedtrail/ledger/journal.hpp"

#include <utility>

namespace fedtrail::ledger {

namespace {

// The first octet of a record. An observation's says what follows; everything else is as in the one before.
constexpr std::uint8_t kActivity = 0x01;
constexpr std::uint8_t kMark = 0x02;
constexpr std::uint8_t kObservation = 0x80;
constexpr std::uint8_t kNewActivity = 0x01;
constexpr std::uint8_t kNewCode = 0x02;
constexpr std::uint8_t kNewTime = 0x04;
constexpr std::uint8_t kSettles = 0x08;

void write_uri(const UriCode& code, ByteWriter& out) {
    out.varint(code.shape);
    out.varint(code.numbers.size());
    for (const auto number : code.numbers) {
        out.varint(number);
    }
    out.sized(bytes_of(code.text));
}

UriCode read_uri(ByteReader& in) {
    UriCode code;
    code.shape = static_cast<std::uint32_t>(in.varint());
    const auto count = in.count();
    if (count > kMaxUriNumbers) {
        in.refuse();
        return code;
    }
    for (std::size_t i = 0; i < count; ++i) {
        code.numbers.push_back(in.varint());
    }
    code.text = text_of(in.sized());
    return code;
}

JournalActivity read_activity(ByteReader& in) {
    JournalActivity activity;
    activity.subject = in.varint();
    activity.number = static_cast<std::uint32_t>(in.varint());
    auto& head = activity.head;
    head.at = in.signed_varint();
    head.type = static_cast<std::uint32_t>(in.varint());
    head.categories = static_cast<std::uint16_t>(in.varint());
    head.visibility = in.byte();
    head.id = read_uri(in);
    const auto back = in.varint();
    if (back == 0) {
        head.object = read_uri(in);
    } else if (back > activity.number) {
        in.refuse();
    } else {
        head.refers = activity.number - static_cast<std::uint32_t>(back);
    }
    return activity;
}

void read_observation(std::uint8_t flags, ByteReader& in, JournalObservation& last) {
    if ((flags & kNewActivity) != 0) {
        last.subject = in.varint();
        last.activity = static_cast<std::uint32_t>(in.varint());
    }
    if ((flags & kNewCode) != 0) {
        last.code = static_cast<OutcomeCode>(in.varint());
    }
    if ((flags & kNewTime) != 0) {
        last.at = static_cast<std::int64_t>(static_cast<std::uint64_t>(last.at) +
                                            static_cast<std::uint64_t>(in.signed_varint()));
    }
    last.settles = (flags & kSettles) != 0;
    last.recipient += static_cast<std::uint32_t>(in.signed_varint());
}

}  // namespace

void JournalEncoder::add(const JournalActivity& activity) {
    out_.byte(kActivity);
    out_.varint(activity.subject);
    out_.varint(activity.number);
    out_.signed_varint(activity.head.at);
    out_.varint(activity.head.type);
    out_.varint(activity.head.categories);
    out_.byte(activity.head.visibility);
    write_uri(activity.head.id, out_);
    out_.varint(activity.head.refers ? activity.number - *activity.head.refers : 0);
    if (!activity.head.refers) {
        write_uri(activity.head.object, out_);
    }
}

void JournalEncoder::add(const JournalObservation& observation) {
    const bool new_activity = observation.subject != last_.subject || observation.activity != last_.activity;
    const bool new_code = observation.code != last_.code;
    const bool new_time = observation.at != last_.at;
    out_.byte(static_cast<std::uint8_t>(kObservation | (new_activity ? kNewActivity : 0) |
                                        (new_code ? kNewCode : 0) | (new_time ? kNewTime : 0) |
                                        (observation.settles ? kSettles : 0)));
    if (new_activity) {
        out_.varint(observation.subject);
        out_.varint(observation.activity);
    }
    if (new_code) {
        out_.varint(observation.code);
    }
    if (new_time) {
        out_.signed_varint(observation.at - last_.at);
    }
    out_.signed_varint(std::int64_t{observation.recipient} - std::int64_t{last_.recipient});
    last_ = observation;
}

void JournalEncoder::add(const JournalMark& mark) {
    out_.byte(kMark);
    out_.varint(mark.subject);
    out_.varint(mark.sealed);
}

Bytes JournalEncoder::take() {
    last_ = JournalObservation{};
    return std::exchange(out_, ByteWriter{}).take();
}

namespace {

/// Reads one record; the visitor sees it only if it is whole.
void read_record(ByteReader& in, JournalObservation& last, JournalVisitor& visitor) {
    const auto first = in.byte();
    if (first == kActivity) {
        auto activity = read_activity(in);
        if (in.ok()) {
            visitor.on_activity(std::move(activity));
        }
    } else if (first == kMark) {
        const auto subject = in.varint();
        const auto sealed = static_cast<std::uint32_t>(in.varint());
        if (in.ok()) {
            visitor.on_mark(JournalMark{subject, sealed});
        }
    } else if ((first & kObservation) != 0) {
        read_observation(first, in, last);
        if (in.ok()) {
            visitor.on_observation(last);
        }
    } else {
        in.refuse();
    }
}

}  // namespace

Result<void> decode_journal(ByteView content, JournalVisitor& visitor) {
    ByteReader in{content};
    JournalObservation last;
    while (in.ok() && in.left() > 0) {
        read_record(in, last, visitor);
    }
    if (!in.ok()) {
        return fail(
            ErrorKind::Corrupt, "ledger journal: a batch contradicts itself", "run `fedtrail doctor`");
    }
    return {};
}

}  // namespace fedtrail::ledger
