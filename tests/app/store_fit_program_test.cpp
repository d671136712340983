/// Vault, ledger and log that are not of one moment: a file put back by hand, or lost.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "backends/poco/http_server.hpp"
#include "backup_place.hpp"
#include "deliveries.hpp"
#include "program.hpp"

using Catch::Contains;
using fedtrail::testing::accepted_post;
using fedtrail::testing::BackupPlace;
using fedtrail::testing::Ended;
using fedtrail::testing::Serving;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// A post of each person, to one recipient.
std::string posts(const std::string& group, int people, const std::string& at = "2026-11-20T07:00:00Z") {
    std::string lines;
    for (int person = 0; person < people; ++person) {
        const auto actor = "https://o.example/users/" + group + std::to_string(person);
        lines += accepted_post("o.example", group + ".example", actor, actor + "/1", at);
    }
    return lines;
}

struct StoreFitPlace : BackupPlace {
    fs::path vault = dir.path() / "data/vault.db";
    fs::path ledger = dir.path() / "data/ledger.db";

    Ended must(const std::vector<std::string>& words) const {
        auto ended = program.run(words);
        INFO(ended.err);
        REQUIRE(ended.exit == 0);
        return ended;
    }
    void keep(const fs::path& file) const { fs::copy_file(file, kept(file)); }
    void put_back(const fs::path& file) const {
        fs::copy_file(kept(file), file, fs::copy_options::overwrite_existing);
    }
    [[nodiscard]] fs::path kept(const fs::path& file) const {
        return dir.path() / (file.filename().string() + ".kept");
    }

    /// Whatever opens both says the same.
    void all_refuse(const std::string& sentence) const {
        program.write("more.ndjson", posts("late", 3));
        for (const auto& words :
             std::vector<std::vector<std::string>>{{"serve"},
                                                   {"init"},
                                                   {"import", "ndjson", "more.ndjson"},
                                                   {"report", "old0@o.example"},
                                                   {"subjects", "list"},
                                                   {"recipients", "list"},
                                                   {"status"},
                                                   {"backup", "--to", "l", "--vault-to", "v"}}) {
            const auto ended = program.run(words);
            CAPTURE(words, ended.out, ended.err);
            CHECK(ended.exit == 1);
            CHECK_THAT(ended.err, Contains(sentence) && Contains("Restore both parts of one backup"));
        }
        const auto doctor = program.run({"doctor"});
        CHECK(doctor.exit == 1);
        CHECK_THAT(doctor.out, Contains(sentence));
    }
};

}  // namespace

TEST_CASE("An older vault beside a newer ledger is refused: it would give people's numbers again",
          "[app][program][fit]") {
    const StoreFitPlace place;
    place.keep(place.vault);
    place.import(posts("old", 20));
    place.put_back(place.vault);
    place.all_refuse("is older than the ledger");
}

TEST_CASE("A ledger beside another vault is refused", "[app][program][fit]") {
    const StoreFitPlace place;
    place.import(posts("old", 3));
    place.keep(place.ledger);
    fs::remove(place.vault);
    fs::remove(place.ledger);
    for (const auto* log : {"data/log.db", "data/log.key"}) {
        fs::remove(place.dir.path() / log);
    }
    place.must({"init"});
    place.import(posts("new", 5));
    place.put_back(place.ledger);
    place.all_refuse("belongs to another vault");
}

TEST_CASE("One person is not counted as people where the ledger is lost", "[app][program][fit]") {
    const StoreFitPlace place;
    place.import(posts("only", 1));
    fs::remove(place.ledger);
    place.all_refuse("is not there, though its vault has numbered 1 person");
}

TEST_CASE("A ledger that is lost is not replaced by an empty one", "[app][program][fit]") {
    const StoreFitPlace place;
    place.import(posts("old", 3));
    SECTION("not there") {
        fs::remove(place.ledger);
        place.all_refuse("is not there, though its vault has numbered 3 people");
        CHECK_FALSE(fs::exists(place.ledger));
    }
    SECTION("of no octet") {
        fs::resize_file(place.ledger, 0);
        place.all_refuse("is empty, though its vault has numbered 3 people");
        CHECK(fs::file_size(place.ledger) == 0);
    }
    const auto anew = place.must({"init", "--new-ledger", "--json"});
    CHECK_THAT(anew.out, Contains("ledger.db"));
    const auto report = place.program.run({"report", "old0@o.example", "--format", "json"});
    CHECK(report.exit == 0);
    CHECK_THAT(report.out, Contains("nothing_recorded"));
    const auto doctor = place.program.run({"doctor"});
    CHECK_THAT(doctor.out, Contains("the ledger has nothing of those above 0"));
    place.import(posts("new", 1));
    CHECK(place.program.run({"report", "new0@o.example"}).exit == 0);
    Serving serving{place.program};
    CHECK(serving.stop(SIGTERM) == 0);
}

