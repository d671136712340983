// A hostile document costs no more than its size, and nothing in it is fatal that servers let pass.

#include <algorithm>
#include <ctime>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fedtrail/fediverse/activity.hpp"

using namespace fedtrail;
using namespace fedtrail::fediverse;

namespace {

const std::string opening = R"({"type":"Create","actor":"https://o.example/users/alice",)";

std::string list_of(std::size_t bytes, const std::string& entry) {
    std::string list = "[" + entry;
    while (list.size() + entry.size() + 2 < bytes) {
        list += "," + entry;
    }
    return list + "]";
}

/// Processor time of this thread, the best of some runs: a busy machine does not count.
double cost(const std::string& json) {
    auto best = std::numeric_limits<double>::max();
    for (int i = 0; i < 5; ++i) {
        const auto now = [] {
            timespec time{};
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
            return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
        };
        const auto start = now();
        static_cast<void>(digest_activity(json).has_value());
        best = std::min(best, now() - start);
    }
    return best;
}

/// How many times dearer a document is that is 16 times as large: 16 if it costs its size, 256 if its square.
double growth(const std::function<std::string(std::size_t)>& document) {
    constexpr std::size_t kLarge = kMaxActivityBytes - 200;
    static_cast<void>(cost(document(kLarge)));  // the thread's buffers have grown
    return cost(document(kLarge)) / (cost(document(kLarge / 16)) + 20e-6);
}

std::string error_of(const std::string& json) {
    const auto read = digest_activity(json);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::Invalid);
    CHECK_FALSE(read.error().remedy.empty());
    return read.error().what;
}

std::string repeat(const std::string& text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) {
        out += text;
    }
    return out;
}

}  // namespace

