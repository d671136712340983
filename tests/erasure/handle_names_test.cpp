#include "erasure/handle_names.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace fedtrail;
using erasure::handle_names;

namespace {

SubjectIdentity known_as(const std::string& handle) {
    return {privacy::SubjectNumber{1},
            Host::parse("social.origin.example").value(),
            Personal{std::string{"https://social.origin.example/users/alice"}},
            Personal{handle}};
}

std::vector<std::string> names_of(const SubjectIdentity& person, const HandleFacts& facts = {}) {
    std::vector<std::string> names;
    for (const auto& handle : handle_names(person, facts, false).handles) {
        names.push_back(handle.reveal());
    }
    return names;
}

}  // namespace

TEST_CASE("Whose handle has another host than their URI is asked for by both", "[erasure][handles]") {
    CHECK(names_of(known_as("alice@origin.example")) ==
          std::vector<std::string>{"alice@origin.example", "alice@social.origin.example"});
    CHECK(names_of(known_as("alice@social.origin.example")) ==
          std::vector<std::string>{"alice@social.origin.example"});
    CHECK(names_of(known_as("")) == std::vector<std::string>{""});
}

TEST_CASE("What is no handle is asked for at no other host", "[erasure][handles]") {
    CHECK(names_of(known_as("alice")) == std::vector<std::string>{"alice"});
    CHECK(names_of(known_as("@origin.example")) == std::vector<std::string>{"@origin.example"});
    HandleFacts facts;
    facts.told = true;
    facts.host = HandleHost{Host::parse("origin.example").value(), true};
    CHECK(names_of(known_as("al ice@social.origin.example"), facts) ==
          std::vector<std::string>{"al ice@social.origin.example"});
}
