#include "fedtrail/fediverse/ld_signature.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;
using namespace fedtrail::fediverse;

namespace {

constexpr auto* kKey = "https://o.example/users/a#main-key";
const auto when_made = *parse_rfc3339("2026-11-22T04:12:05Z");

DeleteMessage message() {
    DeleteMessage made;
    made.kind = StepKind::DeleteObject;
    made.id = "https://o.example/users/a#fedtrail-delete-7-1";
    made.actor = Personal<std::string>{"https://o.example/users/a"};
    made.object = Personal<std::string>{"https://o.example/n/1"};
    made.followers = Personal<std::string>{"https://o.example/users/a/followers"};
    return made;
}

}  // namespace

TEST_CASE("A Delete's quads are written in their canonical order", "[fediverse][ld]") {
    const auto base = ld_signature_base(message(), kKey, when_made);
    REQUIRE(base);
    CHECK(base->options ==
          "_:c14n0 <http://purl.org/dc/terms/created> "
          "\"2026-11-22T04:12:05Z\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n"
          "_:c14n0 <http://purl.org/dc/terms/creator> <https://o.example/users/a#main-key> .\n");
    const std::string id = "<https://o.example/users/a#fedtrail-delete-7-1> ";
    CHECK(base->document == id +
                                "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
                                "<https://www.w3.org/ns/activitystreams#Delete> .\n" +
                                id +
                                "<https://www.w3.org/ns/activitystreams#actor> "
                                "<https://o.example/users/a> .\n" +
                                id +
                                "<https://www.w3.org/ns/activitystreams#cc> "
                                "<https://o.example/users/a/followers> .\n" +
                                id +
                                "<https://www.w3.org/ns/activitystreams#object> "
                                "<https://o.example/n/1> .\n" +
                                id +
                                "<https://www.w3.org/ns/activitystreams#to> "
                                "<https://www.w3.org/ns/activitystreams#Public> .\n");
}

TEST_CASE("A signed document carries who signed it and when", "[fediverse][ld]") {
    const auto text = ld_signed_document(message(), kKey, when_made, "c2ln");
    CHECK_THAT(text,
               Catch::StartsWith(R"({"@context":["https://www.w3.org/ns/activitystreams",)"
                                 R"("https://w3id.org/security/v1"],"id":)"));
    CHECK_THAT(text,
               Catch::EndsWith(R"(,"signature":{"type":"RsaSignature2017",)"
                               R"("creator":"https://o.example/users/a#main-key",)"
                               R"("created":"2026-11-22T04:12:05Z","signatureValue":"c2ln"}})"));
}

TEST_CASE("removeData is given a meaning, so that it is signed as well", "[fediverse][ld]") {
    auto made = message();
    made.remove_data = true;
    CHECK_THAT(ld_signature_base(made, kKey, when_made)->document,
               Catch::Contains("<https://join-lemmy.org/ns#removeData> "
                               "\"true\"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n"));
    CHECK_THAT(
        ld_signed_document(made, kKey, when_made, "c2ln"),
        Catch::Contains(R"(,{"lemmy":"https://join-lemmy.org/ns#","removeData":"lemmy:removeData"}],)"));
}

TEST_CASE("What could be read in two ways is not signed", "[fediverse][ld]") {
    const auto refused = [](const DeleteMessage& made, const char* key = kKey) {
        const auto base = ld_signature_base(made, key, when_made);
        return !base && base.error().kind == ErrorKind::Invalid &&
               base.error().what.find("example") == std::string::npos;
    };
    for (const auto* bad : {"",
                            "/n/1",
                            "acct:a@o.example",
                            "https://o.example/a b",
                            "https://o.example/é",
                            "https://o.example/<x>",
                            "https://o.example/\"",
                            "https://o.example/\n"}) {
        CAPTURE(bad);
        auto made = message();
        made.object = Personal<std::string>{bad};
        CHECK(refused(made));
        made = message();
        made.id = bad;
        CHECK(refused(made));
        CHECK(refused(message(), bad));
    }
    auto made = message();
    made.followers = {};
    CHECK_FALSE(refused(made));
    made.form = ObjectForm::Typed;
    made.object_type = "EmojiReact";  // a blank node, as the context does not know it
    CHECK(refused(made));
    made.object_type = "Note";
    CHECK_FALSE(refused(made));
}
