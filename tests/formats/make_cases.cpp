/// make_cases FOLDER: writes cases and a directory that use all of docs/formats/cases.md and directory.md,
/// and expected-cases.json, what Fedtrail reads there.

#include <algorithm>
#include <fstream>
#include <iostream>

#include <nlohmann/json.hpp>

#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/case_shelf.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace): a test
using nlohmann::json;
using privacy::RequestEventKind;
using privacy::RequestState;

namespace {

json time(const std::optional<Instant>& at) {
    return at ? json(at->time_since_epoch().count()) : json();
}

template <typename Enum>
int code(Enum value) {
    return static_cast<int>(value);
}

json of(const records::ErasedObject& object) {
    return {object.uri.reveal(), object.categories.bits(), object.held_for_law};
}

json of(const records::RequestEvent& event) {
    return {time(event.at),
            code(event.kind),
            code(event.state),
            event.by,
            event.ground ? json(code(*event.ground)) : json(),
            event.reason,
            event.begins_keeping};
}

json of(const Host& host) {
    return host.text();
}

json of(const Personal<std::string>& text) {
    return text.reveal();
}

json of(const records::NoticeStep& step) {
    return {code(step.kind), code(step.form), step.wave, step.object};
}

json of(const records::NoticeAttempt& attempt) {
    return {
        time(attempt.at), attempt.step, code(attempt.result), attempt.status, attempt.scheme, attempt.note};
}

json of(const records::NoticeLook& look) {
    return {time(look.at), look.probe, code(look.presence), look.status};
}

json of(const records::NoticeLetter& letter) {
    return {time(letter.at),
            letter.rung,
            letter.language,
            letter.channel,
            letter.message_id,
            letter.handed_over,
            letter.note};
}

json of(const records::Objection& objection) {
    return {
        objection.subject.get(), objection.recipient.text(), time(objection.since), objection.request.get()};
}

json of(const records::ErasureRequest& request);
json of(const records::Notice& notice);

template <typename Things>
json list(const Things& things) {
    auto out = json::array();
    for (const auto& thing : things) {
        out.push_back(of(thing));
    }
    return out;
}

json of(const records::ErasureRequest& request) {
    return {{"number", request.number.get()},
            {"version", request.version},
            {"subject", request.subject.get()},
            {"source", code(request.source)},
            {"scope", code(request.scope.kind)},
            {"chosen", list(request.scope.objects)},
            {"before", time(request.scope.before)},
            {"categories", request.scope.categories.bits()},
            {"recipients", list(request.scope.recipients)},
            {"state", code(request.state)},
            {"received_at", time(request.received_at)},
            {"identity_verified", request.identity_verified},
            {"extended", request.extended},
            {"stopped", request.stopped},
            {"origin_gone_at", time(request.origin_gone_at)},
            {"duplicate_of", request.duplicate_of ? json(request.duplicate_of->get()) : json()},
            {"closed_at", time(request.closed_at)},
            {"max_rate", request.max_rate}};
}

json of(const records::Notice& notice) {
    return {{"number", notice.number.get()},
            {"version", notice.version},
            {"request", notice.request.get()},
            {"recipient", notice.recipient.text()},
            {"state", code(notice.state)},
            {"software", notice.software},
            {"dialect", notice.dialect},
            {"inbox", notice.inbox},
            {"steps", list(notice.steps)},
            {"position", notice.position},
            {"attempts", notice.attempts},
            {"declined", notice.declined},
            {"in_flight", notice.in_flight},
            {"next_at", time(notice.next_at)},
            {"last_status", notice.last_status},
            {"acknowledged_at", time(notice.acknowledged_at)},
            {"seen_from_origin", notice.seen_from_origin},
            {"presence", code(notice.presence)},
            {"looks", notice.looks},
            {"rounds", notice.rounds},
            {"left", notice.left},
            {"next_look_at", time(notice.next_look_at)},
            {"reason", notice.reason},
            {"resting_since", time(notice.resting_since)}};
}

json of(const RecipientEntry& entry) {
    json told{{"software", entry.software},
              {"version", entry.version},
              {"asked_at", time(entry.asked_at)},
              {"known_at", time(entry.known_at)},
              {"shared_inbox", entry.shared_inbox},
              {"inbox", entry.inbox},
              {"contact", entry.contact.reveal()},
              {"contact_source", entry.contact_source},
              {"language", entry.language},
              {"relay", entry.relay},
              {"community", entry.community},
              {"scheme", code(entry.scheme)},
              {"failing_since", time(entry.failing_since)},
              {"told", entry.told},
              {"gone", entry.gone},
              {"present", entry.present},
              {"not_visible", entry.not_visible}};
    if (!entry.addresses.empty()) {
        told.update(
            {{"users", entry.users ? json(*entry.users) : json()},
             {"registrations_open", entry.registrations_open ? json(*entry.registrations_open) : json()},
             {"operator_name", entry.operator_name.reveal()},
             {"contact_name", entry.contact_name.reveal()},
             {"privacy_policy", entry.privacy_policy},
             {"terms", entry.terms},
             {"imprint", entry.imprint},
             {"declared_country", entry.declared_country},
             {"addresses", entry.addresses},
             {"bridge", entry.bridge},
             {"single_person", entry.single_person},
             {"main", entry.main.text()},
             {"aliases", json::array()}});
        for (const auto& alias : entry.aliases) {
            told["aliases"].push_back({alias.host.text(), alias.why});
        }
    }
    if (entry.rest_until || !entry.failing_how.empty()) {
        told["rest_until"] = time(entry.rest_until);
        told["failing_how"] = entry.failing_how;
    }
    return told;
}

/// Every member at once, and none.
std::vector<records::ErasureRequest> requests() {
    auto full = request_of(7);
    full.source = records::RequestSource::Observed;
    full.scope.kind = records::ScopeKind::Objects;
    for (int i = 0; i < 40; ++i) {
        full.scope.objects.push_back(object_of(static_cast<std::uint64_t>(i)).uri);
    }
    full.scope.before = at(-5);
    full.scope.categories = {fediverse::DataCategory::Media, fediverse::DataCategory::Deletion};
    full.scope.recipients = {host("a.example"), host("b.example:8443")};
    full.identity_verified = true;
    full.extended = true;
    full.stopped = true;
    full.origin_gone_at = at(9);
    full.duplicate_of = records::RequestNumber{300};
    full.closed_at = at(10);
    full.max_rate = 300;
    return {full, request_of(300)};
}

records::Notice full_notice(const records::ErasureRequest& request) {
    auto notice = notice_to(request, "a.example", 3);
    notice.state = fediverse::NoticeState::StillPresent;
    notice.steps.clear();
    for (const std::uint32_t object : {0U, 1U, 2U, 7U, 3U, 299U}) {
        notice.steps.push_back(
            {fediverse::StepKind::DeleteObject, fediverse::ObjectForm::Tombstone, 1, object});
    }
    notice.steps.push_back({fediverse::StepKind::UndoActivity, fediverse::ObjectForm::Plain, 1, 4});
    notice.steps.push_back({fediverse::StepKind::DeleteActor, fediverse::ObjectForm::Typed, 2, 0});
    notice.position = 7;
    notice.attempts = 500;
    notice.declined = 2;
    notice.in_flight = true;
    notice.last_status = 503;
    notice.acknowledged_at = at(2);
    notice.seen_from_origin = true;
    notice.presence = fediverse::Presence::Present;
    notice.looks = 4;
    notice.rounds = 2;
    notice.left = true;
    notice.next_look_at = at(80);
    notice.reason = "it answers 503";
    notice.resting_since = at(60);
    return notice;
}

Result<void> write_policies(sqlite::SqliteDirectory& directory) {
    const auto hasher = *openssl::OpensslCipher::make();
    const auto& cipher = *hasher;
    for (const auto* words : {"We keep everything.", "We keep nothing."}) {
        ReadPolicy read;
        read.host = host("a.example");
        read.url = "https://a.example/privacy";
        read.language = "en";
        read.text = Personal<std::string>{words};
        read.sha256 = cipher.sha256(bytes_of(words));
        read.at = at(5);
        auto terms = read;
        terms.kind = records::PolicyKind::Terms;
        terms.cut = true;
        terms.text = Personal<std::string>{std::string(10'000, 'x')};
        terms.sha256 = cipher.sha256(bytes_of(terms.text.reveal()));
        if (const auto kept = directory.keep(std::vector{read, terms}); !kept) {
            return fail(kept);
        }
    }
    return {};
}

RefreshState refresh_of(const Host& one) {
    RefreshState state;
    state.host = one;
    state.due = at(7);
    state.failures = 2;
    state.node_info = "https://a.example/n";
    auto& facts = state.node_facts;
    facts.software = "mastodon";
    facts.version = "4.3.1";
    facts.contact = Personal<std::string>{"root@a.example"};
    facts.language = "nl";
    facts.users = 70'000;
    facts.registrations_open = true;
    facts.operator_name = Personal<std::string>{"Verein A"};
    facts.contact_name = Personal<std::string>{"Jane Doe"};
    facts.privacy_policy = "https://a.example/privacy";
    facts.terms = "https://a.example/terms";
    facts.imprint = "https://a.example/imprint";
    facts.declared_country = "AT";
    facts.account_host = host("example.org");
    state.answers = {{"https://a.example/n", "\"1\"", "Sun, 22 Nov 2026 10:05:00 GMT"}};
    state.aliases = {{host("example.org"), "host_meta"}};
    return state;
}

Result<void> write_refreshes(sqlite::SqliteDirectory& directory) {
    const std::vector known{host("b.example")};
    auto added = directory.add(known, at(6));
    return added ? directory.put(std::vector{refresh_of(host("a.example"))}) : added;
}

json of(const fediverse::NodeFacts& facts) {
    return {{"software", facts.software},
            {"version", facts.version},
            {"contact", facts.contact.reveal()},
            {"language", facts.language},
            {"users", facts.users ? json(*facts.users) : json()},
            {"registrations_open", facts.registrations_open ? json(*facts.registrations_open) : json()},
            {"operator_name", facts.operator_name.reveal()},
            {"contact_name", facts.contact_name.reveal()},
            {"privacy_policy", facts.privacy_policy},
            {"terms", facts.terms},
            {"imprint", facts.imprint},
            {"declared_country", facts.declared_country},
            {"account_host", facts.account_host.text()}};
}

/// As Fedtrail reads them: claimed, with a lease that ends when they were due.
json refreshes_of(sqlite::SqliteDirectory& directory) {
    auto all = json::array();
    const auto states = *directory.claim(at(7), at(7), 10);
    for (const auto& one : states) {
        auto told = json();
        if (one.failures > 0) {
            told = json::array({one.failures, one.node_info, of(one.node_facts), of(one.instance_facts)});
            told.push_back(json::array(
                {json::array({one.answers[0].url, one.answers[0].etag, one.answers[0].last_modified})}));
            told.push_back(json::array({json::array({one.aliases[0].host.text(), one.aliases[0].why})}));
        }
        all.push_back({one.host.text(), time(at(7)), one.failures > 0 ? 1 : 0, told});
    }
    std::sort(all.begin(), all.end());
    return all;
}

json policies_of(const sqlite::SqliteDirectory& directory) {
    auto all = json::array();
    const auto versions = *directory.versions(host("a.example"));
    for (const auto& one : versions) {
        all.push_back({one.host.text(),
                       code(one.kind),
                       one.number,
                       one.cut,
                       time(one.first_seen),
                       time(one.last_seen),
                       one.url,
                       one.language,
                       directory.text(one)->reveal()});
    }
    return all;
}

Result<void> write(sqlite::SqliteCases& cases, sqlite::SqliteDirectory& directory) {
    for (const auto& request : requests()) {
        const auto opened = cases.open(request, event(RequestEventKind::Received, RequestState::Received));
        if (!opened) {
            return fail(opened);
        }
        auto refused = event(RequestEventKind::PartlyRefused, RequestState::InProgress, 5);
        refused.ground = privacy::RefusalGround::LegalClaims;
        refused.reason = "a claim is before the court";
        refused.begins_keeping = true;
        if (const auto recorded = cases.record(*opened, refused); !recorded) {
            return fail(recorded);
        }
    }
    auto request = *cases.request(records::RequestNumber{1});
    auto objects = objects_of(300);
    objects[130].held_for_law = true;
    auto bare = notice_to(request, "b.example:8443");
    bare.inbox.clear();
    bare.next_at.reset();
    if (auto planned = cases.plan(request.number, objects, std::vector{full_notice(request), bare});
        !planned) {
        return planned;
    }
    const records::NoticeNumber one{1};
    if (auto applied =
            cases.apply({{},
                         {{one, 3, at(1), records::AttemptResult::Begun, 0, "cavage", ""},
                          {one, 3, at(2), records::AttemptResult::Answered, 202, "rfc9421", "a note"}},
                         {{one, at(3), "mastodon-account", fediverse::Presence::NotVisible, 401}},
                         {{one, at(4), "first", "nl", "smtp", "<x@origin.example>", true, "sent"}}});
        !applied) {
        return applied;
    }
    for (const auto& objection :
         {records::Objection{privacy::SubjectNumber{7}, host("a.example"), at(1), request.number},
          records::Objection{
              privacy::SubjectNumber{300}, host("b.example"), at(2), records::RequestNumber{}}}) {
        if (auto objected = cases.object(objection); !objected) {
            return objected;
        }
    }
    if (auto kept = cases.keep_reason(privacy::SubjectNumber{7}, host("a.example"), "they mock me there");
        !kept) {
        return kept;
    }
    if (auto updated = directory.update(host("b.example"), [](RecipientEntry& entry) { entry.relay = true; });
        !updated) {
        return updated;
    }
    if (auto kept = write_policies(directory); !kept) {
        return kept;
    }
    if (auto put = write_refreshes(directory); !put) {
        return put;
    }
    return directory.update(host("a.example"), [](RecipientEntry& entry) {
        entry = RecipientEntry{host("a.example"),
                               "mastodon",
                               "4.3.1",
                               at(1),
                               at(2),
                               "https://a.example/inbox",
                               "https://a.example/users/x/inbox",
                               Personal<std::string>{"root@a.example"},
                               "nodeinfo",
                               "nl",
                               false,
                               true,
                               SignatureScheme::Rfc9421,
                               at(3),
                               300,
                               2,
                               1};
        entry.users = 70'000;
        entry.registrations_open = true;
        entry.operator_name = Personal<std::string>{"Verein A"};
        entry.contact_name = Personal<std::string>{"Jane Doe"};
        entry.privacy_policy = "https://a.example/privacy";
        entry.terms = "https://a.example/terms";
        entry.imprint = "https://a.example/imprint";
        entry.declared_country = "AT";
        entry.addresses = {"192.0.2.1"};
        entry.bridge = true;
        entry.single_person = true;
        entry.main = host("example.org");
        entry.aliases = {{host("example.org"), "host_meta"}};
        entry.failing_how = "it answers 503";
        entry.rest_until = at(4);
    });
}

json read(const sqlite::SqliteCases& cases, sqlite::SqliteDirectory& directory) {
    json told;
    told["requests"] = list(*cases.requests(RequestFilter{}));
    for (const auto number : {1, 2}) {
        const records::RequestNumber request{static_cast<std::uint64_t>(number)};
        told["events"].push_back(list(*cases.events(request)));
        told["objects"].push_back(list(*cases.objects(request, {})));
    }
    told["notices"] = list(*cases.notices(NoticeFilter{}));
    const auto history = *cases.history(records::NoticeNumber{1});
    told["attempts"] = list(history.attempts);
    told["looks"] = list(history.looks);
    told["letters"] = list(history.letters);
    told["objections"] = list(*cases.objections());
    told["objection_reasons"] = json::array();
    const auto reasons = *cases.reasons(privacy::SubjectNumber{7});
    for (const auto& [recipient, reason] : reasons) {
        told["objection_reasons"].push_back({recipient.text(), reason});
    }
    for (const auto* name : {"a.example", "b.example"}) {
        told["directory"][name] = of(*directory.entry(host(name)));
    }
    told["policies"] = policies_of(directory);
    told["refreshes"] = refreshes_of(directory);
    return told;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "make_cases FOLDER\n";
        return 2;
    }
    const std::filesystem::path folder{argv[1]};
    const NumberedKeys keys;
    const auto cases = sqlite::SqliteCases::open_file(folder / "cases.db", keys, sqlite::OpenMode::ReadWrite);
    const auto directory =
        sqlite::SqliteDirectory::open_file(folder / "directory.db", sqlite::OpenMode::ReadWrite);
    if (!cases || !directory) {
        return 1;
    }
    if (const auto written = write(**cases, **directory); !written) {
        std::cerr << written.error().what << '\n';
        return 1;
    }
    std::ofstream{folder / "expected-cases.json"} << read(**cases, **directory).dump(1);
    return 0;
}
