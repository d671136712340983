#include "intake/events/import.hpp"

#include <algorithm>
#include <atomic>
#include <sstream>
#include <streambuf>
#include <string>

#include <catch2/catch.hpp>

#include "intake/events/examples.hpp"

using namespace fedtrail;
using namespace fedtrail::intake::events;

namespace {

/// Keeps observations in memory; the same one twice is one. Fails from the call `fails_at` on.
class ListSink : public DeliverySink {
public:
    void intend(records::Observation, IntentDone) override { FAIL("an import intends nothing"); }
    void settle(IntentId, privacy::Outcome) override { FAIL("an import settles nothing"); }
    void open_tunnel(const records::TunnelObservation&, TunnelReason, TunnelDone) override {
        FAIL("an import opens no tunnel");
    }
    void tunnel(const records::TunnelObservation&) override {}
    void gap(const records::GapObservation&) override {}

    Result<Observed> observe(std::span<const records::Observation> observations) override {
        batches.push_back(observations.size());
        if (batches.size() >= fails_at) {
            return fail(ErrorKind::Unavailable, "the ledger cannot be written", "free some space");
        }
        std::size_t fresh = 0;
        for (const auto& observation : observations) {
            if (std::find(kept.begin(), kept.end(), observation) == kept.end()) {
                kept.push_back(observation);
                ++fresh;
            }
        }
        return Observed{fresh, 0};
    }

    std::vector<records::Observation> kept;
    std::vector<std::size_t> batches;
    std::size_t fails_at{1'000'000};
};

std::string lines(int from, int to) {
    std::string text;
    for (int i = from; i < to; ++i) {
        text += test::digest_line("r" + std::to_string(i) + ".example") + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("Good lines go in, bad ones come back with number and reason", "[intake][events]") {
    ListSink sink;
    std::istringstream stream{lines(0, 3) + "nonsense\n\n" + lines(1, 5) + "{\"at\":1}"};
    std::vector<std::string> rejected;
    ImportOptions options;
    options.rejected = [&](const RejectedLine& line) {
        rejected.push_back(std::to_string(line.line) + " " + std::string{line.text} + " " + line.reason.what);
    };
    const auto summary = import_ndjson(stream, sink, options);
    REQUIRE(summary);
    CHECK(summary->lines == 9);
    CHECK(summary->fresh == 5);
    CHECK(summary->duplicate == 2);
    CHECK(summary->rejected == 2);
    CHECK_FALSE(summary->stopped);
    CHECK(summary->position.offset == stream.str().size());
    CHECK(sink.kept.size() == 5);
    REQUIRE(rejected.size() == 2);
    CHECK(rejected[0] == "4 nonsense the line is not a JSON object");
    CHECK(rejected[1].rfind("10 {\"at\":1} `at`", 0) == 0);
}

TEST_CASE("Observations are handed on in batches, with progress after each", "[intake][events]") {
    ListSink sink;
    const auto text = lines(0, 25);
    std::istringstream stream{text};
    ImportOptions options;
    options.batch = 10;
    std::vector<std::uint64_t> seen;
    options.progress = [&](const ImportSummary& so_far) {
        CHECK(sink.kept.size() == so_far.lines);
        CHECK(text.at(so_far.position.offset - 1) == '\n');
        seen.push_back(so_far.position.lines);
    };
    REQUIRE(import_ndjson(stream, sink, options));
    CHECK(sink.batches == std::vector<std::size_t>{10, 10, 5});
    CHECK(seen == std::vector<std::uint64_t>{10, 20, 25});
}

TEST_CASE("An import that was cut off resumes where it was durable", "[intake][events]") {
    const auto text = lines(0, 25);
    ListSink sink;
    sink.fails_at = 3;
    Position durable;
    ImportOptions options;
    options.batch = 10;
    options.progress = [&](const ImportSummary& so_far) { durable = so_far.position; };
    std::istringstream first{text};
    const auto failed = import_ndjson(first, sink, options);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == ErrorKind::Unavailable);
    CHECK(durable.lines == 20);

    sink.fails_at = 1'000;
    options.resume = durable;
    std::istringstream second{text};
    const auto summary = import_ndjson(second, sink, options);
    REQUIRE(summary);
    CHECK(summary->lines == 5);
    CHECK(summary->fresh == 5);
    CHECK(summary->position == Position{text.size(), 25});
    CHECK(sink.kept.size() == 25);
}

TEST_CASE("An input that is not the one that was cut off is not resumed", "[intake][events]") {
    ListSink sink;
    ImportOptions options;
    for (const std::uint64_t offset : {std::uint64_t{5}, std::uint64_t{1'000'000}}) {
        options.resume = {offset, 1};
        std::istringstream stream{lines(0, 3)};
        const auto summary = import_ndjson(stream, sink, options);
        REQUIRE_FALSE(summary);
        CHECK(summary.error().kind == ErrorKind::Invalid);
    }
    CHECK(sink.batches.empty());
}

namespace {

/// A line without an end; in the middle of it somebody asks the import to stop.
class EndlessLine final : public std::streambuf {
public:
    explicit EndlessLine(std::atomic<bool>& stop) : stop_(stop), piece_(std::size_t{64} << 10U, 'x') {}
    int reads{};

protected:
    int_type underflow() override {
        stop_ = ++reads == 50;
        if (reads > 1'000) {
            return traits_type::eof();
        }
        setg(piece_.data(), piece_.data(), piece_.data() + piece_.size());
        return traits_type::to_int_type(piece_.front());
    }

private:
    std::atomic<bool>& stop_;
    std::string piece_;
};

}  // namespace

TEST_CASE("The stop flag ends an import within a line that does not end", "[intake][events]") {
    ListSink sink;
    std::atomic<bool> stop{};
    ImportOptions options;
    options.stop = &stop;
    EndlessLine endless{stop};
    std::istream stream{&endless};
    const auto summary = import_ndjson(stream, sink, options);
    REQUIRE(summary);
    CHECK(summary->stopped);
    CHECK(summary->position == Position{});
    CHECK(endless.reads == 50);
}

TEST_CASE("The stop flag ends an import between two batches", "[intake][events]") {
    ListSink sink;
    std::atomic<bool> stop{};
    ImportOptions options;
    options.batch = 10;
    options.stop = &stop;
    options.progress = [&](const ImportSummary& so_far) { stop = so_far.lines == 20; };
    std::istringstream stream{lines(0, 100)};
    const auto summary = import_ndjson(stream, sink, options);
    REQUIRE(summary);
    CHECK(summary->stopped);
    CHECK(summary->position.lines == 20);
    CHECK(sink.kept.size() == 20);
}

namespace {

class FixedClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return *parse_rfc3339("2026-11-22T12:00:00Z"); }
};

}  // namespace

