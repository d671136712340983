#include "formats/expected.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace fedtrail::testing {

namespace {

using nlohmann::json;

json names_of(fediverse::CategorySet categories) {
    json names = json::array();
    for (const auto& [category, name] : fediverse::kDataCategories) {
        if (categories.has(category)) {
            names.push_back(name);
        }
    }
    return names;
}

json names_of(privacy::ChannelSet channels) {
    json names = json::array();
    for (int number = 0; number <= static_cast<int>(privacy::Channel::Bridge); ++number) {
        const auto channel = static_cast<privacy::Channel>(number);
        if (channels.has(channel)) {
            names.push_back(privacy::name_of(channel));
        }
    }
    return names;
}

json row_of(const std::string& recipient,
            std::int64_t at,
            privacy::Channel channel,
            const privacy::Outcome& outcome) {
    return json::array(
        {recipient, at, privacy::name_of(channel), privacy::name_of(outcome.kind), outcome.status});
}

json attempts_of(const sqlite::SqliteLedgerReader& reader,
                 const WrittenLedger& written,
                 std::uint64_t subject) {
    json objects = json::object();
    for (const auto& post : written.posts()) {
        if (post.subject != subject || post.object.empty() || objects.contains(post.object)) {
            continue;
        }
        auto rows = json::array();
        for (const auto& attempt :
             must(reader.attempts_of(privacy::SubjectNumber{subject}, must(Uri::parse(post.object))))) {
            rows.push_back(row_of(
                attempt.recipient.text(), to_unix_seconds(attempt.at), attempt.channel, attempt.outcome));
        }
        objects[post.object] = std::move(rows);
    }
    for (const auto& attempt : written.nameless()) {
        if (attempt.subject == subject) {
            objects[""].push_back(row_of(attempt.recipient, attempt.at, attempt.channel, attempt.outcome));
        }
    }
    for (auto& rows : objects) {
        std::sort(rows.begin(), rows.end());
    }
    return objects;
}

json recipients_of(const sqlite::SqliteLedgerReader& reader, std::uint64_t subject) {
    json recipients = json::object();
    for (const auto& pair : must(reader.recipients_of(privacy::SubjectNumber{subject}, {}))) {
        recipients[pair.recipient.text()] = {{"recipient", pair.recipient.text()},
                                             {"first", to_unix_seconds(pair.first)},
                                             {"last", to_unix_seconds(pair.last)},
                                             {"objects", pair.objects},
                                             {"disclosures", pair.disclosures},
                                             {"channels", names_of(pair.channels)},
                                             {"categories", names_of(pair.categories)},
                                             {"evidence", privacy::name_of(pair.strongest)}};
    }
    return recipients;
}

json activities_of(const WrittenLedger& written, std::uint64_t subject) {
    auto activities = json::array();
    for (const auto& post : written.posts()) {
        if (post.subject == subject) {
            activities.push_back({post.id,
                                  post.object,
                                  post.type,
                                  post.at,
                                  names_of(post.categories),
                                  fediverse::name_of(post.visibility)});
        }
    }
    return activities;
}

json handle_host_in(const HandleFacts& facts) {
    return facts.host ? json{facts.host->host.text(), facts.host->names_in_uris} : json{};
}

json signing_keys_of(const WrittenLedger& written, std::uint64_t subject) {
    json keys = json::object();
    for (const auto& key : must(written.vault().kept(privacy::SubjectNumber{subject}))) {
        keys[key.key_id] = key.private_key.reveal();
    }
    return keys;
}

}  // namespace

std::string expected_answers(const WrittenLedger& written) {
    const auto reader =
        must(sqlite::SqliteLedgerReader::open(written.folder() / "ledger.db", written.vault()));
    json subjects = json::object();
    for (const auto subject : written.subjects()) {
        const auto identity = must(written.vault().identity(privacy::SubjectNumber{subject}));
        const auto facts = must(written.vault().handle_facts(privacy::SubjectNumber{subject}));
        subjects[std::to_string(subject)] = {{"actor", identity.actor.reveal()},
                                             {"handle", identity.handle.reveal()},
                                             {"confirmed_handle", facts.confirmed.reveal()},
                                             {"handle_host", handle_host_in(facts)},
                                             {"signing_keys", signing_keys_of(written, subject)},
                                             {"activities", activities_of(written, subject)},
                                             {"attempts", attempts_of(*reader, written, subject)},
                                             {"recipients", recipients_of(*reader, subject)}};
    }
    json subjects_at = json::object();
    for (const auto& recipient : written.recipients()) {
        auto numbers = json::array();
        for (const auto subject : must(reader->subjects_at(must(Host::parse(recipient))))) {
            numbers.push_back(subject.get());
        }
        if (!numbers.empty()) {
            subjects_at[recipient] = std::move(numbers);
        }
    }
    json tunnels = json::object();
    for (const auto& recipient : must(reader->recipients("", 100'000))) {
        if (recipient.tunnels > 0) {
            tunnels[recipient.recipient.text()] = {recipient.tunnels, recipient.tunnel_bytes};
        }
    }
    return json{{"subjects", subjects},
                {"subjects_at", subjects_at},
                {"tunnels", tunnels},
                {"gap_deliveries", must(reader->totals()).gap_deliveries}}
        .dump();
}

}  // namespace fedtrail::testing
