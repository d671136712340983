/// What cannot be done by messages: letters to operators, and what is given up (GDPR Art. 19).

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

#include "fedtrail/ports/visit_books.hpp"

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/request_json.hpp"
#include "erasure/escalation.hpp"
#include "erasure/give_up.hpp"
#include "erasure/letter_sent.hpp"

namespace fedtrail::api {

namespace {

/// A letter makes a notice Escalated; later looks may move it on.
bool may_have_letters(fediverse::NoticeState state) {
    using fediverse::NoticeState;
    return state != NoticeState::Planned && state != NoticeState::Sent;
}

/// Those of one notice.
void add_letters(std::span<const LetterOfNotice> of_one, std::vector<SentLetter>& letters) {
    if (!may_have_letters(of_one.front().state)) {
        return;
    }
    NoticeHistory history;
    for (const auto& one : of_one) {
        history.letters.push_back(one.letter);
    }
    const auto* const waiting = erasure::waiting_letter(history);
    for (std::size_t i = 0; i < of_one.size(); ++i) {
        const auto& letter = history.letters[i];
        letters.push_back({of_one[i].request, of_one[i].recipient, letter, &letter == waiting});
    }
}

struct GiveUp {
    erasure::GiveUpGround ground{};
    std::string reason;
};

Result<GiveUp> give_up_body(const std::string& json) {
    const auto document = nlohmann::json::parse(json, nullptr, false);
    const auto text = [&document](const char* name) {
        const bool there = document.is_object() && document.contains(name) && document[name].is_string();
        return there ? document[name].get<std::string>() : std::string{};
    };
    const auto ground = erasure::give_up_ground_named(text("ground"));
    if (!ground || !document.contains("reason") || document.size() != 2) {
        return fail(ErrorKind::Invalid,
                    "the body is not a JSON object with the members ground and reason",
                    "The ground is impossible or disproportionate; see schemas/openapi.yaml.");
    }
    return GiveUp{*ground, text("reason")};
}

}  // namespace

Result<std::vector<SentLetter>> letters_of(const NoticeBook& book, records::RequestNumber request) {
    const auto found = book.letters({request, std::nullopt});
    if (!found) {
        return fail(found);
    }
    std::vector<SentLetter> letters;
    for (auto next = found->begin(); next != found->end();) {
        const auto end = std::find_if(next, found->end(), [&](const LetterOfNotice& other) {
            return other.letter.notice != next->letter.notice;
        });
        add_letters({next, end}, letters);
        next = end;
    }
    return letters;
}

namespace {

/// Those of an open request; of one closed in part the ones that wait.
Result<void> add_open(std::vector<SentLetter>& letters,
                      const NoticeBook& notices,
                      const records::ErasureRequest& request,
                      Instant now) {
    const bool closed = privacy::is_closed(request.state);
    if (closed && !erasure::writes_letters(request, erasure::kLettersAfterClose, now)) {
        return {};
    }
    const auto found = letters_of(notices, request.number);
    if (!found) {
        return fail(found);
    }
    std::copy_if(
        found->begin(), found->end(), std::back_inserter(letters), [closed](const SentLetter& letter) {
            return !closed || letter.waiting;
        });
    return {};
}

}  // namespace

Result<OpenLetters> letters_of_open(const RequestBook& requests, const NoticeBook& notices, Instant now) {
    using Damaged = DamagedRow<records::ErasureRequest>;
    OpenLetters all;
    const auto visited = visit_whole_requests(
        requests,
        {},
        [&](const records::ErasureRequest& request) -> Result<void> {
            auto added = add_open(all.letters, notices, request, now);
            if (added || added.error().kind != ErrorKind::Corrupt) {
                return added;
            }
            all.damaged.push_back({request.number, request.subject, added.error()});
            return {};
        },
        [&all](const Damaged& row) { all.damaged.push_back(row); });
    if (!visited && visited.error().kind != ErrorKind::Corrupt) {
        return fail(visited);
    }
    return all;
}

HttpResponse Api::open_letters(const Call& call) {
    const auto waiting = call.target.flag("waiting");
    if (!waiting) {
        return bad_request(waiting.error().what, waiting.error().remedy);
    }
    auto letters = letters_of_open(doors_.erasure.requests, doors_.erasure.notices, doors_.clock.now());
    if (!letters) {
        return problem(letters.error());
    }
    if (*waiting) {
        std::erase_if(letters->letters, [](const SentLetter& letter) { return !letter.waiting; });
    }
    return json_answer(letters_json(*letters, doors_.erasure.letters));
}

HttpResponse Api::request_letters(const Call& call) {
    const auto request = request_for(call);
    auto letters = request ? letters_of(doors_.erasure.notices, request->number)
                           : Result<std::vector<SentLetter>>{fail(request)};
    return letters ? json_answer(letters_json({std::move(*letters), {}}, doors_.erasure.letters))
                   : problem(letters.error());
}

HttpResponse Api::request_give_up(const Call& call) {
    return once(call, [&] {
        auto notice = notice_for(call);
        const auto body = notice ? give_up_body(call.request.body) : Result<GiveUp>{fail(notice)};
        if (!body) {
            return problem(body.error());
        }
        notice = erasure::give_up_by_law(
            doors_.erasure.notices, notice->number, body->ground, body->reason, doors_.clock.now());
        return notice_answer(notice);
    });
}

}  // namespace fedtrail::api
