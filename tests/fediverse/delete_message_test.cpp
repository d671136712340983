#include "fedtrail/fediverse/delete_message.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;
using namespace fedtrail::fediverse;

namespace {

DeleteMessage message(StepKind kind, ObjectForm form) {
    DeleteMessage made;
    made.kind = kind;
    made.form = form;
    made.id = "https://o.example/users/a#fedtrail-delete-7-1";
    made.actor = Personal<std::string>{"https://o.example/users/a"};
    made.object = kind == StepKind::DeleteActor ? made.actor : Personal<std::string>{"https://o.example/n/1"};
    made.followers = Personal<std::string>{"https://o.example/users/a/followers"};
    return made;
}

}  // namespace

TEST_CASE("The default Delete is the form that every server obeyed", "[fediverse][delete]") {
    CHECK(delete_document(message(StepKind::DeleteObject, ObjectForm::Plain)) ==
          R"({"@context":"https://www.w3.org/ns/activitystreams",)"
          R"("id":"https://o.example/users/a#fedtrail-delete-7-1","type":"Delete",)"
          R"("actor":"https://o.example/users/a","object":"https://o.example/n/1",)"
          R"("to":["https://www.w3.org/ns/activitystreams#Public"],)"
          R"("cc":["https://o.example/users/a/followers"]})");
}

TEST_CASE("An object with a type is written as its receiver expects it", "[fediverse][delete]") {
    const auto object = [](const DeleteMessage& made) {
        const auto text = delete_document(made);
        const auto from = text.find(R"("object":)") + 9;
        return text.substr(from, text.find(R"(,"to")") - from);
    };
    CHECK(object(message(StepKind::DeleteActor, ObjectForm::Typed)) ==
          R"({"type":"Person","id":"https://o.example/users/a"})");
    CHECK(object(message(StepKind::DeleteObject, ObjectForm::Typed)) ==
          R"({"type":"Note","id":"https://o.example/n/1"})");
    CHECK(object(message(StepKind::DeleteObject, ObjectForm::Tombstone)) ==
          R"({"type":"Tombstone","id":"https://o.example/n/1"})");
    auto audio = message(StepKind::DeleteObject, ObjectForm::Typed);
    audio.object_type = "Audio";
    CHECK(object(audio) == R"({"type":"Audio","id":"https://o.example/n/1"})");
}

TEST_CASE("An Undo names the activity it takes back", "[fediverse][delete]") {
    auto undo = message(StepKind::UndoActivity, ObjectForm::Typed);
    undo.object_type = "Like";
    CHECK_THAT(delete_document(undo),
               Catch::Contains(R"("type":"Undo")") &&
                   Catch::Contains(R"("object":{"type":"Like","id":"https://o.example/n/1",)"
                                   R"("actor":"https://o.example/users/a"})"));
    undo.object_type.clear();  // nobody knows what it was
    CHECK_THAT(delete_document(undo), Catch::Contains(R"("object":"https://o.example/n/1")"));
    undo.form = ObjectForm::Tombstone;  // an activity leaves none
    undo.object_type = "Like";
    CHECK_THAT(delete_document(undo), Catch::Contains(R"("object":"https://o.example/n/1")"));
}

TEST_CASE("to and cc are arrays even where nobody is named", "[fediverse][delete]") {
    auto alone = message(StepKind::DeleteActor, ObjectForm::Plain);
    alone.followers = {};
    CHECK_THAT(delete_document(alone), Catch::Contains(R"("cc":[])") && !Catch::Contains("removeData"));
}

TEST_CASE("removeData stands where it is asked for", "[fediverse][delete]") {
    auto made = message(StepKind::DeleteActor, ObjectForm::Plain);
    made.remove_data = true;
    CHECK_THAT(delete_document(made),
               Catch::Contains(R"("cc":["https://o.example/users/a/followers"],"removeData":true})"));
}

TEST_CASE("A document is JSON whatever an identifier holds", "[fediverse][delete]") {
    auto odd = message(StepKind::DeleteObject, ObjectForm::Plain);
    odd.object = Personal<std::string>{"https://o.example/\"\\\n\xff"};
    CHECK_THAT(delete_document(odd), Catch::Contains(R"(https://o.example/\"\\\n)"));
}