TEST_CASE("A line dated more than a day ahead is rejected, with the reason", "[intake][events]") {
    const auto line = test::digest_line();
    const auto dated = [&](const std::string& at) {
        return test::with(line, "2026-11-22T10:00:00Z", at) + "\n";
    };
    ListSink sink;
    std::istringstream stream{dated("2026-11-23T12:00:00Z") + dated("2026-11-23T12:00:01Z") +
                              dated("2037-01-01T00:00:00Z") + dated("1999-01-01T00:00:00Z")};
    const FixedClock clock;
    std::vector<std::string> rejected;
    ImportOptions options;
    options.clock = &clock;
    options.rejected = [&](const RejectedLine& bad) {
        rejected.push_back(std::to_string(bad.line) + " " + bad.reason.what);
    };
    const auto summary = import_ndjson(stream, sink, options);
    REQUIRE(summary);
    CHECK(summary->fresh == 2);
    CHECK(rejected ==
          std::vector<std::string>{"2 its time is more than a day ahead of this machine's clock",
                                   "3 its time is more than a day ahead of this machine's clock"});
}

TEST_CASE("A line about another's origin is rejected, one that names none is taken", "[intake][events]") {
    const auto line = test::digest_line();
    const auto of = [&](const std::string& origin, const std::string& id) {
        return test::with(test::with(line, R"("origin":"o.example",)", origin), "/1", "/" + id) + "\n";
    };
    ListSink sink;
    std::istringstream stream{of(R"("origin":"O.example",)", "1") + of(R"("origin":"orgin.example",)", "2") +
                              of("", "3") + of(R"("origin":null,)", "4")};
    std::vector<std::uint64_t> rejected;
    ImportOptions options;
    options.own_hosts = {*Host::parse("o.example"), *Host::parse("www.o.example")};
    options.rejected = [&](const RejectedLine& bad) {
        rejected.push_back(bad.line);
        CHECK(bad.reason.what.find("`origin`") == 0);
    };
    const auto summary = import_ndjson(stream, sink, options);
    REQUIRE(summary);
    CHECK(summary->lines == 4);
    CHECK(rejected == std::vector<std::uint64_t>{2});
}