TEST_CASE("Into a store that is taken away under the sidecar nothing is recorded", "[app][program][fit]") {
    const StoreFitPlace place;
    place.import(posts("old", 1));
    const auto store = GENERATE(as<std::string>{}, "ledger.db", "vault.db");
    const auto file = place.dir.path() / "data" / store;
    Serving serving{place.program};
    const auto& listen = place.program.variables.at("FEDTRAIL_API_LISTEN");
    const auto port = static_cast<std::uint16_t>(std::stoi(listen.substr(listen.find(':') + 1)));
    const auto token = place.program.text("data/local.token");
    const auto ask = [&](const std::string& method, const std::string& path, const std::string& body) {
        const auto answer = fedtrail::poco::client("127.0.0.1", port, std::chrono::seconds{60})
                                ->send({method,
                                        path,
                                        {{"Authorization", "Bearer " + token.substr(0, token.find('\n'))},
                                         {"Content-Type", "application/x-ndjson"}},
                                        body});
        REQUIRE(answer);
        return *answer;
    };
    const auto tell = [&] { return ask("POST", "/api/v1/observations", posts("new", 1)).status; };
    CHECK(ask("GET", "/readyz", "").status == 200);
    fs::rename(file, place.kept(file));
    const auto ready = ask("GET", "/readyz", "");
    CHECK(ready.status == 503);
    CHECK_THAT(ready.body, Contains(store + " was deleted or moved away") && Contains("Put it back"));
    CHECK(tell() == 503);
    // also once a write failed, for that the ledger cannot be written says less
    CHECK_THAT(ask("GET", "/readyz", "").body, Contains(store + " was deleted or moved away"));
    CHECK(ask("GET", "/healthz", "").status == 200);
    fs::rename(place.kept(file), file);
    int told = 0;
    for (int tries = 0; told != 200 && tries < 900; ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
        told = tell();
    }
    CHECK(told == 200);
    int status = 0;
    for (int tries = 0; status != 200 && tries < 900; ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
        status = ask("GET", "/readyz", "").status;
    }
    CHECK(status == 200);
    CHECK(serving.stop(SIGTERM) == 0);
    CHECK_THAT(place.program.text("serve.err"), !Contains("new0"));
    CHECK(place.program.run({"report", "new0@o.example"}).exit == 0);
}

TEST_CASE("A vault that is ahead of its ledger works, and doctor says what may be lost",
          "[app][program][fit]") {
    const StoreFitPlace place;
    place.import(posts("old", 2));
    place.keep(place.ledger);
    place.import(posts("new", 2));
    CHECK_THAT(place.program.run({"doctor"}).out, !Contains("has nothing of those above"));
    place.put_back(place.ledger);
    const auto doctor = place.program.run({"doctor"});
    CHECK_THAT(doctor.out, Contains("has numbered 4 people, the ledger has nothing of those above 2"));
    const auto of_lost = place.program.run({"report", "new0@o.example", "--format", "json"});
    CHECK(Json::parse(of_lost.out)["recipients"].empty());
    place.import(posts("third", 1));
    const auto of_third = place.program.run({"report", "third0@o.example", "--format", "json"});
    const auto recipients = Json::parse(of_third.out)["recipients"];
    REQUIRE(recipients.size() == 1);
    CHECK(recipients[0]["host"] == "third.example");
}

TEST_CASE("A ledger that lacks what the log has of it is refused, and a new one begins another log",
          "[app][program][fit]") {
    StoreFitPlace place;
    place.program.variables["FEDTRAIL_LEDGER_FOLD_INTERVAL"] = "1s";
    place.keep(place.ledger);
    place.import(posts("old", 2, "2020-01-01T00:00:00Z"));
    {
        Serving serving{place.program};
        const SQLite::Database log{(place.dir.path() / "data/log.db").string(), SQLite::OPEN_READONLY};
        const auto taken = [&] {
            SQLite::Statement row{log, "SELECT count(*) FROM entry WHERE store = 1"};
            return row.executeStep() && row.getColumn(0).getInt() > 0;
        };
        for (int tries = 0; tries < 1'800 && !taken(); ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        }
        REQUIRE(taken());
        CHECK(serving.stop(SIGTERM) == 0);
    }
    SECTION("older than its log") {
        place.put_back(place.ledger);
        place.all_refuse("is empty, though its vault has numbered 2 people");
    }
    SECTION("lost with its vault") {
        fs::remove(place.ledger);
        fs::remove(place.vault);
        const auto ended = place.program.run({"init"});
        CHECK(ended.exit == 1);
        CHECK_THAT(ended.err, Contains("is there without its vault"));
        CHECK_FALSE(fs::exists(place.vault));
    }
    SECTION("given up") {
        fs::remove(place.ledger);
        const auto same = place.program.run({"init", "--new-ledger"});
        CHECK(same.exit == 1);
        CHECK_THAT(same.err, Contains("needs another name") && Contains("\"o.example/2\""));
        place.program.variables["FEDTRAIL_LOG_NAME"] = "o.example/2";
        const auto anew = place.must({"init", "--new-ledger"});
        CHECK_THAT(anew.out, Contains("log.db.ended-"));
        Serving serving{place.program};
        CHECK(serving.stop(SIGTERM) == 0);
    }
}

TEST_CASE("A file of observations dated ahead is taken but for those lines", "[app][program][import]") {
    const StoreFitPlace place;
    place.program.write("lines.ndjson", posts("now", 1) + posts("then", 1, "2037-01-01T00:00:00Z"));
    const auto ended = place.program.run({"import", "ndjson", "lines.ndjson"});
    CHECK_THAT(ended.out, Contains("new 1, known already 0, rejected 1"));
    CHECK_THAT(ended.err, Contains("more than a day ahead of this machine's clock"));
    CHECK_THAT(place.program.text("lines.ndjson.rejected"), Contains("2037-01-01"));
    SECTION("through a running sidecar as well") {
        const Serving serving{place.program};
        place.program.write("again.ndjson", posts("then", 2, "2037-01-01T00:00:00Z"));
        const auto through = place.program.run({"import", "ndjson", "again.ndjson"});
        CHECK_THAT(through.out, Contains("new 0, known already 0, rejected 2"));
        CHECK_THAT(through.err, Contains("more than a day ahead of this machine's clock"));
    }
}
