/// Has the ledger show the transparency log what it has.

#include <nlohmann/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"

namespace fedtrail::api {

namespace {

/// Whom to fold; an empty body is an empty object: everybody.
Result<std::optional<privacy::SubjectNumber>> subject_in(const std::string& json) {
    std::optional<privacy::SubjectNumber> subject;
    if (json.empty()) {
        return subject;
    }
    const auto document = nlohmann::json::parse(json, nullptr, false);
    const bool known = document.is_object() && document.size() == document.count("subject") &&
                       (document.empty() || document["subject"].is_number_unsigned());
    if (!known) {
        return fail(ErrorKind::Invalid,
                    "the body is not a JSON object with, at most, the number of a subject",
                    "Send {} for everybody, or {\"subject\": 12}.");
    }
    if (!document.empty()) {
        subject = privacy::SubjectNumber{document["subject"].get<std::uint64_t>()};
    }
    return subject;
}

}  // namespace

HttpResponse Api::ledger_fold(const Call& call) {
    const auto subject = subject_in(call.request.body);
    if (!subject) {
        return problem(subject.error());
    }
    const auto folded = doors_.folder.fold_settled(*subject);
    if (!folded) {
        return problem(folded.error());
    }
    return json_answer(nlohmann::ordered_json{{"format", "fedtrail/fold/1"},
                                              {"activities", folded->activities},
                                              {"observations", folded->observations}}
                           .dump(2) +
                       "\n");
}

}  // namespace fedtrail::api
