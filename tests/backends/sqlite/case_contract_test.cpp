/// What the ports of cases promise, asked of the real books and of the fakes that other tests stand on.

#include <random>

#include <catch2/catch.hpp>

#include "backends/sqlite/case_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;
using privacy::RequestEventKind;
using privacy::RequestState;
using records::RequestNumber;

namespace {

records::ErasureRequest full_request() {
    auto request = request_of(7);
    request.source = records::RequestSource::Observed;
    request.scope.kind = records::ScopeKind::Objects;
    request.scope.objects = {Personal<std::string>{"https://origin.example/a"},
                             Personal<std::string>{"https://origin.example/b"}};
    request.scope.before = at(-5);
    request.scope.categories = {fediverse::DataCategory::Media, fediverse::DataCategory::Boost};
    request.scope.recipients = {host("a.example"), host("b.example:8443")};
    request.identity_verified = true;
    request.extended = true;
    request.stopped = true;
    request.origin_gone_at = at(9);
    request.duplicate_of = RequestNumber{3};
    request.closed_at = at(10);
    return request;
}

}  // namespace

TEMPLATE_TEST_CASE("A request is read as it was written", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    auto request =
        shelf.requests().open(full_request(), event(RequestEventKind::Received, RequestState::Received));
    REQUIRE(request);
    CHECK(request->number == RequestNumber{1});
    CHECK(request->version == 1);
    shelf.reopen();
    CHECK(same(*shelf.requests().request(request->number), *request));
    request->scope.objects.pop_back();
    request->scope.before.reset();
    request->origin_gone_at.reset();
    request->duplicate_of.reset();
    request->closed_at.reset();
    request->stopped = false;
    request->state = RequestState::IdentityPending;
    const auto changed = record(shelf, *request);
    CHECK(changed.version == 2);
    shelf.reopen();
    CHECK(same(*shelf.requests().request(request->number), changed));
}

TEMPLATE_TEST_CASE("Numbers of requests go up", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    for (std::uint64_t number = 1; number <= 3; ++number) {
        const auto request =
            shelf.requests().open(request_of(1), event(RequestEventKind::Received, RequestState::Received));
        CHECK(request->number == RequestNumber{number});
        shelf.reopen();
    }
}

TEMPLATE_TEST_CASE("Whoever read an older version of a request cannot change it",
                   "[cases]",
                   SqliteShelf,
                   FakeShelf) {
    TestType shelf;
    const auto first =
        *shelf.requests().open(request_of(1), event(RequestEventKind::Received, RequestState::Received));
    (void)record(shelf, first);
    const auto late =
        shelf.requests().record(first, event(RequestEventKind::Withdrawn, RequestState::Withdrawn));
    REQUIRE_FALSE(late);
    CHECK(late.error().kind == ErrorKind::Conflict);
    CHECK(shelf.requests().request(first.number)->version == 2);
    CHECK(shelf.requests().events(first.number)->size() == 2);
}

TEMPLATE_TEST_CASE("A request that is not there is not found", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    auto request = request_of(1);
    for (const auto number : {RequestNumber{0}, RequestNumber{1}, RequestNumber{~std::uint64_t{0}}}) {
        request.number = number;
        CHECK(shelf.requests().request(number).error().kind == ErrorKind::NotFound);
        CHECK(shelf.requests()
                  .record(request, event(RequestEventKind::Stopped, RequestState::Received))
                  .error()
                  .kind == ErrorKind::NotFound);
        CHECK(shelf.requests().events(number)->empty());
        CHECK_FALSE(*shelf.requests().last_event(number));
        CHECK(shelf.notices().tally(number)->notices == 0);
        CHECK(shelf.notices().objects(number, {})->empty());
        CHECK(shelf.notices().plan(number, {}, {}).error().kind == ErrorKind::NotFound);
    }
}

