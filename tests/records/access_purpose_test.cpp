#include "fedtrail/records/access_purpose.hpp"

#include <set>

#include <catch2/catch.hpp>

using namespace fedtrail::records;

TEST_CASE("Whatever is looked at has a purpose of its own, with its article", "[records][purpose]") {
    std::set<AccessPurpose> met;
    for (const auto what : {looked::kReport,
                            looked::kName,
                            looked::kObjects,
                            looked::kAnswer,
                            looked::kDisclosures,
                            looked::kBundle,
                            looked::kObjections,
                            looked::kConsents,
                            looked::kRequest,
                            looked::kPlan}) {
        CAPTURE(what);
        const auto purpose = purpose_of(what, false);
        CHECK(purpose != AccessPurpose::Other);
        CHECK(met.insert(purpose).second);
        CHECK(sentence_of(purpose).find(" (Art. ") != std::string::npos);
        CHECK(purpose_of(what, true) == AccessPurpose::OwnAccess);
    }
    CHECK(met.size() + 2 == kAccessPurposes.size());
    CHECK(purpose_of("", false) == AccessPurpose::Other);
    CHECK(purpose_of("a word of another release", false) == AccessPurpose::Other);
    CHECK_FALSE(sentence_of(AccessPurpose::Other).empty());
    std::set<std::string_view> names;
    for (const auto& words : kAccessPurposes) {
        CHECK(names.insert(name_of(words.purpose)).second);
    }
    CHECK(names.count("") == 0);
}

TEST_CASE("What was stated is the why of a look, else what the look is for", "[records][purpose]") {
    Access access{fedtrail::privacy::SubjectNumber{1}, {}, "plan", "cli:anna", "letter of 3 May", false};
    CHECK(why_of(access) == "letter of 3 May");
    access.why.clear();
    CHECK(why_of(access) == "to prepare an erasure (Art. 17 GDPR)");
    access.what = "disclosures";
    CHECK(why_of(access) == "to see which servers hold the data, without the name (Art. 19 GDPR)");
    access.by = "self";
    CHECK(why_of(access) == "the person looked at their own data (Art. 15 GDPR)");
}
