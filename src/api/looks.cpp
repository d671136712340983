#include "api/looks.hpp"

#include <algorithm>
#include <array>

#include "api/answers.hpp"
#include "api/api.hpp"

namespace fedtrail::api {

Error no_reason() {
    return {ErrorKind::Invalid,
            "this shows who somebody is, and no reason was given",
            "Send Fedtrail-Reason, as in Fedtrail-Reason: complaint of 3 May; the person can read it."};
}

namespace {

/// Shown by number, also to themselves.
constexpr std::array kByNumber{records::looked::kDisclosures,
                               records::looked::kObjections,
                               records::looked::kConsents,
                               records::looked::kRequest,
                               records::looked::kPlan};

bool reveals(std::string_view what, Sight sight) {
    return sight != Sight::Pseudonym &&
           std::find(kByNumber.begin(), kByNumber.end(), what) == kByNumber.end();
}

}  // namespace

Result<std::string> Api::reason_of(const Call& call) {
    return records::parse_reason(header_of(call.request.headers, "Fedtrail-Reason"));
}

Result<void> Api::note_look(
    const Call& call, privacy::SubjectNumber subject, std::string_view what, Sight sight, std::string why) {
    auto who =
        sight == Sight::Own ? std::string{records::looker::kSelf} : by(call.grant, call.request.headers);
    return doors_.retention.accesses.record({subject,
                                             doors_.clock.now(),
                                             std::string{what},
                                             std::move(who),
                                             std::move(why),
                                             reveals(what, sight)});
}

Result<Sight> Api::note_report(const Call& call, privacy::SubjectNumber subject) {
    auto why = reason_of(call);
    if (!why) {
        return fail(why);
    }
    const auto sight = sight_of_reports(call.grant, subject);
    if (const auto request = call.target.query("request"); request && why->empty()) {
        why = "request " + *request;  // that there is one of this person was looked at before
    }
    if (sight == Sight::Named && why->empty()) {
        return tl::unexpected{no_reason()};
    }
    if (auto noted = note_look(call, subject, records::looked::kReport, sight, std::move(*why)); !noted) {
        return fail(noted);
    }
    return sight;
}

Result<Sight> Api::note_person(const Call& call, privacy::SubjectNumber subject) {
    auto why = reason_of(call);
    if (!why) {
        return fail(why);
    }
    auto sight = sight_of_reports(call.grant, subject);
    if (sight == Sight::Named && why->empty()) {
        sight = Sight::Pseudonym;
    }
    const auto what = sight == Sight::Pseudonym ? records::looked::kDisclosures : records::looked::kName;
    if (auto noted = note_look(call, subject, what, sight, std::move(*why)); !noted) {
        return fail(noted);
    }
    return sight;
}

Result<void> Api::note_by_number(const Call& call, privacy::SubjectNumber subject, std::string_view what) {
    auto why = reason_of(call);
    return why ? note_look(call, subject, what, sight_of_reports(call.grant, subject), std::move(*why))
               : Result<void>{fail(why)};
}

Result<void> Api::note_request(const Call& call, const records::ErasureRequest& request) {
    auto why = reason_of(call);
    if (!why) {
        return fail(why);
    }
    const auto sight = sight_of_requests(call.grant, request.subject);
    if (why->empty() && sight != Sight::Own) {
        why = records::because_of_request(request.number.get());
    }
    return note_look(call, request.subject, records::looked::kRequest, sight, std::move(*why));
}

Result<bool> Api::note_objects(const Call& call, const records::ErasureRequest& request) {
    auto why = reason_of(call);
    if (!why) {
        return fail(why);
    }
    const auto sight = sight_of_requests(call.grant, request.subject);
    const bool shown = sight == Sight::Own || (sight == Sight::Named && !why->empty());
    const auto noted =
        shown ? note_look(call, request.subject, records::looked::kObjects, sight, std::move(*why))
              : note_request(call, request);
    return noted ? Result<bool>{shown} : Result<bool>{fail(noted)};
}

Result<Sight> Api::note_answer(const Call& call, const records::ErasureRequest& request) {
    auto why = reason_of(call);
    if (!why) {
        return fail(why);
    }
    const auto sight = sight_of_requests(call.grant, request.subject);
    if (why->empty() && sight != Sight::Own) {
        why = records::because_of_request(request.number.get());
    }
    if (auto noted = note_look(call, request.subject, records::looked::kAnswer, sight, std::move(*why));
        !noted) {
        return fail(noted);
    }
    return sight;
}

}  // namespace fedtrail::api
