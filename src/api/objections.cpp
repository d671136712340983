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
    const auto list = doors_.erasure.desk()->objections_of(*subject);
    return list ? json_answer(objections_json(*subject, *list)) : problem(list.error());
}

HttpResponse Api::subject_object(const Call& call) {
    return once(call, [&] { return objected(call, &erasure::Desk::object_to); });
}

HttpResponse Api::subject_allow(const Call& call) {
    return once(call, [&] { return objected(call, &erasure::Desk::allow); });
}

HttpResponse Api::objected(const Call& call,
                           Result<void> (erasure::Desk::*act)(privacy::SubjectNumber, const Host&)) {
    const auto subject = subject_for(call);
    if (!subject) {
        return problem(subject.error());
    }
    const auto host = objection_body(call.request.body);
    if (!host) {
        return problem(host.error());
    }
    const auto done = ((*doors_.erasure.desk()).*act)(*subject, *host);
    return done ? subject_objections(call) : problem(done.error());
}

}  // namespace fedtrail::api
