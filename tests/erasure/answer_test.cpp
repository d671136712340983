// Whom an answer names, and what it says of what is kept.

#include "erasure/answer_text.hpp"
#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace fedtrail::testing::answers;
using fediverse::NoticeState;

TEST_CASE("The answer keeps apart whom we told and who had it from others", "[erasure][answer]") {
    Office office;
    office.knows("ours.example", "mastodon");
    office.lies(1, {"ours.example"});
    office.lies(2, {"theirs.example", "ours.example"});
    office.ledger.rows.back().at = {host("theirs.example")};
    office.ledger.rows.back().channel = privacy::Channel::Forward;
    const auto number = office.started();
    office.deliver(office.notice_to(number, "ours.example"), 1);

    const auto answer = *office.desk.answer(number);
    REQUIRE(answer.recipients.size() == 1);
    CHECK(answer.recipients[0].host == host("ours.example"));
    CHECK(answer.recipients[0].state == NoticeState::Acknowledged);
    REQUIRE(answer.others.size() == 1);
    CHECK(answer.others[0].host == host("theirs.example"));
    CHECK(answer.states.at(NoticeState::Planned) == 1);

    const auto text = text_of(answer);
    CHECK(mentions(text, "alice@origin.example"));
    CHECK(
        mentions(text, "ours.example: told, confirmed receipt on 22 November 2026; that alone does not say"));
    CHECK(mentions(text, "theirs.example: will be told"));
    CHECK(text.find("Article 19") < text.find("theirs.example"));
    CHECK_FALSE(mentions(text, "{{"));
    const auto json = json_of(answer);
    CHECK(json.at("recipients").at(0).at("host") == "ours.example");
    CHECK(json.at("others").at(0).at("state") == "planned");
}

TEST_CASE("Who gets it through a relay, a bridge or a fetch has it from us", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    office.ledger.rows.back().channel = GENERATE(privacy::Channel::Relay,
                                                 privacy::Channel::Bridge,
                                                 privacy::Channel::SignedPull,
                                                 privacy::Channel::AnonymousPull);
    const auto answer = *office.desk.answer(office.started());
    CHECK(answer.recipients.size() == 1);
    CHECK(answer.others.empty());
}

TEST_CASE("Where the ledger has forgotten how data came somewhere nobody claims to know",
          "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    office.deliver(office.notice_to(number, "a.example"), 1);
    office.vault.shred(office.alice);
    office.ledger.rows.clear();
    const auto answer = *office.desk.answer(number);
    CHECK(answer.recipients.empty());
    CHECK(answer.others.empty());
    REQUIRE(answer.way_unknown.size() == 1);
    const auto text = text_of(answer);
    CHECK(mentions(text, "no longer say whether they had it from us"));
    CHECK(mentions(text, "a.example: told"));
    CHECK_FALSE(mentions(text, "others passed it on"));
    CHECK(json_of(answer).at("way_unknown").at(0).at("host") == "a.example");
}

TEST_CASE("Nobody unverified learns whom the account wrote to", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    auto order = office.order();
    order.identity_verified = false;
    const auto number = office.desk.open(order)->number;
    REQUIRE(office.desk.ask_identity(Office::act(number)));
    const auto answer = *office.desk.answer(number);
    const auto text = text_of(answer);
    CHECK(answer.recipients.empty());
    CHECK_FALSE(mentions(text, "alice"));
    CHECK_FALSE(mentions(text, "a.example"));
    CHECK(mentions(text, "Article 12(6)"));
}

TEST_CASE("Who was refused as not identified learns nothing of the account", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.opened();
    const auto refused = office.desk.refuse(Office::act(number, "They never answered."),
                                            privacy::RefusalGround::NotIdentified);
    REQUIRE(refused);
    CHECK_FALSE(refused->identity_verified);
    const auto answer = *office.desk.answer(number);
    CHECK(answer.handle.reveal().empty());
    const auto text = text_of(answer);
    CHECK(mentions(text, "They never answered."));
    CHECK_FALSE(mentions(text, "alice"));
    CHECK_FALSE(mentions(text, "a.example"));
    CHECK_FALSE(mentions(json_of(answer).dump(), "a.example"));
}