TEMPLATE_TEST_CASE("The history of a request is kept in its order", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    auto request =
        *shelf.requests().open(request_of(1), event(RequestEventKind::Received, RequestState::Received));
    request.state = RequestState::Refused;
    auto refused = event(RequestEventKind::Refused, RequestState::Refused, 60);
    refused.by = "api:4";
    refused.ground = privacy::RefusalGround::LegalClaims;
    refused.reason = "a claim of 2024 is before the court";
    REQUIRE(shelf.requests().record(request, refused));
    shelf.reopen();
    const auto events = *shelf.requests().events(request.number);
    REQUIRE(events.size() == 2);
    const auto last = *shelf.requests().last_event(request.number);
    REQUIRE(last);
    CHECK(last->kind == RequestEventKind::Refused);
    CHECK(last->by == refused.by);
    CHECK(last->reason.empty());
    CHECK(events[0].kind == RequestEventKind::Received);
    CHECK_FALSE(events[0].ground);
    CHECK(events[0].reason.empty());
    CHECK(events[1].at == at(60));
    CHECK(events[1].kind == RequestEventKind::Refused);
    CHECK(events[1].state == RequestState::Refused);
    CHECK(events[1].by == "api:4");
    CHECK(events[1].ground == privacy::RefusalGround::LegalClaims);
    CHECK(events[1].reason == "a claim of 2024 is before the court");
}

TEMPLATE_TEST_CASE("Requests are listed by number, person and openness", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    for (const std::uint64_t subject : {1U, 2U, 1U, 1U}) {
        (void)started(shelf.requests(), subject);
    }
    auto third = *shelf.requests().request(RequestNumber{3});
    third.state = RequestState::Fulfilled;
    (void)record(shelf, third);
    const auto numbers = [&](const RequestFilter& filter) {
        const auto listed = shelf.requests().requests(filter);
        std::vector<std::uint64_t> found;
        for (const auto& request : *listed) {
            found.push_back(request.number.get());
        }
        return found;
    };
    using Numbers = std::vector<std::uint64_t>;
    const privacy::SubjectNumber one{1};
    CHECK(numbers({}) == Numbers{1, 2, 3, 4});
    CHECK(numbers({std::nullopt, false, RequestNumber{1}, 2}) == Numbers{2, 3});
    CHECK(numbers({std::nullopt, true, RequestNumber{0}, 100}) == Numbers{1, 2, 4});
    CHECK(numbers({one, false, RequestNumber{0}, 100}) == Numbers{1, 3, 4});
    CHECK(numbers({one, true, RequestNumber{1}, 100}) == Numbers{4});
    CHECK(numbers({one, true, RequestNumber{4}, 100}).empty());
}

/// What outcomes() says, read the long way: every notice whole, and its request.
template <typename Shelf>
std::vector<NoticeOutcome> outcomes_the_long_way(Shelf& shelf, const Host& recipient) {
    NoticeFilter filter;
    filter.recipient = recipient;
    std::vector<NoticeOutcome> all;
    const auto notices = shelf.notices().notices(filter);
    REQUIRE(notices);
    for (const auto& notice : *notices) {
        all.push_back({notice.subject,
                       shelf.requests().request(notice.request)->state,
                       notice.state,
                       notice.presence,
                       notice.acknowledged_at.has_value(),
                       notice.declined > 0,
                       records::was_told(notice)});
    }
    return all;
}

