/// What is fetched by the address of the activity that carries an object, instead of the object's own.

#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using privacy::Evidence;
using privacy::OutcomeKind;
using privacy::SubjectNumber;
using testing::kBegun;

namespace {

const std::string kPosted = "https://origin.example/users/u/statuses/7";
const std::string kPosting = kPosted + "/activity";

struct FetchedShelf {
    testing::TempDir folder;
    testing::NumberedKeys keys;
    std::filesystem::path path{folder.path() / "ledger.db"};
    std::unique_ptr<SqliteLedgerWriter> writer{*SqliteLedgerWriter::open(path, keys, {})};
    std::unique_ptr<SqliteLedgerReader> reader{*SqliteLedgerReader::open(path, keys)};

    void add(const std::string& id,
             const std::string& object,
             const std::string& recipient,
             OutcomeKind kind,
             privacy::Channel channel) {
        PackedObservation observation;
        observation.subject = SubjectNumber{1};
        observation.at_seconds = kBegun;
        observation.recipient = *writer->recipient(*Host::parse(recipient));
        observation.activity =
            *writer->activity(ActivityFact{observation.subject,
                                           from_unix_seconds(kBegun),
                                           "Create",
                                           id,
                                           object,
                                           fediverse::CategorySet{fediverse::DataCategory::PostText},
                                           fediverse::Visibility::Public});
        observation.outcome = {kind, 200};
        observation.channel = channel;
        REQUIRE(*writer->add(observation));
    }
    void deliver() { add(kPosting, kPosted, "told.example", OutcomeKind::Accepted, privacy::Channel::Push); }
    void fetch(const std::string& uri, const std::string& recipient) {
        add("", uri, recipient, OutcomeKind::Fetched, privacy::Channel::SignedPull);
    }
    void fold() { REQUIRE(writer->fold_settled(from_unix_seconds(kBegun + 1), {})); }

    [[nodiscard]] std::map<std::string, Evidence> holders(const std::string& uri) const {
        std::map<std::string, Evidence> all;
        const auto found = reader->holders_of(SubjectNumber{1}, *Uri::parse(uri));
        REQUIRE(found);
        for (const auto& holder : *found) {
            all.emplace(holder.recipient.text(), holder.strongest);
        }
        return all;
    }
};

}  // namespace

TEST_CASE("Whoever fetched the activity holds its object, beside those whom it was pushed to",
          "[ledger][sqlite][fetched]") {
    FetchedShelf shelf;
    const bool folds_between = GENERATE(false, true);
    const bool fetched_first = GENERATE(false, true);
    const bool folds_at_last = GENERATE(false, true);
    const auto next = [&] {
        if (folds_between) {
            shelf.fold();
        }
    };
    if (fetched_first) {
        shelf.fetch(kPosting, "reader.example");
        next();
        shelf.deliver();
    } else {
        shelf.deliver();
        next();
        shelf.fetch(kPosting, "reader.example");
    }
    next();
    shelf.fetch(kPosted, "other.example");
    REQUIRE(shelf.writer->commit());
    if (folds_at_last) {
        shelf.fold();
    }
    const std::map<std::string, Evidence> all{{"other.example", Evidence::Fetched},
                                              {"reader.example", Evidence::Fetched},
                                              {"told.example", Evidence::Accepted}};
    CHECK(shelf.holders(kPosting) == all);
    CHECK(shelf.holders(kPosted) == all);
    for (const auto& uri : {kPosting, kPosted}) {
        CHECK(shelf.reader->attempts_of(SubjectNumber{1}, *Uri::parse(uri))->size() == 3);
    }
    CHECK(shelf.holders("https://origin.example/users/u/statuses/8").empty());
    CHECK(sqlite::check_ledger(shelf.path, shelf.keys)->faults.empty());
}

TEST_CASE("A fetched activity that was pushed before is no object of its own", "[ledger][sqlite][fetched]") {
    FetchedShelf shelf;
    shelf.deliver();
    shelf.fetch(kPosting, "told.example");
    REQUIRE(shelf.writer->commit());
    CHECK(shelf.reader->recipients_of(SubjectNumber{1}, {})->at(0).objects == 1);
}
