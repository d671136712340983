#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/rules_json.hpp"

namespace fedtrail::api {

namespace {

/// What a body is called in answers: it has no file.
constexpr const char* kBody = "body";

}  // namespace

HttpResponse Api::rules(const Call& /*call*/) {
    return json_answer(rules_json(doors_.rules.in_force()));
}

HttpResponse Api::rules_check(const Call& call) {
    const auto checked = doors_.rules.check(call.request.body);
    return checked ? json_answer(rules_check_json(kBody, *checked)) : problem(checked.error());
}

HttpResponse Api::rules_try(const Call& call) {
    auto checked = doors_.rules.check(call.request.body);
    if (!checked) {
        return problem(checked.error());
    }
    if (!checked->usable()) {
        const auto& note = checked->notes.front();
        return problem(422,
                       "Cannot be applied",
                       (note.line == 0 ? "" : "line " + std::to_string(note.line) + ": ") + note.what,
                       note.remedy);
    }
    const auto rules = privacy::TransferRules::compile(std::move(checked->rules));
    if (!rules) {
        return problem(rules.error());
    }
    const auto trial = doors_.rules.attempt(*rules);
    return trial ? json_answer(rules_trial_json(kBody, rules->rules(), *trial)) : problem(trial.error());
}

}  // namespace fedtrail::api