TEMPLATE_TEST_CASE("How the notices to a recipient ended is what a full count of them says",
                   "[cases]",
                   SqliteShelf,
                   FakeShelf) {
    TestType shelf;
    std::mt19937 random{7};
    const auto pick = [&random](unsigned below) { return static_cast<std::uint32_t>(random() % below); };
    for (std::uint64_t i = 0; i < 60; ++i) {
        auto request = full_request();
        request.subject = privacy::SubjectNumber{1 + pick(9)};
        request.state = static_cast<privacy::RequestState>(
            pick(static_cast<unsigned>(privacy::RequestState::Duplicate) + 1));
        const auto number = shelf.requests().open(request, {})->number;
        std::vector<records::Notice> planned;
        for (const auto* name : {"a.example", "b.example"}) {
            records::Notice notice;
            notice.request = number;
            notice.subject = request.subject;
            notice.recipient = host(name);
            notice.state = static_cast<fediverse::NoticeState>(
                pick(static_cast<unsigned>(fediverse::NoticeState::Disproportionate) + 1));
            notice.presence = static_cast<fediverse::Presence>(
                pick(static_cast<unsigned>(fediverse::Presence::Unprobeable) + 1));
            notice.steps.assign(pick(3), {fediverse::StepKind::DeleteActor, {}, 2, 0});
            notice.position = pick(static_cast<unsigned>(notice.steps.size()) + 1);
            notice.declined = pick(2);
            notice.inbox = pick(2) == 0 ? "" : "https://a.example/inbox";
            notice.next_at = pick(2) == 0 ? std::nullopt : std::optional{at(pick(99))};
            notice.acknowledged_at = pick(2) == 0 ? std::nullopt : std::optional{at(pick(99))};
            planned.push_back(notice);
        }
        REQUIRE(shelf.notices().plan(number, {}, planned));
    }
    for (const auto* name : {"a.example", "b.example", "nobody.example"}) {
        CAPTURE(name);
        const auto found = shelf.notices().outcomes(host(name));
        REQUIRE(found);
        CHECK(found->size() == (std::string{name} == "nobody.example" ? 0 : 60));
        CHECK(*found == outcomes_the_long_way(shelf, host(name)));
    }
}

TEMPLATE_TEST_CASE("Objections are kept once, oldest first, until they are lifted",
                   "[cases]",
                   SqliteShelf,
                   FakeShelf) {
    TestType shelf;
    auto& book = shelf.objections();
    const records::Objection first{privacy::SubjectNumber{9}, host("b.example"), at(1), RequestNumber{4}};
    const records::Objection second{privacy::SubjectNumber{2}, host("a.example"), at(2), RequestNumber{}};
    auto generation = book.generation();
    const auto changed = [&] {
        const auto before = std::exchange(generation, book.generation());
        return generation != before;
    };
    REQUIRE(book.object(first));
    CHECK(changed());
    REQUIRE(book.object(second));
    CHECK(changed());
    auto again = first;
    again.since = at(7);
    REQUIRE(book.object(again));
    REQUIRE(book.lift(first.subject, host("a.example")));
    CHECK_FALSE(changed());
    const auto list = *book.objections();
    REQUIRE(list.size() == 2);
    CHECK(list[0].subject == first.subject);
    CHECK(list[0].recipient == first.recipient);
    CHECK(list[0].since == at(1));
    CHECK(list[0].request == RequestNumber{4});
    CHECK(list[1].subject == second.subject);
    again.request = RequestNumber{};
    REQUIRE(book.object(again));  // the person's own, apart from the request
    CHECK(changed());
    CHECK(book.objections()->front().request == RequestNumber{});
    CHECK(book.objections()->front().since == at(1));
    REQUIRE(book.object(first));
    CHECK_FALSE(changed());
    CHECK(book.objections()->front().request == RequestNumber{});
    REQUIRE(book.lift(first.subject, first.recipient));
    CHECK(changed());
    CHECK(book.objections()->size() == 1);
}

TEMPLATE_TEST_CASE("The reason of an objection stays and goes with it", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    auto& book = shelf.objections();
    const privacy::SubjectNumber alice{9};
    CHECK(book.keep_reason(alice, host("a.example"), "x").error().kind == ErrorKind::NotFound);
    for (const auto* name : {"a.example", "b.example"}) {
        REQUIRE(book.object(records::Objection{alice, host(name), at(1), RequestNumber{}}));
    }
    REQUIRE(book.keep_reason(alice, host("a.example"), "x"));
    REQUIRE(book.keep_reason(alice, host("a.example"), "they mock me"));
    CHECK(*book.reasons(alice) == std::map<Host, std::string>{{host("a.example"), "they mock me"}});
    CHECK(book.reasons(privacy::SubjectNumber{2})->empty());
    REQUIRE(book.lift(alice, host("a.example")));
    REQUIRE(book.object(records::Objection{alice, host("a.example"), at(2), RequestNumber{}}));
    CHECK(book.reasons(alice)->empty());
}

