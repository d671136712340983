#include "fedtrail/ledger/journal.hpp"

#include <random>

#include <catch2/catch.hpp>

using namespace fedtrail::ledger;  // NOLINT(google-build-using-namespace): a test of one room

namespace {

class Collected : public JournalVisitor {
public:
    void on_activity(JournalActivity&& activity) override { activities.push_back(std::move(activity)); }
    void on_observation(const JournalObservation& observation) override {
        observations.push_back(observation);
    }
    void on_mark(const JournalMark& mark) override { marks.push_back(mark); }
    std::vector<JournalActivity> activities;
    std::vector<JournalObservation> observations;
    std::vector<JournalMark> marks;
};

}  // namespace

TEST_CASE("A batch comes back in order", "[ledger][journal]") {
    std::mt19937_64 random{1};  // NOLINT(cert-msc51-cpp): the same records every time
    JournalEncoder encoder;
    Collected expected;
    for (int i = 0; i < 2000; ++i) {
        if (i % 50 == 0) {
            JournalActivity activity{random() % 9, static_cast<std::uint32_t>(random() % 1000 + 1), {}};
            activity.head.at = static_cast<std::int64_t>(random() % 2'000'000'000);
            activity.head.type = static_cast<std::uint32_t>(random() % 9);
            activity.head.categories = static_cast<std::uint16_t>(random());
            activity.head.id = UriCode{2, {random()}, ""};
            if (i % 100 == 0) {
                activity.head.refers = activity.number - 1;
            } else {
                activity.head.object = UriCode{3, {random(), random()}, "9xk2abcd01"};
            }
            encoder.add(activity);
            expected.activities.push_back(activity);
        }
        if (i % 77 == 0) {
            expected.marks.push_back(JournalMark{random(), static_cast<std::uint32_t>(random())});
            encoder.add(expected.marks.back());
        }
        const JournalObservation observation{random() % 3,
                                             static_cast<std::uint32_t>(random() % 3),
                                             static_cast<std::uint32_t>(random()),
                                             static_cast<std::int64_t>(random() % 2'000'000'000),
                                             static_cast<OutcomeCode>(random() % 4),
                                             random() % 2 == 0};
        encoder.add(observation);
        expected.observations.push_back(observation);
    }
    const auto batch = encoder.take();
    CHECK(encoder.empty());
    Collected got;
    REQUIRE(decode_journal(batch, got));
    CHECK(got.activities == expected.activities);
    CHECK(got.observations == expected.observations);
    CHECK(got.marks == expected.marks);
}

TEST_CASE("A broadcast's observations take few bytes", "[ledger][journal]") {
    JournalEncoder encoder;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        encoder.add(JournalObservation{4, 17, 3 * i, 1'700'000'000 + i / 100, 0x03010000U, false});
    }
    CHECK(encoder.size() < 2200);
}

TEST_CASE("A batch that makes no sense is refused", "[ledger][journal]") {
    Collected got;
    CHECK_FALSE(decode_journal(fedtrail::to_bytes("\x05"), got));
    CHECK_FALSE(decode_journal(fedtrail::to_bytes("\x01"), got));
    CHECK_FALSE(decode_journal(fedtrail::to_bytes("\x81\x01"), got));
}
