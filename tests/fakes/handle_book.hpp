/// Confirmed handles in memory.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "fedtrail/ports/handle_book.hpp"

namespace fedtrail::testing {

/// Knows everybody, and nothing of most. Not thread-safe.
class FakeHandleBook final : public HandleBook {
public:
    std::optional<ErrorKind> failure;  ///< Of everything.
    std::map<std::uint64_t, HandleFacts> facts;
    std::map<std::uint64_t, std::string> names;  ///< As they were told.
    std::set<std::uint64_t> shredded;            ///< Whom it does not know any more.

    Result<HandleFacts> handle_facts(privacy::SubjectNumber subject) const override {
        if (failure) {
            return fail(*failure, "the fake handle book was told to fail");
        }
        const auto found = facts.find(subject.get());
        return found == facts.end() ? HandleFacts{} : found->second;
    }
    Result<void> confirm(privacy::SubjectNumber subject, std::string_view handle) override {
        if (failure) {
            return fail(*failure, "the fake handle book was told to fail");
        }
        facts[subject.get()].confirmed = Personal{std::string{handle}};
        return {};
    }
    Result<void> tell(privacy::SubjectNumber subject, std::string_view username) override {
        if (failure) {
            return fail(*failure, "the fake handle book was told to fail");
        }
        if (shredded.count(subject.get()) != 0) {
            return fail(ErrorKind::NotFound, "nobody has this number");
        }
        facts[subject.get()].told = true;
        names[subject.get()] = username;
        return {};
    }
};

}  // namespace fedtrail::testing
