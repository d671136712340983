#include "api/subject_json.hpp"

#include "api/json_text.hpp"

namespace fedtrail::api {

namespace {

Json pairs_json(const std::vector<PairAggregate>& pairs) {
    auto list = Json::array();
    for (const auto& pair : pairs) {
        list.push_back({{"host", pair.recipient.text()},
                        {"first", format_rfc3339(pair.first)},
                        {"last", format_rfc3339(pair.last)},
                        {"objects", pair.objects},
                        {"disclosures", pair.disclosures},
                        {"evidence", std::string{privacy::name_of(pair.strongest)}}});
    }
    return list;
}

Json yes_no_or_null(std::optional<bool> fact) {
    return fact ? Json(*fact) : Json(nullptr);
}

}  // namespace

std::string subject_json(const Portrait& of, bool names) {
    Json document{{"format", "fedtrail/subject/1"},
                  {"number", of.person.number.get()},
                  {"origin", of.person.origin.text()}};
    if (names) {
        document["handle"] = of.person.handle.reveal();
        document["actor"] = of.person.actor.reveal();
    }
    document["minor"] = yes_no_or_null(of.minor);
    document["objections"] = Json::array();
    for (const auto& objection : of.objections) {
        document["objections"].push_back(objection.recipient.text());
    }
    document["prevented"] = of.prevented;
    document["recipients"] = pairs_json(of.pairs);
    return indented(document);
}

std::string subject_facts_json(privacy::SubjectNumber subject, std::optional<bool> minor) {
    return indented({{"format", "fedtrail/subject-facts/1"},
                     {"number", subject.get()},
                     {"minor", yes_no_or_null(minor)}});
}

}  // namespace fedtrail::api
