// What an Undo brings back, in the forms that servers send.

#include <string>

#include <catch2/catch.hpp>

#include "fedtrail/fediverse/activity.hpp"

using namespace fedtrail;
using namespace fedtrail::fediverse;

namespace {

constexpr const char* kPost = "https://o.example/post/1";

/// "" is nothing.
std::string restored(const std::string& type, const std::string& object) {
    const auto read = digest_activity(R"({"id":"https://o.example/activities/2","type":")" + type +
                                      R"(","actor":"https://o.example/u/alice","object":)" + object + "}");
    REQUIRE(read);
    return read->restored.reveal();
}

}  // namespace

TEST_CASE("An Undo of a Delete says what is restored, though the Delete in it has no id",
          "[fediverse][activity]") {
    // Misskey, when a suspension is lifted
    CHECK(restored("Undo",
                   R"({"type":"Delete","actor":"https://o.example/u/alice",)"
                   R"("object":"https://o.example/u/alice","published":"2026-11-20T10:00:00Z"})") ==
          "https://o.example/u/alice");
    // Lemmy and PieFed, when a post is restored
    CHECK(restored("Undo",
                   R"({"id":"https://o.example/activities/delete/1","type":"Delete",)"
                   R"("actor":"https://o.example/u/alice","object":"https://o.example/post/1",)"
                   R"("to":["https://www.w3.org/ns/activitystreams#Public"]})") == kPost);
    CHECK(restored("Undo",
                   R"({"type":"Delete","object":{"type":"Tombstone","id":")" + std::string{kPost} +
                       R"("}})") == kPost);
}

TEST_CASE("What is no Undo of a Delete restores nothing", "[fediverse][activity]") {
    const std::string post{kPost};
    CHECK(restored("Undo", R"({"type":"Like","object":")" + post + "\"}").empty());
    CHECK(restored("Undo", "\"https://o.example/activities/delete/1\"").empty());
    CHECK(restored("Delete", "\"" + post + "\"").empty());
    CHECK(restored("Announce", R"({"type":"Delete","object":")" + post + "\"}").empty());
}
