// Deletes that a community passes on to whoever follows it.

#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "fedtrail/fediverse/activity.hpp"

using namespace fedtrail;
using namespace fedtrail::fediverse;

namespace {

constexpr const char* kAlice = "https://o.example/u/alice";
constexpr const char* kPost = "https://o.example/post/1";

/// As Lemmy, Mbin and PieFed do (FEP-1b12).
ActivityDigest announced(const std::string& inner) {
    auto read = digest_activity(R"({"id":"https://o.example/activities/announce/3","type":"Announce",)"
                                R"("actor":"https://o.example/c/main","object":)" +
                                inner + "}");
    REQUIRE(read);
    return std::move(*read);
}

constexpr const char* kDelete =
    R"({"id":"https://o.example/activities/delete/2","type":"Delete","actor":"https://o.example/u/alice",)"
    R"("object":"https://o.example/post/1","audience":"https://o.example/c/main"})";

}  // namespace

TEST_CASE("An Announce of a Delete says what is deleted, and by whom", "[fediverse][activity]") {
    for (const std::string& inner :
         {std::string{kDelete},
          std::string{R"({"type":"Delete","actor":"https://o.example/u/alice",)"
                      R"("object":{"type":"Tombstone","id":"https://o.example/post/1"}})"}}) {
        const auto read = announced(inner);
        CHECK(read.type == "Announce");
        CHECK(read.deleted.reveal() == kPost);
        CHECK(read.deleter.reveal() == kAlice);
        CHECK(read.restored.reveal().empty());
    }
}

TEST_CASE("An Announce of an Undo of a Delete says what is restored, and by whom", "[fediverse][activity]") {
    const auto read = announced(R"({"type":"Undo","actor":"https://o.example/u/alice","object":)" +
                                std::string{kDelete} + "}");
    CHECK(read.restored.reveal() == kPost);
    CHECK(read.deleter.reveal() == kAlice);
    CHECK(read.deleted.reveal().empty());
}

TEST_CASE("No other Announce deletes anything", "[fediverse][activity]") {
    for (const std::string& inner :
         {std::string{"\"https://o.example/activities/delete/2\""},
          std::string{
              R"({"type":"Like","actor":"https://o.example/u/alice","object":"https://o.example/1"})"},
          std::string{R"({"type":"Announce","actor":"https://o.example/u/alice","object":)"} + kDelete +
              "}"}) {
        const auto read = announced(inner);
        CHECK(read.deleted.reveal().empty());
        CHECK(read.restored.reveal().empty());
        CHECK(read.deleter.reveal().empty());
    }
    const auto alone = digest_activity(kDelete);
    REQUIRE(alone);
    CHECK(alone->deleted.reveal().empty());
    CHECK(alone->deleter.reveal().empty());
}
