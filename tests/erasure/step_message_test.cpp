#include "erasure/step_message.hpp"

#include <set>

#include <catch2/catch.hpp>

using namespace fedtrail;
using namespace fedtrail::erasure;
using fediverse::ObjectForm;
using fediverse::StepKind;

TEST_CASE("Every message of a request has an id of its own, and keeps it") {
    const std::string actor = "https://origin.example/users/alice";
    std::set<std::string> ids;
    std::size_t count = 0;
    for (const auto request : {1U, 11U}) {
        for (const auto kind : {StepKind::DeleteObject, StepKind::UndoActivity, StepKind::DeleteActor}) {
            for (const auto form : {ObjectForm::Plain, ObjectForm::Typed, ObjectForm::Tombstone}) {
                for (const std::uint8_t wave : {std::uint8_t{1}, std::uint8_t{2}}) {
                    for (const auto object : {0U, 1U, 11U}) {
                        if (kind == StepKind::DeleteActor && object > 0) {
                            continue;
                        }
                        const records::NoticeStep step{kind, form, wave, object};
                        for (const auto rounds : {0U, 1U, 11U}) {
                            const auto id = activity_id(actor, records::RequestNumber{request}, step, rounds);
                            CHECK(id == activity_id(actor, records::RequestNumber{request}, step, rounds));
                            CHECK(id.rfind(actor + "#fedtrail-", 0) == 0);
                            ids.insert(id);
                            ++count;
                        }
                    }
                }
            }
        }
    }
    CHECK(ids.size() == count);
}

TEST_CASE("The message names what the step names") {
    const std::string actor = "https://origin.example/users/alice";
    const records::ErasedObject object{Personal<std::string>{actor + "/statuses/1"}, {}, false};
    fediverse::Dialect dialect;
    dialect.remove_data = true;
    const auto of = [&](StepKind kind, const std::string& whose) {
        return message_of(whose, records::RequestNumber{1}, {kind, ObjectForm::Typed, 1, 0}, object, dialect);
    };
    const auto post = of(StepKind::DeleteObject, actor);
    CHECK(post.object.reveal() == actor + "/statuses/1");
    CHECK(post.object_type == "Note");
    CHECK_FALSE(post.remove_data);
    CHECK(post.followers.reveal() == actor + "/followers");
    const auto account = of(StepKind::DeleteActor, actor);
    CHECK(account.object.reveal() == actor);
    CHECK(account.object_type == "Person");
    CHECK(account.remove_data);
    CHECK(of(StepKind::DeleteActor, "https://origin.example/?author=1").followers.reveal().empty());
    dialect.audience = fediverse::Audience::Public;
    CHECK(of(StepKind::DeleteActor, actor).followers.reveal().empty());
}
