// Objections to single servers: what brings them, what lifts them, and to which hosts they reach.

#include <map>

#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::RequestState;

TEST_CASE("A withdrawn removal from one server lifts the objection that it brought",
          "[erasure][desk][objections]") {
    Office office;
    office.lies(1, {"a.example", "b.example"});
    REQUIRE(office.desk.object_to(office.alice, host("b.example"), ""));
    records::ErasureScope scope;
    scope.recipients = {host("a.example"), host("b.example")};
    const auto number = office.started(scope);
    CHECK(office.desk.objections_of(office.alice)->size() == 2);
    CHECK(denied(office.desk.allow(office.alice, host("a.example"))));
    REQUIRE(office.desk.withdraw(Office::act(number)));
    const auto left = *office.desk.objections_of(office.alice);
    REQUIRE(left.size() == 1);  // they had objected to that one before
    CHECK(left[0].recipient == host("b.example"));
    CHECK(left[0].request.get() == 0);
}

TEST_CASE("A refused removal from one server lifts the objection that it brought",
          "[erasure][desk][objections]") {
    Office office;
    office.lies(1, {"a.example"});
    records::ErasureScope scope;
    scope.recipients = {host("a.example")};
    const auto number = office.started(scope);
    CHECK(office.desk.objections_of(office.alice)->size() == 1);
    REQUIRE(office.desk.refuse(Office::act(number, "asked every day"), privacy::RefusalGround::Excessive));
    CHECK(office.desk.objections_of(office.alice)->empty());
}

TEST_CASE("Why somebody objects is kept until they take it back", "[erasure][desk][objections]") {
    Office office;
    const auto reasons = [&] { return *office.desk.objection_reasons(office.alice); };
    REQUIRE(office.desk.object_to(office.alice, host("a.example"), "they mock me there"));
    REQUIRE(office.desk.object_to(office.alice, host("b.example"), ""));
    CHECK(reasons() == std::map<Host, std::string>{{host("a.example"), "they mock me there"}});
    REQUIRE(office.desk.object_to(office.alice, host("a.example"), ""));
    CHECK(reasons().size() == 1);
    REQUIRE(office.desk.object_to(office.alice, host("a.example"), "and they sell it"));
    CHECK(reasons().begin()->second == "and they sell it");
    CHECK(office.desk.object_to(office.alice, host("c.example"), std::string(2'001, 'x')).error().kind ==
          ErrorKind::Invalid);
    CHECK(office.desk.objections_of(office.alice)->size() == 2);
    REQUIRE(office.desk.allow(office.alice, host("a.example")));
    REQUIRE(office.desk.object_to(office.alice, host("a.example"), ""));
    CHECK(reasons().empty());
}

TEST_CASE("An objection that another request needs stays", "[erasure][desk][objections]") {
    Office office;
    office.lies(1, {"a.example"});
    office.lies(2, {"a.example"});
    records::ErasureScope whole;
    whole.recipients = {host("a.example")};
    auto some = chosen({1});
    some.recipients = whole.recipients;
    const auto first = office.started(whole);
    const auto second = office.started(some);
    REQUIRE(office.desk.withdraw(Office::act(first)));
    CHECK(office.desk.objections_of(office.alice)->size() == 1);
    REQUIRE(office.desk.stop(Office::act(second)));
    REQUIRE(office.desk.close(Office::act(second)));
    REQUIRE(office.desk.allow(office.alice, host("a.example")));
    CHECK(office.desk.objections_of(office.alice)->empty());
}

TEST_CASE("The last of the requests that need an objection lifts it", "[erasure][desk][objections]") {
    Office office;
    office.lies(1, {"a.example"});
    office.lies(2, {"a.example"});
    records::ErasureScope whole;
    whole.recipients = {host("a.example")};
    auto some = chosen({1});
    some.recipients = whole.recipients;
    const auto first = office.started(whole);
    const auto second = office.started(some);
    SECTION("also where another one brought it") {
        REQUIRE(office.desk.withdraw(Office::act(first)));
        REQUIRE(office.desk.withdraw(Office::act(second)));
        CHECK(office.desk.objections_of(office.alice)->empty());
    }
    SECTION("but not where one was done: its answer says that nothing goes there any more") {
        REQUIRE(office.desk.stop(Office::act(second)));
        REQUIRE(office.desk.close(Office::act(second)));
        REQUIRE(office.desk.withdraw(Office::act(first)));
        CHECK(office.desk.objections_of(office.alice)->size() == 1);
        CHECK(office.desk.answer(second)->objected.size() == 1);
    }
}

TEST_CASE("Who objects by themselves to where a request removes them goes on objecting",
          "[erasure][desk][objections]") {
    Office office;
    office.lies(1, {"a.example"});
    records::ErasureScope scope;
    scope.recipients = {host("a.example")};
    const auto number = office.started(scope);
    REQUIRE(office.desk.object_to(office.alice, host("a.example"), "they mock me there"));
    REQUIRE(office.desk.withdraw(Office::act(number)));
    CHECK(office.desk.objections_of(office.alice)->size() == 1);
    CHECK(office.desk.objection_reasons(office.alice)->size() == 1);
    REQUIRE(office.desk.allow(office.alice, host("a.example")));
}

TEST_CASE("A person can object without an erasure, and take it back", "[erasure][desk][objections]") {
    Office office;
    CHECK(office.desk.allow(office.alice, host("a.example")).error().kind == ErrorKind::NotFound);
    for (int i = 0; i < 2; ++i) {
        REQUIRE(office.desk.object_to(office.alice, host("a.example"), ""));
    }
    CHECK(office.desk.objections_of(office.alice)->size() == 1);
    CHECK(office.desk.objections_of(privacy::SubjectNumber{7})->empty());
    CHECK(office.desk.object_to(privacy::SubjectNumber{7}, host("a.example"), "").error().kind ==
          ErrorKind::NotFound);
    REQUIRE(office.desk.allow(office.alice, host("a.example")));
    CHECK(office.desk.objections_of(office.alice)->empty());
    CHECK(office.requests.requests({})->empty());
}

TEST_CASE("Remove me from that server is an objection from the start", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example", "b.example"});
    records::ErasureScope scope;
    scope.recipients = {host("a.example"), host("never.example")};
    const auto number = office.opened(scope);
    CHECK(office.objections.objections()->empty());
    REQUIRE(office.desk.start(Office::act(number)));
    const auto objections = *office.objections.objections();
    REQUIRE(objections.size() == 2);
    CHECK(objections[0].recipient == host("a.example"));
    CHECK(objections[0].request == number);
    CHECK(office.notices_of(number) == 1);  // the other server never had anything
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.objections.objections()->size() == 2);
}

TEST_CASE("Who is to be removed from a server is removed from all hosts of it", "[erasure][desk][joined]") {
    Office office;
    office.directory.join_to(host("peer.example"), host("www.peer.example"));
    office.directory.join_to(host("peer.example"), host("idle.example"));
    office.lies(1, {"peer.example", "www.peer.example:8443", "other.example"});
    office.lies(2, {"peer.example:444"});
    records::ErasureScope scope;
    scope.recipients = {host("peer.example")};
    const std::vector hosts{host("peer.example"), host("peer.example:444"), host("www.peer.example:8443")};

    const auto preview = *office.desk.preview(office.order(scope));
    REQUIRE(preview.recipients.size() == 3);
    CHECK(preview.recipients[0].joined_to.empty());
    CHECK(preview.recipients[1].host == host("peer.example:444"));
    CHECK(preview.recipients[1].joined_to == host("peer.example"));
    CHECK(preview.recipients[2].host == host("www.peer.example:8443"));
    CHECK(preview.recipients[2].joined_to == host("peer.example"));
    CHECK(office.requests.requests({})->empty());

    const auto number = office.opened(scope);
    CHECK(office.requests.request(number)->scope.recipients == hosts);
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.notices_of(number) == 3);  // nothing went to the third name of it
    const auto objections = *office.objections.objections();
    std::vector<Host> objected;
    for (const auto& objection : objections) {
        objected.push_back(objection.recipient);
    }
    CHECK(objected == hosts);

    // Whoever names another host of it asks for the same.
    scope.recipients = {host("peer.example"), host("www.peer.example:8443")};
    CHECK(office.desk.open(office.order(scope))->state == RequestState::Duplicate);
}