TEST_CASE("A refusal says why, and names the authority and the court", "[erasure][answer]") {
    Office office;
    const auto number = office.opened();
    REQUIRE(
        office.desk.refuse(Office::act(number, "A trial is going on."), privacy::RefusalGround::LegalClaims));
    const auto answer = *office.desk.answer(number);
    const auto text = text_of(answer);
    CHECK(mentions(text, "Article 17(3)(e)"));
    CHECK(mentions(text, "A trial is going on."));
    CHECK(mentions(text, "Autoriteit Persoonsgegevens"));
    CHECK(mentions(text, "Article 79"));
    const auto json = json_of(answer);
    CHECK(json.at("refusals").at(0).at("ground") == "17(3)(e)");
    CHECK(json.at("refusals").at(0).at("whole") == true);
    CHECK(json.at("remedies").at("court") == true);
}

TEST_CASE("What nobody has set leaves no empty words in the answer", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    const auto render = [&] {
        const auto words = erasure::load_answer_words(FEDTRAIL_SOURCE_DIR "/policies", "en");
        return *erasure::render_answer_text(*office.desk.answer(number), {}, *words);
    };
    for (const auto& text : {render(), text_of(*office.desk.answer(number))}) {
        CHECK(mentions(text, "a.example: will be told\n"));
        CHECK_FALSE(mentions(text, "()"));
        CHECK_FALSE(mentions(text, "data protection officer"));
        CHECK_FALSE(mentions(text, "\n\n\n"));
    }
    CHECK_FALSE(mentions(render(), "Who answers"));
}

TEST_CASE("What is asked of some servers, or for some things, is not said to be all", "[erasure][answer]") {
    erasure::Answer answer;
    answer.state = privacy::RequestState::Fulfilled;
    CHECK(mentions(text_of(answer), "so none had to be told"));
    CHECK_FALSE(mentions(text_of(answer), "every server"));
    answer.recipients.resize(1);
    CHECK(mentions(text_of(answer), "every server that is known to hold a copy"));
    CHECK_FALSE(mentions(text_of(answer), "your account stays"));
    answer.scope.kind = records::ScopeKind::Matching;
    CHECK(mentions(text_of(answer), "your account stays"));
    answer.scope.recipients = {host("a.example")};
    CHECK(mentions(text_of(answer), "It concerns single servers only"));
    CHECK_FALSE(mentions(text_of(answer), "every server"));
}

TEST_CASE("A server that was named is answered for, also where nothing went", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    records::ErasureScope scope;
    scope.recipients = {host("a.example"), host("nowhere.example")};
    const auto number = office.started(scope);
    const auto answer = *office.desk.answer(number);
    CHECK(answer.recipients.size() == 1);
    CHECK(answer.untouched == std::vector{host("nowhere.example")});
    CHECK(answer.objected == std::vector{host("a.example"), host("nowhere.example")});
    const auto text = text_of(answer);
    CHECK(mentions(text, "anything of yours\n\nNothing of yours is known to have gone there"));
    CHECK(
        mentions(text, "(Article 21 GDPR): from now on nothing of yours goes there from us.\n\n- a.example"));
    CHECK(json_of(answer).at("objected").size() == 2);
    REQUIRE(office.desk.withdraw(Office::act(number)));
    CHECK(office.desk.answer(number)->objected.empty());
}

TEST_CASE("Those who have it from others are said to be told only once one of them was",
          "[erasure][answer]") {
    erasure::Answer answer;
    answer.state = privacy::RequestState::Received;
    answer.identity_verified = true;
    answer.others.resize(1);
    CHECK(mentions(text_of(answer), "others passed it on (Article 17(2) GDPR).\n\n"));
    CHECK_FALSE(mentions(text_of(answer), "we told them too"));
    answer.others[0].told = true;
    CHECK(mentions(text_of(answer), "As far as we could, we told them too."));
    answer.others.clear();
    answer.state = privacy::RequestState::InProgress;
    CHECK_FALSE(mentions(text_of(answer), "servers below"));
}

TEST_CASE("Why something is held is said with the article, until it is released", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    const std::vector kept{Personal<std::string>{note(1)}};
    REQUIRE(office.desk.hold(
        Office::act(number, "police order 17"), kept, privacy::RefusalGround::LegalObligation));
    for (const auto* language : {"en", "de", "fr", "nl", "es", "it", "pl"}) {
        CAPTURE(language);
        CHECK(mentions(text_of(*office.desk.answer(number), language), "police order 17"));
    }
    const auto answer = *office.desk.answer(number);
    CHECK(mentions(text_of(answer), "(Article 17(3)(b) GDPR). police order 17\n"));
    CHECK(json_of(answer).at("refusals").at(0).at("ground") == "17(3)(b)");
    CHECK(json_of(answer).at("refusals").at(0).at("whole") == false);
    REQUIRE(office.desk.release_hold(Office::act(number), kept));
    CHECK_FALSE(mentions(text_of(*office.desk.answer(number)), "police order 17"));
}

