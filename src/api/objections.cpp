/// To whom nothing of a person goes any more (GDPR Art. 21), over HTTP.

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/objection_json.hpp"

namespace fedtrail::api {

HttpResponse Api::subject_objections(const Call& call) {
    const auto subject = subject_for(call);
    if (!subject) {
        return problem(subject.error());
    }
    const auto noted = note_by_number(call, *subject, records::looked::kObjections);
    return noted ? objections_of(*subject) : problem(noted.error());
}

HttpResponse Api::objections_of(privacy::SubjectNumber subject) {
    const auto desk = doors_.erasure.desk();
    const auto list = desk->objections_of(subject);
    const auto reasons = desk->objection_reasons(subject);
    if (!list || !reasons) {
        return problem(list ? reasons.error() : list.error());
    }
    return json_answer(objections_json(subject, *list, *reasons));
}

HttpResponse Api::subject_object(const Call& call) {
    return once(call, [&] { return objected(call, true); });
}

HttpResponse Api::subject_allow(const Call& call) {
    return once(call, [&] { return objected(call, false); });
}

HttpResponse Api::objected(const Call& call, bool objects) {
    const auto subject = subject_for(call);
    if (!subject) {
        return problem(subject.error());
    }
    const auto body = objection_body(call.request.body, objects);
    if (!body) {
        return problem(body.error());
    }
    const auto desk = doors_.erasure.desk();
    const auto done = objects ? desk->object_to(*subject, body->recipient, body->reason)
                              : desk->allow(*subject, body->recipient);
    return done ? objections_of(*subject) : problem(done.error());
}

}  // namespace fedtrail::api