TEST_CASE("Hosts that are joined after a request was opened are in it when it starts",
          "[erasure][desk][joined]") {
    Office office;
    office.lies(1, {"peer.example", "late.example", "later.example"});
    records::ErasureScope scope;
    scope.recipients = {host("peer.example")};
    const auto number = office.opened(scope);
    CHECK(office.requests.request(number)->scope.recipients.size() == 1);
    office.directory.join_to(host("late.example"), host("peer.example"));
    CHECK(office.desk.preview(number)->recipients.size() == 2);
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.notices_of(number) == 2);
    CHECK(office.requests.request(number)->scope.recipients ==
          std::vector{host("late.example"), host("peer.example")});
    CHECK(office.objections.objections()->size() == 2);

    // And those that come while it was stopped, when it goes on.
    REQUIRE(office.desk.stop(Office::act(number)));
    office.directory.join_to(host("late.example"), host("later.example"));
    REQUIRE(office.desk.resume_sending(Office::act(number)));
    CHECK(office.notices_of(number) == 3);
}

TEST_CASE("Of single objects only the hosts are told that have them", "[erasure][desk][joined]") {
    Office office;
    office.directory.join_to(host("peer.example"), host("www.peer.example"));
    office.lies(1, {"peer.example"});
    office.lies(2, {"www.peer.example"});
    auto scope = chosen({2});
    scope.recipients = {host("www.peer.example")};
    const auto number = office.started(scope);
    CHECK(office.requests.request(number)->scope.recipients == std::vector{host("www.peer.example")});
    CHECK(office.notices_of(number) == 1);
}

TEST_CASE("A directory that cannot be read opens no request that names a server", "[erasure][desk][joined]") {
    Office office;
    office.lies(1, {"peer.example"});
    office.directory.fails = true;
    records::ErasureScope scope;
    scope.recipients = {host("peer.example")};
    CHECK(office.desk.open(office.order(scope)).error().kind == ErrorKind::Unavailable);
    CHECK(office.requests.requests({})->empty());
    CHECK(office.desk.open(office.order()));
}