TEMPLATE_TEST_CASE("A child is known until somebody says otherwise", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    const privacy::SubjectNumber alice{7};
    const privacy::SubjectNumber bob{8};
    auto& facts = shelf.facts();
    CHECK(*facts.minor(alice) == std::nullopt);
    const auto before = facts.generation();
    REQUIRE(facts.set_minor(bob, true));
    REQUIRE(facts.set_minor(alice, true));
    CHECK(facts.generation() != before);
    shelf.reopen();
    CHECK(*shelf.facts().minors() == std::vector{alice, bob});
    REQUIRE(shelf.facts().set_minor(bob, false));
    CHECK(*shelf.facts().minors() == std::vector{alice});
    CHECK(*shelf.facts().minor(bob) == false);
    REQUIRE(shelf.facts().set_minor(bob, std::nullopt));
    CHECK(*shelf.facts().minor(bob) == std::nullopt);
}

TEST_CASE("Of somebody who was shredded no fact is left", "[cases]") {
    SqliteShelf shelf;
    const privacy::SubjectNumber alice{7};
    REQUIRE(shelf.facts().set_minor(alice, true));
    shelf.keys().shred(alice);
    CHECK(*shelf.facts().minor(alice) == std::nullopt);
    CHECK(shelf.facts().minors()->empty());
    CHECK(shelf.facts().set_minor(alice, true).error().kind == ErrorKind::NotFound);
    CHECK(shelf.facts().check()->faults.empty());
}

TEMPLATE_TEST_CASE("An entry of the directory is read as it was written", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    CHECK(shelf.directory().entry(host("a.example"))->host == host("a.example"));
    CHECK(shelf.directory().entry(host("a.example"))->software.empty());
    const auto fill = [](RecipientEntry& entry) {
        entry.software = "mastodon";
        entry.version = "4.3.1";
        entry.asked_at = at(1);
        entry.known_at = at(2);
        entry.shared_inbox = "https://a.example/inbox";
        entry.inbox = "https://a.example/users/x/inbox";
        entry.contact = Personal<std::string>{"root@a.example"};
        entry.contact_source = "nodeinfo";
        entry.language = "nl";
        entry.relay = true;
        entry.community = true;
        entry.scheme = SignatureScheme::Rfc9421;
        entry.failing_since = at(3);
        entry.failing_how = "no connection";
        entry.rest_until = at(4);
        entry.told += 3;
        entry.gone += 2;
        entry.present += 1;
        entry.not_visible += 4;
        entry.users = 300;
        entry.registrations_open = false;
        entry.operator_name = Personal<std::string>{"Verein A"};
        entry.contact_name = Personal<std::string>{"Jane Doe"};
        entry.privacy_policy = "https://a.example/privacy";
        entry.terms = "https://a.example/terms";
        entry.imprint = "https://a.example/imprint";
        entry.declared_country = "NL";
        entry.addresses = {"192.0.2.1", "2001:db8::1"};
        entry.bridge = true;
        entry.single_person = true;
        entry.main = host("example.org");
        entry.aliases = {{host("example.org"), "host_meta"}, {host("www.a.example"), "www"}};
    };
    REQUIRE(shelf.directory().update(host("a.example"), fill));
    shelf.reopen();
    const std::vector<RecipientChange> changes{
        {host("b.example"), [](RecipientEntry& entry) { entry.software = "snac"; }},
        {host("a.example"), [](RecipientEntry& entry) { ++entry.told; }},
        {host("a.example"), [](RecipientEntry& entry) { ++entry.told; }}};
    REQUIRE(shelf.directory().update_all(changes));
    const std::vector hosts{host("c.example"), host("a.example"), host("b.example")};
    const auto entries = *shelf.directory().entries(hosts);
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].host == host("c.example"));
    CHECK(entries[2].software == "snac");
    const auto& entry = entries[1];
    CHECK(entry.host == host("a.example"));
    CHECK(entry.software == "mastodon");
    CHECK(entry.version == "4.3.1");
    CHECK(entry.asked_at == at(1));
    CHECK(entry.known_at == at(2));
    CHECK(entry.shared_inbox == "https://a.example/inbox");
    CHECK(entry.inbox == "https://a.example/users/x/inbox");
    CHECK(entry.contact == Personal<std::string>{"root@a.example"});
    CHECK(entry.contact_source == "nodeinfo");
    CHECK(entry.language == "nl");
    CHECK(entry.relay);
    CHECK(entry.community);
    CHECK(entry.scheme == SignatureScheme::Rfc9421);
    CHECK(entry.failing_since == at(3));
    CHECK(entry.failing_how == "no connection");
    CHECK(entry.rest_until == at(4));
    CHECK_FALSE(entries[2].rest_until);
    CHECK(entry.users == 300);
    CHECK(entry.registrations_open == false);
    CHECK(entry.operator_name == Personal<std::string>{"Verein A"});
    CHECK(entry.contact_name == Personal<std::string>{"Jane Doe"});
    CHECK(entry.privacy_policy == "https://a.example/privacy");
    CHECK(entry.terms == "https://a.example/terms");
    CHECK(entry.imprint == "https://a.example/imprint");
    CHECK(entry.declared_country == "NL");
    CHECK(entry.addresses == std::vector<std::string>{"192.0.2.1", "2001:db8::1"});
    CHECK(entry.bridge);
    CHECK(entry.single_person);
    CHECK(entry.main == host("example.org"));
    REQUIRE(entry.aliases.size() == 2);
    CHECK(entry.aliases[0] == records::HostAlias{host("example.org"), "host_meta"});
    CHECK(entry.aliases[1] == records::HostAlias{host("www.a.example"), "www"});
    CHECK_FALSE(entries[2].users);
    CHECK_FALSE(entries[2].registrations_open);
    CHECK(entries[2].main.empty());
    CHECK(entry.told == 5);
    CHECK(entry.gone == 2);
    CHECK(entry.present == 1);
    CHECK(entry.not_visible == 4);
    CHECK(entries[2].not_visible == 0);
}

