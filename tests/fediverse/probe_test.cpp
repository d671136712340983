#include "fedtrail/fediverse/probe.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::fediverse;

namespace {

const Probes& shipped_probes() {
    static const auto parsed = *Probes::parse(testing::policy_file("probes.json"));
    return parsed;
}

const Probe& probe(const std::string& name) {
    const auto& all = shipped_probes().all();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Probe& known) { return known.name == name; });
    REQUIRE(found != all.end());
    return *found;
}

ProbePlaces places() {
    return {Personal<std::string>{"alice@o.example"},
            Personal<std::string>{"https://o.example/users/alice"},
            Personal<std::string>{"https://o.example/n/1?x=\"y\""}};
}

Presence says(const std::string& name, int status, std::string_view body) {
    return presence_of(probe(name), places(), status, body);
}

ProbeRequest request(const std::string& name, const char* host = "r.example") {
    const auto made = probe_request(probe(name), *Host::parse(host), places());
    REQUIRE(made);
    return *made;
}

std::vector<std::string> names(const std::string& software, ProbeTarget target) {
    std::vector<std::string> found;
    for (const auto* known : shipped_probes().of(software, target)) {
        found.push_back(known->name);
    }
    return found;
}

constexpr auto* kFailed =
    R"({"error":{"message":"Failed to resolve remote user.","code":"FAILED_TO_RESOLVE_REMOTE_USER"}})";
constexpr auto* kNoSuchUser = R"({"error":{"message":"No such user.","code":"NO_SUCH_USER"}})";

}  // namespace

TEST_CASE("Mastodon's look-up answers for its database", "[fediverse][probe]") {
    CHECK(request("mastodon-account").url.text() ==
          "https://r.example/api/v1/accounts/lookup?acct=alice%40o.example");
    const auto says_of = [](int status, std::string_view body) {
        return says("mastodon-account", status, body);
    };
    CHECK(says_of(404, R"({"error":"Record not found"})") == Presence::Gone);
    CHECK(says_of(200, R"({"id":"1","acct":"alice@o.example"})") == Presence::Present);
    CHECK(says_of(200, R"({"id":"1","suspended":true})") == Presence::Present);
    CHECK(says_of(401, R"({"error":"This API requires an authenticated user"})") == Presence::Unknown);
    for (const int status : {403, 429, 500, 502, 503, 301}) {
        CHECK(says_of(status, R"({"error":"x"})") == Presence::Unknown);
    }
    CHECK(says_of(404, R"({"error":null})") == Presence::Unknown);
    CHECK(says_of(404, R"({"error":"Not Found"})") == Presence::Unknown);
    for (const auto* const other : {R"({"error":{"code":404}})",
                                    R"({"error":404})",
                                    R"({"error":true})",
                                    R"({"error":["x"]})",
                                    R"({"error":""})"}) {
        CAPTURE(other);
        CHECK(says_of(404, other) == Presence::Unknown);
    }
    CHECK(says_of(200, R"({"id":null})") == Presence::Unknown);
    // What stands in front of the server does not speak for its database.
    CHECK(says_of(404, "<html>nginx</html>") == Presence::Unknown);
    CHECK(says_of(404, "") == Presence::Unknown);
    CHECK(says_of(200, "<html>are you human?</html>") == Presence::Unknown);
}

