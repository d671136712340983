/// What people consented to (GDPR Art. 49(1)(a)), and its withdrawal (Art. 7(3)).

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/consent_json.hpp"
#include "api/day.hpp"

namespace fedtrail::api {

HttpResponse Api::subject_consents(const Call& call) {
    const auto subject = subject_for(call);
    if (!subject) {
        return problem(subject.error());
    }
    const auto noted = note_by_number(call, *subject, records::looked::kConsents);
    return noted ? consents_of(*subject) : problem(noted.error());
}

HttpResponse Api::consents_of(privacy::SubjectNumber subject) {
    const auto list = doors_.consents.consents(subject);
    return list ? json_answer(consents_json(subject, *list)) : problem(list.error());
}

HttpResponse Api::subject_consent(const Call& call) {
    return once(call, [&] { return consented(call, false); });
}

HttpResponse Api::subject_consent_withdraw(const Call& call) {
    return once(call, [&] { return consented(call, true); });
}

HttpResponse Api::consented(const Call& call, bool withdrawal) {
    const auto subject = subject_for(call);
    if (!subject) {
        return problem(subject.error());
    }
    const auto now = doors_.clock.now();
    auto words = consent_body(call.request.body, withdrawal);
    const auto order = words ? read_consent(*words, day_of(now)) : Result<ConsentOrder>{fail(words)};
    if (!order) {
        return problem(order.error());
    }
    const auto policies = doors_.recipients.cards.policies();
    if (const auto checked = check_given(*order, policies->adequacy.adequacy); !withdrawal && !checked) {
        return problem(checked.error());
    }
    const auto done =
        withdrawal
            ? doors_.consents.withdraw(*subject, order->country, order->recipient, order->day, now)
            : doors_.consents.give(
                  {*subject, 0, order->country, order->recipient, order->day, {}, words->evidence}, now);
    return done ? consents_of(*subject) : problem(done.error());
}

}  // namespace fedtrail::api