TEST_CASE("What is no activity is refused with one sentence and without its content",
          "[fediverse][hostile]") {
    for (const std::string json : {"",
                                   " ",
                                   "secret",
                                   "[]",
                                   "\"secret\"",
                                   "null",
                                   "{",
                                   "{\"type\":\"secret",
                                   "{}",
                                   "{\"type\":\"\"}",
                                   "{\"type\":7}",
                                   "{\"type\":[]}",
                                   "{\"type\":null}",
                                   "{\"id\":\"https://o.example/secret\"}",
                                   "{\"type\":\"Note\",}",
                                   "{\"type\":\"Note\"} {}",
                                   "{\"type\":\"Note\",\"a\":01}",
                                   "{\"type\":\"No\nte\"}"}) {
        CAPTURE(json);
        CHECK(error_of(json).find("secret") == std::string::npos);
    }
    CHECK(error_of("{\"type\":\"Note\",\"content\":\"\xFF\xFE\"}").find("UTF-8") != std::string::npos);
    CHECK(error_of("{\"type\":\"" + std::string(2'000, 'x') + "\"}").find("no type") != std::string::npos);
    CHECK(error_of(opening + "\"content\":\"" + std::string(kMaxActivityBytes, 'x') + "\"}").find("1 MiB") !=
          std::string::npos);
}

TEST_CASE("Nesting is read to 64 levels and no further", "[fediverse][hostile]") {
    const auto nested = [](std::size_t levels) {
        return opening + "\"x\":" + repeat("[", levels) + repeat("]", levels) + "}";
    };
    CHECK(digest_activity(nested(60)));
    CHECK(error_of(nested(70)).find("64 levels") != std::string::npos);
    CHECK(error_of(nested(500'000)).find("64 levels") != std::string::npos);
    const auto wrapped = repeat(R"({"type":"Announce","id":"https://o.example/1","object":)", 40) +
                         R"("https://o.example/2")" + repeat("}", 40);
    REQUIRE(digest_activity(wrapped));
}

TEST_CASE("Of two values with one name the last counts", "[fediverse][hostile]") {
    const auto read = digest_activity(
        R"({"type":"Like","type":"Create","actor":"https://o.example/users/eve","actor":"https://o.example/users/alice",
        "object":{"type":"Note","id":"https://o.example/1","content":"hi","content":null}})");
    REQUIRE(read);
    CHECK(read->type == "Create");
    REQUIRE(read->shares.size() == 1);
    CHECK(read->shares[0].actor.reveal() == "https://o.example/users/alice");
    CHECK(read->shares[0].categories == CategorySet{DataCategory::Handle});
}

TEST_CASE("Numbers of any size and halves of characters are no obstacle", "[fediverse][hostile]") {
    const auto text = [](const std::string& value) {
        const auto read =
            digest_activity(opening + R"("object":{"type":"Note","id":"https://o.example/1","x":)" + value +
                            R"(,"content":"hi \"-1e999\" \\"}})");
        return read && read->shares.at(0).categories.has(DataCategory::PostText);
    };
    CHECK(text(std::string(5'000, '9')));
    CHECK(text("-" + std::string(400, '7') + ".5e+999"));
    CHECK(text("1e400"));
    CHECK(text(R"("\ud83d")"));
    CHECK(text(R"("\udc00\ud83d\udc00\ud83d x \uD83D\u0041")"));
    CHECK_FALSE(text("1e400, \"y\": 01"));
    CHECK_FALSE(text("1e400, \"y\": 1e"));
    CHECK_FALSE(text("1e400, \"y\": -"));
    CHECK_FALSE(text("1e400, \"y\": \"\\u12\""));
}

TEST_CASE("A byte order mark before the document is skipped", "[fediverse][hostile]") {
    CHECK(digest_activity("\xEF\xBB\xBF{\"type\":\"Note\"}"));
}

TEST_CASE("At most 64 people of other servers share, the actor and the authors first",
          "[fediverse][hostile]") {
    std::string tags;
    for (int i = 0; i < 2'000; ++i) {
        tags += R"({"type":"Mention","href":"https://r.example/users/u)" + std::to_string(i) + R"("},)";
    }
    const auto read =
        digest_activity(opening + "\"tag\":[" + tags + R"({}],"object":{"type":"Note","content":"x",)" +
                        R"("attributedTo":["https://o.example/users/bea"]}})");
    REQUIRE(read);
    REQUIRE(read->shares.size() == kMaxShares);
    CHECK(read->shares[0].actor.reveal() == "https://o.example/users/alice");
    CHECK(read->shares[1].actor.reveal() == "https://o.example/users/bea");
    CHECK(read->shares[63].actor.reveal() == "https://r.example/users/u61");
}

TEST_CASE("People of ours do not stand behind strangers, and are bounded by themselves",
          "[fediverse][hostile]") {
    const std::vector<Host> ours{*Host::parse("o.example")};
    const auto mentions = [](const std::string& host, int count) {
        std::string tags;
        for (int i = 0; i < count; ++i) {
            tags +=
                R"({"type":"Mention","href":"https://)" + host + "/users/u" + std::to_string(i) + R"("},)";
        }
        return tags;
    };
    const auto read = [&](const std::string& outer, const std::string& inner) {
        return digest_activity(opening + "\"tag\":[" + outer +
                                   R"({}],"object":{"type":"Note","content":"x",)" + "\"tag\":[" + inner +
                                   "{}]}}",
                               local_to(ours));
    };
    const auto behind = read(mentions("r.example", 900) + mentions("o.example", 3), "");
    REQUIRE(behind);
    CHECK(behind->shares.size() == kMaxShares + 1 + 3);
    CHECK(behind->shares.back().actor.reveal() == "https://o.example/users/u2");
    const auto many = read(mentions("o.example", 1'000), mentions("o.example", 1'100));
    REQUIRE(many);
    CHECK(many->shares.size() == kMaxLocalShares);
    const auto without = digest_activity(opening + "\"tag\":[" + mentions("o.example", 100) + "{}]," +
                                         R"("object":{"type":"Note","content":"x"}})");
    REQUIRE(without);
    CHECK(without->shares.size() == kMaxShares);
}

TEST_CASE("URIs that cannot be used are left out", "[fediverse][hostile]") {
    for (const std::string uri : {"urn:uuid:1",
                                  "acct:a@a.example",
                                  "did:key:z6",
                                  "tag:a.example,2026:1",
                                  "",
                                  "https://",
                                  "https://u:p@a.example/",
                                  "javascript:alert(1)",
                                  "/users/alice",
                                  "https://a.example/%zz"}) {
        CAPTURE(uri);
        std::string json =
            R"({"type":"Create","id":"URI","actor":"URI","object":{"type":"Note","id":"URI"}})";
        for (auto at = json.find("URI"); at != std::string::npos; at = json.find("URI")) {
            json.replace(at, 3, uri);
        }
        const auto read = digest_activity(json);
        REQUIRE(read);
        CHECK(read->id.reveal().empty());
        CHECK(read->object.reveal().empty());
        CHECK(read->shares.empty());
    }
}

TEST_CASE("Values of the wrong kind are as good as none", "[fediverse][hostile]") {
    for (const std::string value : {"7",
                                    "true",
                                    "[]",
                                    "{}",
                                    "[[]]",
                                    "[7,null,{}]",
                                    "\"\"",
                                    "[[\"https://a.example/\"]]",
                                    "{\"type\":{}}",
                                    "{\"id\":{}}",
                                    "[{\"type\":\"Mention\"}]"}) {
        CAPTURE(value);
        std::string json = opening + "\"object\":{\"type\":\"Note\"";
        for (const auto* key : {"id",
                                "attributedTo",
                                "actor",
                                "to",
                                "cc",
                                "tag",
                                "attachment",
                                "image",
                                "name",
                                "content",
                                "contentMap",
                                "summary",
                                "source",
                                "location",
                                "inReplyTo",
                                "object",
                                "target",
                                "instrument",
                                "preferredUsername",
                                "followers",
                                "icon"}) {
            json += ",\"" + std::string{key} + "\":" + value;
        }
        const auto read = digest_activity(json + "}}");
        REQUIRE(read);
        CHECK(read->shares.size() == 1);
    }
}

TEST_CASE("A document of a megabyte costs what its size costs", "[fediverse][hostile]") {
    const auto list = [](const std::string& name, const std::string& entry) {
        return
            [name, entry](std::size_t bytes) { return opening + name + ":" + list_of(bytes, entry) + "}"; };
    };
    const auto repeated = [](const std::string& before, const std::string& text, const std::string& after) {
        return [=](std::size_t bytes) {
            return opening + before + repeat(text, (bytes - 150) / text.size()) + after + "}";
        };
    };
    constexpr double kLimit = 64;
    CHECK(growth(list("\"tag\"", R"({"type":"Mention","href":"https://r.example/users/bob"})")) < kLimit);
    CHECK(growth(list("\"tag\"", "{}")) < kLimit);
    CHECK(growth(list("\"attachment\"", R"({"type":"Link"})")) < kLimit);
    CHECK(growth(list("\"to\"", R"("https://r.example/users/bob")")) < kLimit);
    CHECK(growth(list("\"object\"", R"({"type":"Note"})")) < kLimit);
    CHECK(growth(list("\"object\"", R"({"type":"Like","object":["a"]})")) < kLimit);
    CHECK(growth(repeated("", R"("type":"Note",)", R"("id":"")")) < kLimit);
    CHECK(growth(repeated("\"contentMap\":{", R"("en":"",)", R"("nl":""})")) < kLimit);
    CHECK(growth(repeated("\"x\":[", "9", "]")) < kLimit);
    CHECK(growth(repeated("\"x\":[0", "0", "]")) < kLimit);
    CHECK(growth(repeated("\"x\":[", "1e,", "1e999]")) < kLimit);
    CHECK(growth(repeated("\"x\":[1e999,", "1.1.", "1]")) < kLimit);
    CHECK(growth(repeated("\"x\":\"", "\\ud800", "\"")) < kLimit);
}
