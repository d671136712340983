#include "erasure/letter_sent.hpp"

#include <utility>

#include "erasure/until_current.hpp"

namespace fedtrail::erasure {

namespace {

Result<records::Notice> sent_once(NoticeBook& notices,
                                  records::NoticeNumber number,
                                  Instant at,
                                  std::chrono::hours look_after) {
    auto notice = notice_numbered(notices, number);
    const auto history = notice ? notices.history(number) : Result<NoticeHistory>{fail(notice)};
    if (!history) {
        return fail(history);
    }
    const auto* const waiting = waiting_letter(*history);
    if (waiting == nullptr) {
        return fail(ErrorKind::NotFound,
                    "no letter to the operator of this server waits to be sent by hand",
                    "`fedtrail requests letters` lists them");
    }
    auto record = *waiting;
    record.at = at;
    record.handed_over = true;
    record.note.append(record.note.empty() ? "" : "; ").append("sent by hand");
    if (auto recorded = record_letter(notices, std::move(record), look_after); !recorded) {
        return fail(recorded);
    }
    return notice_numbered(notices, number);
}

}  // namespace

Result<records::Notice> notice_numbered(const NoticeBook& notices, records::NoticeNumber number) {
    NoticeFilter filter;
    filter.after = records::NoticeNumber{number.get() - 1};
    filter.limit = 1;
    auto found = notices.notices(filter);
    if (!found) {
        return fail(found);
    }
    if (number.get() == 0 || found->empty() || found->front().number != number) {
        return fail(ErrorKind::NotFound,
                    "there is no notice with this number",
                    "`fedtrail requests show` lists them");
    }
    return std::move(found->front());
}

const records::NoticeLetter* waiting_letter(const NoticeHistory& history) {
    const records::NoticeLetter* waiting = nullptr;
    for (const auto& letter : history.letters) {
        if (letter.channel == "file" && !letter.handed_over) {
            waiting = &letter;
        } else if (waiting != nullptr && letter.handed_over && letter.rung == waiting->rung) {
            waiting = nullptr;
        }
    }
    return waiting;
}

Result<void> record_letter(NoticeBook& notices, records::NoticeLetter record, std::chrono::hours look_after) {
    auto notice = notice_numbered(notices, record.notice);
    if (!notice) {
        return fail(notice);
    }
    NoticeChange change;
    notice->state =
        fediverse::next(notice->state, fediverse::NoticeEventKind::LetterSent).value_or(notice->state);
    if (notice->looks != 0) {
        notice->next_look_at = record.at + look_after;
    }
    change.notices.push_back(std::move(*notice));
    change.letters.push_back(std::move(record));
    return notices.apply(change);
}

Result<records::Notice> letter_sent_by_hand(NoticeBook& notices,
                                            records::NoticeNumber notice,
                                            Instant at,
                                            std::chrono::hours look_after) {
    return until_current([&] { return sent_once(notices, notice, at, look_after); });
}

}  // namespace fedtrail::erasure
