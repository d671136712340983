#include <string>

#include "fakes/held_ledger.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"
#include "fuzz/fuzz.hpp"
#include "intake/access_log/line_splitter.hpp"
#include "intake/access_log/log_reader.hpp"

using namespace fedtrail;
using namespace fedtrail::intake::access_log;
using fuzz::must;

namespace {

constexpr std::string_view kWords =
    R"({"format":"fedtrail/fetchers/1","fetchers":[{"name":"s","kind":"server","products":["mastodon"]},)"
    R"({"name":"b","kind":"browser","products":["mozilla"]}]})";

/// An origin with one person.
struct Origin {
    testing::FakeSubjectVault vault;
    testing::HeldLedger ledger;
    testing::StoppedClock clock;
    People people{vault, ledger, clock, {{*Host::parse("origin.example")}}, {}};
    fediverse::FetcherWords words = *fediverse::FetcherWords::parse(kWords);

    Origin() {
        must(vault.enrol(*Uri::parse("https://origin.example/users/alice"), "alice").has_value());
        ledger.add("https://origin.example/a/1", "https://origin.example/notes/1", {}, {"x.example"});
    }
};

void read(Origin& origin, Form form, std::string_view line) {
    LogReader::Options options;
    options.form = form;
    options.watched = [](std::string_view uri) { return uri.size() % 2 == 0; };
    LogReader reader{origin.people, origin.words, std::move(options)};
    const auto outcome = reader.take(line);
    must(outcome.has_value() && reader.counts().lines == 1);
    if (const auto* const bad = std::get_if<Rejected>(&*outcome)) {
        must(bad->reason.kind == ErrorKind::Invalid && reader.counts().rejected == 1);
    }
    if (const auto* const seen = std::get_if<records::Observation>(&*outcome)) {
        const auto& object = seen->activity.object.reveal();
        must(!seen->recipient.empty() && seen->recipient.text() != "origin.example");
        must(object.starts_with("https://origin.example/") && Uri::parse(object).has_value());
        must(seen->activity.shares.size() == 1 &&
             seen->activity.shares.front().actor.reveal() == "https://origin.example/users/alice");
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Origin origin;
    const auto text = fuzz::text(data, size);
    LineSplitter lines;
    lines.feed(text);
    std::uint64_t end = 0;
    const auto take = [&](const LineSplitter::Line& line) {
        must(line.end > end && line.end <= size);
        end = line.end;
        const auto message = syslog_message(line.text);
        for (const auto form : {Form::Json, Form::Combined, Form::Caddy}) {
            read(origin, form, message.value_or(line.text));
        }
    };
    while (const auto line = lines.next()) {
        take(*line);
    }
    if (const auto line = lines.last()) {
        take(*line);
    }
    must(end == size);
    return 0;
}
