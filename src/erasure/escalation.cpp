#include "erasure/escalation.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/core/count.hpp"
#include "fedtrail/ports/visit_books.hpp"

#include "erasure/go_on.hpp"
#include "erasure/letter_folder.hpp"
#include "erasure/letter_sent.hpp"
#include "erasure/until_current.hpp"

namespace fedtrail::erasure {

namespace {

using records::NoticeLetter;

/// Visits the notices of a request in the states that the policy is for.
template <typename Visit>
Result<void> visit_concerned(const NoticeBook& notices,
                             const EscalationPolicy& policy,
                             records::RequestNumber request,
                             const Visit& visit) {
    NoticeFilter filter;
    filter.request = request;
    for (const auto state : policy.states()) {
        filter.state = state;
        if (auto visited = visit_notices(notices, filter, visit); !visited) {
            return visited;
        }
    }
    return {};
}

}  // namespace

bool may_write_letters(const records::ErasureRequest& request) {
    const bool goes_on =
        privacy::may_send(request.state) || request.state == privacy::RequestState::PartlyFulfilled;
    return goes_on && !request.stopped;
}

bool writes_letters(const records::ErasureRequest& request, std::chrono::hours after_close, Instant now) {
    const bool over = request.closed_at && *request.closed_at + after_close <= now;
    return may_write_letters(request) && !over;
}

Escalation::Escalation(EscalationPorts ports,
                       const EscalationPolicy& policy,
                       const LetterTexts& texts,
                       EscalationOptions options)
    : ports_(ports), policy_(policy), texts_(texts), options_(std::move(options)) {}

// ---- what is due

Result<const Rung*> Escalation::rung_for(const records::Notice& notice,
                                         Instant received,
                                         NoticeHistory& history) const {
    auto found = ports_.notices.history(notice.number);
    const auto entry = ports_.directory.entry(notice.recipient);
    if (!found || !entry) {
        return found ? fail(entry) : fail(found);
    }
    history = std::move(*found);
    return policy_.due(notice, history, !entry->contact.reveal().empty(), received, ports_.clock.now());
}

/// By a run before this one: rounds are `every` apart, but a restart begins with one. A letter that was begun
/// and not handed over is none yet. Where a letter to it is damaged that is not known: then it waits for the
/// next round, which a restart does not bring nearer.
Result<bool> Escalation::was_written_to_lately(const Host& recipient) const {
    const auto letters = ports_.notices.letters({std::nullopt, recipient});
    if (!letters && letters.error().kind == ErrorKind::Corrupt) {
        return true;
    }
    if (!letters) {
        return fail(letters);
    }
    const auto earliest = ports_.clock.now() - options_.every;
    return std::any_of(letters->begin(), letters->end(), [earliest](const LetterOfNotice& one) {
        return one.letter.handed_over && one.letter.at > earliest;
    });
}

Result<void> Escalation::add_if_due(records::Notice& notice, Instant received) {
    if (records::is_under_way(notice, ports_.clock.now()) || written_to_.count(notice.recipient) != 0) {
        return {};
    }
    NoticeHistory history;
    const auto rung = rung_for(notice, received, history);
    if (!rung) {
        return fail(rung);
    }
    if (*rung == nullptr || (*rung)->act != RungAct::Letter) {
        return {};
    }
    written_to_.insert(notice.recipient);
    const auto lately = next_round_ ? Result<bool>{false} : was_written_to_lately(notice.recipient);
    if (!lately) {
        return fail(lately);
    }
    if (!*lately) {
        due_.push_back(Due{std::move(notice), *rung});
    }
    return {};
}

Result<void> Escalation::find_due_in(const records::ErasureRequest& request) {
    Walk walk;
    auto visited = visit_concerned(ports_.notices, policy_, request.number, [&](records::Notice& notice) {
        return walk.pass(add_if_due(notice, request.received_at));
    });
    return visited ? walk.damage() : visited;
}

Result<void> Escalation::find_due() {
    due_.clear();
    written_to_.clear();
    const auto now = ports_.clock.now();
    Walk walk;
    const auto visited =
        visit_whole_requests(ports_.requests, {}, [&](const records::ErasureRequest& request) {
            return writes_letters(request, options_.after_close, now) ? walk.pass(find_due_in(request))
                                                                      : Result<void>{};
        });
    return worse_of(walk.damage(), visited);
}

Result<std::vector<DecisionDue>> Escalation::decisions(records::RequestNumber request) const {
    const auto known = ports_.requests.request(request);
    if (!known) {
        return fail(known);
    }
    std::vector<DecisionDue> due;
    auto visited =
        visit_concerned(ports_.notices, policy_, request, [&](const records::Notice& notice) -> Result<void> {
            NoticeHistory history;
            const auto rung = rung_for(notice, known->received_at, history);
            if (!rung) {
                return fail(rung);
            }
            if (*rung != nullptr && (*rung)->act == RungAct::Decide) {
                due.push_back(DecisionDue{notice.number,
                                          notice.request,
                                          notice.recipient,
                                          notice.state,
                                          (*rung)->name,
                                          (*rung)->advice});
            }
            return {};
        });
    if (!visited) {
        return fail(visited);
    }
    return due;
}

// ---- writing

Escalation::Way Escalation::way_of(const RecipientEntry& entry,
                                   const NoticeHistory& history,
                                   const Rung& rung,
                                   const std::string& message_id) const {
    const auto tries = static_cast<std::size_t>(
        std::count_if(history.letters.begin(), history.letters.end(), [&](const NoticeLetter& letter) {
            return letter.rung == rung.name && letter.channel == "smtp" && !letter.handed_over;
        }));
    if (entry.contact.reveal().empty()) {
        return {&ports_.by_hand, "file", "no contact of the operator is known"};
    }
    if (ports_.mailer == nullptr) {
        return {&ports_.by_hand, "file", "no mail server is configured"};
    }
    if (tries >= options_.mail_tries) {
        // Whether it took one whose answer was lost nobody knows.
        const auto fault = faults_.find(message_id);
        return {&ports_.by_hand,
                "file",
                "the mail server did not confirm it in " +
                    counted(static_cast<std::uint64_t>(tries), "try", "tries") +
                    (fault == faults_.end() ? "" : "; of the last: " + fault->second)};
    }
    return {ports_.mailer, "smtp", ""};
}

/// A file is no letter sent: whoever sends it says so. It replaces itself, so that it needs no intent before.
Result<bool> Escalation::lay_down(const Letter& letter, const NoticeLetter& record) {
    if (!ports_.by_hand.send(letter)) {
        return false;
    }
    NoticeChange waits;
    waits.letters.push_back(record);
    const auto written = ports_.notices.apply(waits);
    return written ? Result<bool>{true} : Result<bool>{fail(written)};
}

/// False: it may be tried again.
Result<bool> Escalation::hand_over(const Letter& letter, const Way& way, NoticeLetter record) {
    const auto add_note = [&record](const std::string& note) {
        record.note.append(record.note.empty() || note.empty() ? "" : "; ").append(note);
    };
    record.channel = way.channel;
    add_note(way.note);
    if (way.mailer == &ports_.by_hand) {
        faults_.erase(letter.message_id);
        return lay_down(letter, record);
    }
    NoticeChange intent;
    intent.letters.push_back(record);
    if (auto written = ports_.notices.apply(intent); !written) {
        return fail(written);
    }
    const auto sent = way.mailer->send(letter);
    if (sent) {
        faults_.erase(letter.message_id);
        record.handed_over = true;
        record.at = ports_.clock.now();
        const auto recorded =
            until_current([&] { return record_letter(ports_.notices, record, options_.look_after); });
        return recorded ? Result<bool>{true} : Result<bool>{fail(recorded)};
    }
    if (sent.error().kind == ErrorKind::Denied || sent.error().kind == ErrorKind::Invalid) {  // for good
        add_note(sent.error().what);
        record.channel = "file";
        return lay_down(letter, record);
    }
    faults_[letter.message_id] = sent.error().what;
    return false;
}

/// Letters before this one may have taken the mail server minutes.
Result<bool> Escalation::may_write(records::RequestNumber number) const {
    const auto request = ports_.requests.request(number);
    if (!request) {
        return fail(request);
    }
    return may_write_letters(*request);
}

Result<void> Escalation::write(const Due& due) {
    auto now = notice_numbered(ports_.notices, due.notice.number);
    if (!now || now->state != due.notice.state || records::is_under_way(*now, ports_.clock.now())) {
        return now ? Result<void>{} : Result<void>{fail(now)};
    }
    const auto entry = ports_.directory.entry(now->recipient);
    const auto request = ports_.requests.request(now->request);
    if (!entry) {
        return fail(entry);
    }
    if (!request) {  // shredded, or not to be read
        return request.error().kind == ErrorKind::NotFound ? Result<void>{} : Result<void>{fail(request)};
    }
    NoticeHistory history;
    const auto rung = rung_for(*now, request->received_at, history);
    if (!rung) {
        return fail(rung);
    }
    if (*rung != due.rung) {  // written by somebody else since it was found
        return {};
    }
    const auto facts = facts_of(*request, *now, history);
    if (!facts) {  // shredded: nobody can say any more what is to be erased
        return facts.error().kind == ErrorKind::NotFound ? Result<void>{} : Result<void>{fail(facts)};
    }
    if (facts->things.empty()) {  // all that lies there is kept
        return {};
    }
    const bool removal = !request->scope.recipients.empty() && !due.rung->removal_text.empty();
    const auto& text = removal ? due.rung->removal_text : due.rung->text;
    const auto written = texts_.write(text, entry->language, options_.language, *facts);
    if (!written) {
        return fail(written);
    }
    const auto id = letter_id(facts->reference, due.rung->name, options_.mail_domain);
    const Letter letter{entry->contact, written->subject, written->text, id, written->language};
    const NoticeLetter record{
        now->number, ports_.clock.now(), due.rung->name, written->language, "", id, false, written->note};
    const auto may = may_write(now->request);
    if (!may || !*may) {
        return may ? Result<void>{} : Result<void>{fail(may)};
    }
    const auto handed = hand_over(letter, way_of(*entry, history, *due.rung, id), record);
    return handed ? Result<void>{} : Result<void>{fail(handed)};
}

Result<std::optional<Instant>> Escalation::step() {
    const auto now = ports_.clock.now();
    Result<void> found;
    if (due_.empty() && (!next_round_ || *next_round_ <= now)) {
        found = find_due();
        if (!may_go_on(found)) {
            return fail(found);
        }
        next_round_ = now + options_.every;
    }
    for (std::size_t i = 0; i < options_.letters_in_step && !due_.empty(); ++i) {
        const auto due = std::move(due_.front());
        due_.pop_front();  // should it fail it is found again in the next round
        if (auto written = write(due); !written) {
            return fail(written);
        }
    }
    if (!found) {  // the next call goes on with the others
        return fail(found);
    }
    return std::optional{due_.empty() ? *next_round_ : now};
}

Result<records::Notice> Escalation::give_up(records::NoticeNumber number,
                                            GiveUpGround ground,
                                            const std::string& reason) {
    return give_up_by_law(ports_.notices, number, ground, reason, ports_.clock.now());
}

}  // namespace fedtrail::erasure
