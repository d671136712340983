/// Who is in the vault, by number: a name is given only where a look is written down.

#include <nlohmann/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/paging.hpp"

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
    for (const auto number : *numbers) {
        const auto person = doors_.vault.identity(number);
        if (!person) {
            return problem(person.error());
        }
        list.push_back({{"number", number.get()}, {"origin", person->origin.text()}});
    }
    const auto next = numbers->size() < page->limit ? 0 : numbers->back().get();
    nlohmann::ordered_json document{
        {"format", "fedtrail/subjects/1"}, {"subjects", std::move(list)}, {"next", nullptr}};
    if (next != 0) {
        document["next"] = next;
    }
    return paged(json_answer(document.dump() + "\n"), "/api/v1/subjects", *page, next);
}

}  // namespace fedtrail::api