TEST_CASE("Mastodon's page tells a known account where the API is closed", "[fediverse][probe]") {
    CHECK(probe("mastodon-account-page").is_html);
    CHECK(request("mastodon-account-page").url.path() == "/@alice%40o.example");
    CHECK(says("mastodon-account-page", 302, R"(<a href="https://r.example/redirect/accounts/7">)") ==
          Presence::Present);
    CHECK(says("mastodon-account-page", 302, R"(<a href="https://o.example/@alice">)") == Presence::Present);
    CHECK(says("mastodon-account-page", 302, R"(<a href="https://r.example/auth/sign_in">)") ==
          Presence::Unknown);
    CHECK(says("mastodon-account-page", 404, "") == Presence::Unknown);
}

TEST_CASE("Mastodon's inbox is asked only where the operator allows it", "[fediverse][probe]") {
    const auto& oracle = probe("mastodon-account-inbox");
    CHECK(oracle.write_endpoint);
    CHECK(oracle.method == "POST");
    CHECK(says("mastodon-account-inbox", 202, "") == Presence::Missing);  // who takes everything says it too
    CHECK(says("mastodon-account-inbox", 401, R"({"error":"Request not signed"})") == Presence::Present);
    CHECK(says("mastodon-account-inbox", 401, "{}") == Presence::Unknown);
    CHECK(says("mastodon-account-inbox", 401, "<html>log in</html>") == Presence::Unknown);
    CHECK(says("mastodon-account-inbox", 403, "{}") == Presence::Unknown);
    CHECK_THAT(request("mastodon-account-inbox").body,
               Catch::Contains(R"("object":"https://o.example/users/alice")"));
    for (const auto& known : shipped_probes().all()) {
        CHECK((!known.write_endpoint || known.name == "mastodon-account-inbox"));
    }
}

TEST_CASE("Misskey is asked twice, as the first answer may be about a stale row", "[fediverse][probe]") {
    CHECK(names("Misskey", ProbeTarget::Account) ==
          std::vector<std::string>{"misskey-account-known", "misskey-account-refresh", "misskey-account"});
    CHECK(says("misskey-account-refresh", 500, kFailed) == Presence::Unknown);
    CHECK(says("misskey-account", 500, kFailed) == Presence::Gone);
    for (const auto* name : {"misskey-account-refresh", "misskey-account"}) {
        CAPTURE(name);
        CHECK(probe(name).imports);
        CHECK(request(name).body == R"({"host":"o.example","username":"alice"})");
        CHECK(says(name, 200, R"({"id":"9x"})") == Presence::Present);
        CHECK(says(name, 404, kNoSuchUser) == Presence::NotVisible);
        CHECK(says(name, 403, R"({"error":{"code":"USER_SUSPENDED"}})") == Presence::Present);
        CHECK(says(name, 500, R"({"error":{"code":"INTERNAL_ERROR"}})") == Presence::Unknown);
        CHECK(says(name, 500, "Bad gateway") == Presence::Unknown);
        CHECK(says(name, 404, "nginx") == Presence::Unknown);
        CHECK(says(name, 429, R"({"error":{"code":"RATE_LIMIT_EXCEEDED"}})") == Presence::Unknown);
    }
}

TEST_CASE("Misskey's search finds a row and never says that there is none", "[fediverse][probe]") {
    const auto* name = "misskey-account-known";
    CHECK(says(name, 200, R"([{"username":"alice","host":"o.example"}])") == Presence::Present);
    CHECK(says(name, 200, R"([{"username":"alice","host":"o.example.org"}])") == Presence::Unknown);
    CHECK(says(name, 200, R"([{"username":"alice2","host":"o.example"}])") == Presence::Unknown);
    CHECK(says(name, 200, "[]") == Presence::Unknown);
}

TEST_CASE("A relative of Misskey that nobody ran is never said to be gone", "[fediverse][probe]") {
    for (const auto* software : {"firefish", "calckey", "iceshrimp"}) {
        for (const auto* known : shipped_probes().of(software, ProbeTarget::Account)) {
            CHECK(presence_of(*known, places(), 500, kFailed) == Presence::Unknown);
        }
    }
    CHECK(says("misskey-lineage-account", 404, kNoSuchUser) == Presence::NotVisible);
}

TEST_CASE("Posts are looked for in what Mastodon, Misskey and Mbin list of an account",
          "[fediverse][probe]") {
    auto person = places();
    const auto host = *Host::parse("r.example");
    person.id = "12";
    person.last = "34";
    const auto asked = [&](const char* name, std::size_t page) {
        person.page = page;
        const auto made =
            page == 0 ? first_request(probe(name), host, person) : page_request(probe(name), host, person);
        REQUIRE(made);
        return made->method + " " + made->url.text() + (made->body.empty() ? "" : " " + made->body);
    };
    CHECK(asked("mastodon-object", 0) ==
          "GET https://r.example/api/v1/accounts/lookup?acct=alice%40o.example");
    CHECK(asked("mastodon-object", 1) == "GET https://r.example/api/v1/accounts/12/statuses?limit=40");
    CHECK(asked("mastodon-object", 2) ==
          "GET https://r.example/api/v1/accounts/12/statuses?limit=40&max_id=34");
    CHECK(asked("mbin-object", 2) == "GET https://r.example/api/users/12/content?p=2");
    CHECK_THAT(asked("misskey-object", 2), Catch::Contains(R"("untilId":"34")"));
    for (const auto* name : {"mastodon-object", "misskey-object", "mbin-object"}) {
        CHECK(probe(name).list->absent == Presence::NotVisible);
        CHECK_FALSE(probe(name).imports);
    }
    const auto page = page_of(*probe("mbin-object").list,
                              R"({"items":[{"entry":{"apId":"https://o.example/1"}},)"
                              R"({"postComment":{"apId":"https://o.example/2"}},{"post":{"apId":null}}]})");
    REQUIRE(page);
    CHECK(page->uris == std::vector<std::string>{"https://o.example/1", "https://o.example/2"});
    CHECK_FALSE(page->empty);
    const auto last = page_of(*probe("mastodon-object").list, R"([{"id":"9","uri":"u"},{"id":"8"}])");
    REQUIRE(last);
    CHECK(last->last == "8");
    CHECK(page_of(*probe("mastodon-object").list, "[]")->empty);
    CHECK_FALSE(page_of(*probe("mastodon-object").list, "{}"));
    CHECK_FALSE(page_of(*probe("mastodon-object").list, "<html>"));
    for (const auto* odd : {"[[1]]", "[null]", R"([{"uri":{}}])", R"([{"uri":["a"]},7])"}) {
        const auto strange = page_of(*probe("mastodon-object").list, odd);
        REQUIRE(strange);
        CHECK(strange->uris.empty());
        CHECK(strange->last.empty());
    }
    CHECK(id_of(*probe("misskey-object").first, R"([{"id":"9x"}])") == "9x");
    CHECK(id_of(*probe("misskey-object").first, "[]").empty());
}

TEST_CASE("Lemmy hides what it has not erased", "[fediverse][probe]") {
    CHECK(names("lemmy", ProbeTarget::Account) ==
          std::vector<std::string>{"lemmy-account", "lemmy-account-v4"});
    CHECK(says("lemmy-account", 404, R"({"error":"couldnt_find_person"})") == Presence::NotVisible);
    CHECK(says("lemmy-account", 400, R"({"error":"couldnt_find_person"})") == Presence::NotVisible);
    CHECK(says("lemmy-account", 400, R"({"error":"instance_is_private"})") == Presence::Unknown);
    CHECK(says("lemmy-account", 200, R"({"person_view":{"person":{"id":1,"deleted":false}}})") ==
          Presence::Present);
    CHECK(says("lemmy-account", 200, R"({"person_view":{"person":{"id":1,"deleted":true}}})") ==
          Presence::NotVisible);
    CHECK(says("lemmy-account", 404, "") == Presence::Unknown);  // 1.0 is asked at its own path next
    CHECK(says("lemmy-account-v4", 404, R"({"error":"not_found"})") == Presence::NotVisible);
    CHECK(says("lemmy-account-v4", 404, "") == Presence::Unknown);  // of a gateway, or no such path
    CHECK(says("lemmy-object", 404, "<html>404</html>") == Presence::Unknown);
    CHECK(says("lemmy-object", 404, R"({"error":"couldnt_find_object"})") == Presence::NotVisible);
    CHECK(says("lemmy-object", 200, R"({"post":{"post":{"deleted":true}}})") == Presence::NotVisible);
    CHECK(says("lemmy-object", 200, R"({"post":{"post":{"ap_id":"https://o.example/other"}}})") ==
          Presence::Unknown);
}

TEST_CASE("PeerTube's 404 means that the row is gone", "[fediverse][probe]") {
    CHECK(request("peertube-account").url.path() == "/api/v1/accounts/alice%40o.example");
    CHECK(says("peertube-account", 404, R"({"detail":"Account not found","status":404})") == Presence::Gone);
    CHECK(says("peertube-account", 404, R"({"error":"Account not found"})") == Presence::Gone);
    CHECK(says("peertube-account", 404, "<html>404</html>") == Presence::Unknown);
    // The page of a host that knows no such customer.
    CHECK(says("peertube-account", 404, "<h1>Account not found</h1>") == Presence::Unknown);
    CHECK(says("peertube-account", 404, R"({"message":"Account not found"})") == Presence::Unknown);
    CHECK(says("peertube-account", 200, R"({"id":3,"name":"alice"})") == Presence::Present);
    // Comments are not found by it, so nothing found says nothing.
    CHECK(says("peertube-object", 200, R"({"total":0,"data":[]})") == Presence::Unknown);
    CHECK(probe("peertube-object").imports);
}

TEST_CASE("Mbin's stub is not visible, not gone", "[fediverse][probe]") {
    CHECK(says("mbin-account", 200, R"({"username":"@alice@o.example","isDeleted":true})") ==
          Presence::NotVisible);
    CHECK(says("mbin-account", 200, R"({"username":"@alice@o.example","isDeleted":false})") ==
          Presence::Present);
    CHECK(says("mbin-account", 404, "{}") == Presence::Missing);
}

TEST_CASE("Pleroma keeps a purged row, so not found is not gone", "[fediverse][probe]") {
    CHECK(says("pleroma-account", 404, R"({"error":"Record not found"})") == Presence::NotVisible);
    CHECK(says("pleroma-account", 404, "404 page not found") == Presence::Unknown);
    CHECK(says("pleroma-account", 200, R"({"id":"1"})") == Presence::Present);
    CHECK(says("pleroma-account", 403, "{}") == Presence::Unknown);
    CHECK(probe("pleroma-object").imports);
    CHECK(says("pleroma-object", 200, R"({"statuses":[{"uri":"https://o.example/n/1?x=\"y\""}]})") ==
          Presence::Present);
    CHECK(says("pleroma-object", 200, R"({"statuses":[]})") == Presence::Unknown);
}

TEST_CASE("WordPress shows comments, with its slashes escaped", "[fediverse][probe]") {
    CHECK(says("wordpress-account", 200, R"([{"id":4,"author_url":"https:\/\/o.example\/users\/alice"}])") ==
          Presence::Present);
    CHECK(says("wordpress-account", 200, R"([{"id":4,"author_url":"https:\/\/o.example\/users\/bob"}])") ==
          Presence::Missing);
    CHECK(says("wordpress-account", 200, "[]") == Presence::Missing);
    CHECK(says("wordpress-account", 200, "<html>[]</html>") == Presence::Unknown);
    CHECK(says("wordpress-account", 401, R"({"code":"rest_forbidden"})") == Presence::Unknown);
}

TEST_CASE("PieFed's closed API is told from an object that is not there", "[fediverse][probe]") {
    for (const auto* name : {"piefed-account", "piefed-object"}) {
        CHECK(says(name, 400, R"({"error":"No object found."})") == Presence::NotVisible);
        CHECK(says(name, 400, R"({"error":"alpha api is not enabled"})") == Presence::Unknown);
    }
    CHECK(says("piefed-account", 200, R"({"person":{"person":{}}})") == Presence::Present);
}

TEST_CASE("NodeBB's 404 may be a post that guests may not read", "[fediverse][probe]") {
    CHECK(request("nodebb-object").url.text() ==
          "https://r.example/api/v3/posts/https%3A%2F%2Fo.example%2Fn%2F1%3Fx%3D%22y%22");
    CHECK(says("nodebb-object", 404, "{}") == Presence::Missing);
    CHECK(says("nodebb-object", 200, R"({"response":{"pid":"u","deleted":1}})") == Presence::NotVisible);
    CHECK(says("nodebb-object", 200, R"({"response":{"pid":"u","deleted":0}})") == Presence::Present);
    CHECK(says("nodebb-account", 200, R"({"uid":"u"})") == Presence::Present);
    CHECK(probe("nodebb-account").imports);
}

TEST_CASE("What nobody can look into is said to be so, with its reason", "[fediverse][probe]") {
    for (const auto* software :
         {"gotosocial", "snac", "snac2", "Epicyon", "friendica", "pixelfed", "funkwhale", "threads"}) {
        CAPTURE(software);
        CHECK(names(software, ProbeTarget::Account).empty());
        CHECK(names(software, ProbeTarget::Object).empty());
        CHECK_FALSE(shipped_probes().why_unprobeable(software).empty());
    }
    CHECK(names("mobilizon", ProbeTarget::Account).empty());
    CHECK(shipped_probes().why_unprobeable("mobilizon").empty());
    for (const auto& known : shipped_probes().all()) {
        for (const auto& software : known.software) {
            CHECK(shipped_probes().why_unprobeable(software).empty());
        }
    }
}

TEST_CASE("Nothing but the database's own answer says gone", "[fediverse][probe]") {
    std::vector<std::string> saying;
    for (const auto& known : shipped_probes().all()) {
        for (const auto& meaning : known.first ? known.first->meanings : known.meanings) {
            if (meaning.presence == Presence::Gone) {
                saying.push_back(known.name);
                CHECK_FALSE(meaning.statuses.empty());
            }
        }
        for (const int status : {0, 200, 202, 301, 400, 401, 403, 404, 410, 418, 429, 500, 502, 503}) {
            CHECK(presence_of(known, places(), status, "") != Presence::Gone);
            CHECK(presence_of(known, places(), status, "<html>") != Presence::Gone);
        }
    }
    CHECK(saying == std::vector<std::string>{"mastodon-account",
                                             "mastodon-object",
                                             "misskey-account",
                                             "peertube-account",
                                             "peertube-account"});
}

TEST_CASE("What stands for a placeholder cannot become more than itself", "[fediverse][probe]") {
    const ProbePlaces odd{Personal<std::string>{"a\"}{user}&x=/../@o.example"},
                          Personal<std::string>{"https://o.example/a&b=c#d"},
                          Personal<std::string>{"{host}"}};
    const auto body = probe_request(probe("misskey-account"), *Host::parse("r.example"), odd);
    REQUIRE(body);
    CHECK(body->body == R"({"host":"o.example","username":"a\"}{user}&x=/../"})");
    const auto path = probe_request(probe("peertube-account"), *Host::parse("r.example:8443"), odd);
    REQUIRE(path);
    CHECK(path->url.host().text() == "r.example:8443");
    CHECK(path->url.path() == "/api/v1/accounts/a%22%7D%7Buser%7D%26x%3D%2F..%2F%40o.example");
    CHECK(path->url.query().empty());
}

TEST_CASE("A handle without a host, and a host without a name, make no trouble", "[fediverse][probe]") {
    const ProbePlaces bare{Personal<std::string>{"alice"}, {}, {}};
    const auto made = probe_request(probe("misskey-account"), *Host::parse("r.example"), bare);
    REQUIRE(made);
    CHECK(made->body == R"({"host":"","username":"alice"})");
    const auto none = probe_request(probe("misskey-account"), Host{}, bare);
    REQUIRE_FALSE(none);
    CHECK(none.error().kind == ErrorKind::Invalid);
    CHECK_THAT(none.error().what, !Catch::Contains("alice"));
}

TEST_CASE("Every probe can be asked, and no name leads out of its path", "[fediverse][probe]") {
    for (const auto& known : shipped_probes().all()) {
        CAPTURE(known.name);
        CHECK(probe_request(known, *Host::parse("r.example"), places()));
        const ProbePlaces dots{Personal<std::string>{".."}, Personal<std::string>{".."}, {}};
        const auto made = probe_request(known, *Host::parse("r.example"), dots);
        CHECK((!made || made->url.path().substr(0, 2) == known.path.substr(0, 2)));
    }
    const ProbePlaces dots{Personal<std::string>{".."}, {}, {}};
    CHECK_FALSE(probe_request(probe("peertube-account"), *Host::parse("r.example"), dots));
}

TEST_CASE("An answer of any size and depth is survived", "[fediverse][probe]") {
    CHECK(says("mastodon-account", 404, std::string(kMaxProbeAnswer + 1, ' ')) == Presence::Unknown);
    CHECK(says("mastodon-account", 404, std::string(kMaxProbeAnswer, '[')) == Presence::Unknown);
    const auto deep = std::string(kMaxProbeAnswer / 2, '[') + std::string(kMaxProbeAnswer / 2, ']');
    CHECK(says("mastodon-account", 404, deep) == Presence::Unknown);
    CHECK(says("wordpress-account", 200, deep) == Presence::Missing);  // it has "[]" in it
}

TEST_CASE("A version lies in a range by its numbers", "[fediverse][probe]") {
    const VersionRange range{"0.19.3", "1.0"};
    for (const auto* version : {"0.19.3", "0.19.20", "0.19.3-rc1", "v0.20", "0.19.3+x", "", "unknown", "v"}) {
        CAPTURE(version);
        CHECK(fits(range, version));
    }
    for (const auto* version : {"0.19.2", "0.9", "1", "1.0.0-beta", "v1.0.1", "18446744073709551615.1"}) {
        CAPTURE(version);
        CHECK_FALSE(fits(range, version));
    }
    CHECK(fits({}, "4.6.0"));
    CHECK(fits({"3.4", ""}, "3.4.0"));
    CHECK(fits({"", "3.4"}, "3.3.99"));
    CHECK_FALSE(fits({"", "3.4"}, "3.4.0-rc1"));
}

TEST_CASE("A probe is asked of the versions that it is for, and of those nobody knows",
          "[fediverse][probe]") {
    const auto names = [](std::string_view software, std::string_view version) {
        std::vector<std::string> found;
        for (const auto* known : shipped_probes().of(software, ProbeTarget::Account, version)) {
            found.push_back(known->name);
        }
        return found;
    };
    CHECK(names("lemmy", "0.19.20") == std::vector<std::string>{"lemmy-account"});
    CHECK(names("lemmy", "1.0.0-beta.1") == std::vector<std::string>{"lemmy-account", "lemmy-account-v4"});
    CHECK(names("lemmy", "").size() == 2);
    CHECK(names("mastodon", "3.3.0").front() == "mastodon-account-page");
    CHECK(names("mastodon", "4.6.5+glitch").front() == "mastodon-account");
}

TEST_CASE("A probe that is not whole names its row", "[fediverse][probe]") {
    const auto document = [](const std::string& more) {
        return R"({"format":"fedtrail/probes/1","unprobeable":[],"probes":[{"name":"p","software":["s"],)"
               R"("target":"account","method":"GET","path":"/x","accept":"a","meanings":[]})" +
               more + "]}";
    };
    const auto one = [](const std::string& fields) {
        return R"({"format":"fedtrail/probes/1","unprobeable":[],"probes":[{"name":"p","software":["s"],)"
               R"("target":"account","method":"GET","path":"/x","accept":"a","meanings":[],)" +
               fields + "}]}";
    };
    REQUIRE(Probes::parse(document("")));
    const auto refused = [](const std::string& json) {
        const auto parsed = Probes::parse(json);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind == ErrorKind::Invalid);
        return parsed.error().what;
    };
    CHECK_THAT(refused(R"({"format":"fedtrail/probes/1","probes":[]})"), Catch::Contains("unprobeable"));
    CHECK_THAT(refused(one(R"("path":"/x?{acct}")")), Catch::Contains("{acct}"));
    CHECK_THAT(refused(one(R"("body":{"a":"{nobody}"})")), Catch::Contains("{nobody}"));
    CHECK_THAT(refused(one(R"("target":"people")")), Catch::Contains("people"));
    CHECK_THAT(refused(one(R"("versions":{"from":"new"})")), Catch::Contains("no version"));
    CHECK_THAT(refused(one(R"("versions":{"from":"2.0","before":"1.9"})")), Catch::Contains("no version"));
    CHECK_THAT(refused(one(R"("meanings":[{"presence":"vanished"}])")), Catch::Contains("vanished"));
    CHECK_THAT(refused(one(R"("meanings":[{"presence":"gone"}])")), Catch::Contains("gone"));
    CHECK_THAT(refused(one(R"("meanings":[{"presence":"present","json_pointer":"x"}])")),
               Catch::Contains("p: "));
    const std::string list = R"("uris":["/u"],"next":{"path":"/"},"absent":)";
    CHECK_THAT(refused(one(R"("list":{)" + list + R"("not_visible","pages":99})")), Catch::Contains("pages"));
    CHECK_THAT(refused(one(R"("list":{)" + list + R"("gone","pages":1})")), Catch::Contains("gone"));
    CHECK_THAT(refused(one(R"("imports":true,"list":{)" + list + R"("missing","pages":1})")),
               Catch::Contains("imports"));
    CHECK_THAT(refused(document(R"(,{"name":"p","software":[],"target":"object","method":"GET",)"
                                R"("path":"/","accept":"a","meanings":[]})")),
               Catch::Contains("only one"));
}

TEST_CASE("a probe says how often it may be asked", "[fediverse][probe]") {
    CHECK(probe("mastodon-account").rate->apart() == std::chrono::seconds{1});
    CHECK(probe("mastodon-object").rate->apart() == std::chrono::seconds{3});
    CHECK(!probe("wordpress-account").rate);
    CHECK(ProbeRate{7, std::chrono::seconds{1}}.apart() == std::chrono::milliseconds{143});
    const auto with = [](const std::string& rate) {
        return Probes::parse(R"({"format": "fedtrail/probes/1", "unprobeable": [], "probes": [
            {"name": "p", "software": ["x"], "target": "account", "method": "GET", "path": "/", "accept": "a/b",
             "meanings": [], "rate_limit": )" +
                             rate + "}]}");
    };
    CHECK(with(R"({"requests": 1, "seconds": 3600})"));
    for (const auto* bad : {R"({"requests": 0, "seconds": 1})",
                            R"({"requests": 1, "seconds": 0})",
                            R"({"requests": 1, "seconds": 3601})",
                            R"({"seconds": 1})"}) {
        const auto refused = with(bad);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().what.find("fedtrail/probes/1, p") != std::string::npos);
    }
}
