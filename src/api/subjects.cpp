/// Who is in the vault, by number: a name is given only where a look is written down.

#include <nlohmann/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/looks.hpp"
#include "api/paging.hpp"
#include "api/request_body.hpp"

namespace fedtrail::api {

HttpResponse Api::subjects(const Call& call) {
    const auto page = page_of(call.target);
    if (!page) {
        return bad_request(page.error().what, page.error().remedy);
    }
    const auto numbers = doors_.vault.list(privacy::SubjectNumber{page->after}, page->limit);
    if (!numbers) {
        return problem(numbers.error());
    }
    auto list = nlohmann::ordered_json::array();
    auto damaged = nlohmann::ordered_json::array();
    for (const auto number : *numbers) {
        const auto person = doors_.vault.identity(number);
        if (person) {
            list.push_back({{"number", number.get()}, {"origin", person->origin.text()}});
        } else if (person.error().kind == ErrorKind::Corrupt) {
            damaged.push_back(number.get());
        } else {
            return problem(person.error());
        }
    }
    const auto next = numbers->size() < page->limit ? 0 : numbers->back().get();
    nlohmann::ordered_json document{{"format", "fedtrail/subjects/1"},
                                    {"subjects", std::move(list)},
                                    {"damaged", std::move(damaged)},
                                    {"next", nullptr}};
    if (next != 0) {
        document["next"] = next;
    }
    return paged(json_answer(document.dump() + "\n"), "/api/v1/subjects", *page, next);
}

Result<Portrait> Api::portrait_of(privacy::SubjectNumber subject) const {
    auto person = doors_.vault.identity(subject);
    auto pairs = doors_.ledger.recipients_of(subject, {});
    if (!person || !pairs) {
        return !person ? Result<Portrait>{fail(person)} : fail(pairs);
    }
    const auto prevented = doors_.subjects.prevented(subject);
    const auto minor = doors_.subjects.facts.minor(subject);
    if (!prevented || !minor) {
        return !prevented ? Result<Portrait>{fail(prevented)} : fail(minor);
    }
    auto objections = doors_.erasure.desk()->objections_of(subject);
    if (!objections) {
        return fail(objections);
    }
    return Portrait{std::move(*person), std::move(*pairs), *prevented, *minor, std::move(*objections)};
}

HttpResponse Api::subject_one(const Call& call) {
    const auto subject = subject_for(call);
    if (!subject) {
        return problem(subject.error());
    }
    const auto portrait = portrait_of(*subject);
    if (!portrait) {
        return problem(portrait.error());
    }
    const auto sight = note_person(call, *subject);
    return sight ? json_answer(subject_json(*portrait, *sight != Sight::Pseudonym)) : problem(sight.error());
}

HttpResponse Api::subject_set(const Call& call) {
    return once(call, [&] { return facts_set(call); });
}

HttpResponse Api::facts_set(const Call& call) {
    const auto subject = subject_for(call);
    if (!subject) {
        return problem(subject.error());
    }
    const auto facts = facts_body(call.request.body);
    if (!facts) {
        return problem(facts.error());
    }
    const auto set = doors_.subjects.facts.set_minor(*subject, facts->minor);
    return set ? json_answer(subject_facts_json(*subject, facts->minor)) : problem(set.error());
}

}  // namespace fedtrail::api