TEST_CASE("Who withdrew is not told what would have been kept, and why", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    REQUIRE(office.hold(number, {note(1)}));
    CHECK(office.desk.answer(number)->recipients.at(0).profile_stays);
    REQUIRE(office.desk.withdraw(Office::act(number)));
    const auto answer = *office.desk.answer(number);
    CHECK(answer.refusals.empty());
    CHECK(answer.objects_kept == 0);
    CHECK_FALSE(answer.names_remedies);
    CHECK_FALSE(answer.recipients.at(0).profile_stays);
    CHECK_FALSE(mentions(text_of(answer), "What we do not erase"));
}

TEST_CASE("A ground that is over is not told again with a later one", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    office.lies(2, {"a.example"});
    const auto number = office.started();
    const std::vector<Personal<std::string>> kept{personal(note(1))};
    const std::vector<Personal<std::string>> more{personal(note(2))};
    REQUIRE(office.hold(number, {note(1)}));
    REQUIRE(office.desk.release_hold(Office::act(number), kept));
    REQUIRE(office.desk.refuse_partly(
        Office::act(number, "invoices"), {kept, {}}, privacy::RefusalGround::LegalObligation));
    CHECK_FALSE(mentions(text_of(*office.desk.answer(number)), "a court asked"));
    CHECK(mentions(text_of(*office.desk.answer(number)), "invoices"));
    CHECK(office.desk.answer(number)->refusals.size() == 1);

    REQUIRE(office.hold(number, {note(2)}));
    REQUIRE(office.desk.release_hold(Office::act(number), more));
    CHECK(mentions(text_of(*office.desk.answer(number)), "invoices"));  // what it keeps is kept still
}

TEST_CASE("Where all that lies is kept nobody is said to be told", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    REQUIRE(office.hold(number, {note(1)}));
    const auto answer = *office.desk.answer(number);
    REQUIRE(answer.recipients.size() == 1);
    CHECK_FALSE(answer.recipients[0].state);
    CHECK(mentions(text_of(answer), "a.example: not told"));
}

TEST_CASE("Nobody is said to be told later where nothing leaves any more", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example", "b.example"});
    const auto number = office.started();
    CHECK(mentions(text_of(*office.desk.answer(number)), "a.example: will be told"));
    REQUIRE(office.desk.stop(Office::act(number)));
    CHECK(mentions(text_of(*office.desk.answer(number)), "a.example: not told\n"));
    auto sent = office.notice_to(number, "b.example");
    sent.state = NoticeState::Sent;
    sent.left = true;
    office.write(sent);
    REQUIRE(office.desk.close(Office::act(number)));
    const auto answer = *office.desk.answer(number);
    CHECK(mentions(text_of(answer), "a.example: not told\n"));
    CHECK(mentions(text_of(answer), "b.example: told, has not answered everything yet\n"));
    const auto json = json_of(answer);
    CHECK(json.at("recipients").at(0).at("state").is_null());
    CHECK(json.at("recipients").at(0).at("told") == false);
    CHECK(json.at("recipients").at(1).at("told") == true);
}

TEST_CASE("Who is doubted learns nothing of what is kept", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.opened();
    const std::vector kept{Personal<std::string>{note(1)}};
    REQUIRE(
        office.desk.hold(Office::act(number, "COURT-ORDER"), kept, privacy::RefusalGround::LegalObligation));
    CHECK(mentions(text_of(*office.desk.answer(number)), "COURT-ORDER"));
    REQUIRE(office.desk.ask_identity(Office::act(number, "another address than the account's")));
    const auto answer = *office.desk.answer(number);
    CHECK(answer.objects_kept == 0);
    CHECK_FALSE(mentions(text_of(answer), "COURT-ORDER"));
}

TEST_CASE("An extension says why and until when", "[erasure][answer]") {
    Office office;
    const auto number = office.opened();
    REQUIRE(office.desk.extend(Office::act(number, "five thousand servers must be told")));
    const auto answer = *office.desk.answer(number);
    const auto text = text_of(answer);
    CHECK(json_of(answer).at("due") == "2027-02-22");
    CHECK(mentions(text, "five thousand servers"));
    CHECK(mentions(text, "22 February 2027"));
}

TEST_CASE("A person whose key is destroyed is answered without a name", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    office.vault.shred(office.alice);
    const auto answer = office.desk.answer(number);
    REQUIRE(answer);
    CHECK(answer->handle.reveal().empty());
    CHECK(answer->recipients.size() == 1);
}