TEMPLATE_TEST_CASE("A request says at once up to which wave its notices may leave",
                   "[cases]",
                   SqliteShelf,
                   FakeShelf) {
    TestType shelf;
    CHECK(shelf.requests().open_wave(RequestNumber{1}).error().kind == ErrorKind::NotFound);
    auto request =
        *shelf.requests().open(request_of(7), event(RequestEventKind::Received, RequestState::Received));
    const auto now = [&] { return shelf.requests().open_wave(request.number); };
    const auto change = [&] {
        request = *shelf.requests().record(request, event(RequestEventKind::Extended, request.state));
    };
    CHECK(now() == 0);
    request.state = RequestState::InProgress;
    change();
    CHECK(now() == 1);
    request.origin_gone_at = at(2);
    change();
    CHECK(now() == 2);
    request.stopped = true;
    change();
    CHECK(now() == 0);
}

TEMPLATE_TEST_CASE("The directory says which hosts are one recipient's, as they are now",
                   "[directory]",
                   SqliteShelf,
                   FakeShelf) {
    TestType shelf;
    auto& directory = shelf.directory();
    CHECK((*directory.joined())->empty());
    REQUIRE(directory.update(host("a.example:8443"), [](RecipientEntry& entry) {
        entry.aliases.push_back({host("www.a.example"), "www"});
    }));
    REQUIRE(directory.update(host("old.example"),
                             [](RecipientEntry& entry) { entry.main = host("www.a.example"); }));
    REQUIRE(directory.update(host("b.example"), [](RecipientEntry& entry) { entry.software = "mastodon"; }));
    const auto joined = *directory.joined();
    CHECK(joined->are_one(host("old.example"), host("a.example")));
    CHECK(joined->recipients().size() == 1);
    REQUIRE(directory.update(host("old.example"), [](RecipientEntry& entry) { entry.main = Host{}; }));
    CHECK(!(*directory.joined())->are_one(host("old.example"), host("a.example")));
    CHECK(joined->are_one(host("old.example"), host("a.example")));  // what was handed out stays
    shelf.reopen();
    CHECK((*shelf.directory().joined())->are_one(host("www.a.example"), host("a.example")));
}
