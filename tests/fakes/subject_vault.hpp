/// A vault in memory: people by number, without a seal.

#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/ports/subject_vault.hpp"

namespace fedtrail::testing {

/// Not thread-safe.
class FakeSubjectVault final : public SubjectVault {
public:
    std::optional<ErrorKind> failure;  ///< Of everything that reads.
    std::set<std::uint64_t> damaged;   ///< Whose identity cannot be opened.

    Result<privacy::SubjectNumber> enrol(const Uri& actor, std::string_view username) override {
        for (auto& [number, identity] : people_) {
            if (identity.actor.reveal() == actor.text()) {
                if (identity.handle.reveal().empty() && !username.empty()) {
                    identity.handle =
                        Personal<std::string>{std::string{username} + "@" + actor.host().text()};
                }
                return privacy::SubjectNumber{number};
            }
        }
        const auto number = people_.size() + 1;
        const auto handle =
            username.empty() ? std::string{} : std::string{username} + "@" + actor.host().text();
        people_[number] = SubjectIdentity{privacy::SubjectNumber{number},
                                          actor.host(),
                                          Personal<std::string>{actor.text()},
                                          Personal<std::string>{handle}};
        return privacy::SubjectNumber{number};
    }
    Result<privacy::SubjectNumber> find(std::string_view subject) const override {
        if (failure) {
            return fail(*failure, "the fake vault was told to fail");
        }
        for (const auto& [number, identity] : people_) {
            if (identity.actor.reveal() == subject || identity.handle.reveal() == subject) {
                return privacy::SubjectNumber{number};
            }
        }
        return fail(ErrorKind::NotFound, "nobody is known by that name");
    }
    Result<SubjectIdentity> identity(privacy::SubjectNumber number) const override {
        if (failure) {
            return fail(*failure, "the fake vault was told to fail");
        }
        if (damaged.count(number.get()) != 0) {
            return fail(ErrorKind::Corrupt, "the fake vault has one who is damaged");
        }
        const auto found = people_.find(number.get());
        if (found == people_.end()) {
            return fail(ErrorKind::NotFound, "nobody has this number");
        }
        return found->second;
    }
    Result<std::vector<privacy::SubjectNumber>> list(privacy::SubjectNumber after,
                                                     std::size_t limit) const override {
        std::vector<privacy::SubjectNumber> numbers;
        for (const auto& [number, identity] : people_) {
            if (number > after.get() && numbers.size() < limit) {
                numbers.emplace_back(number);
            }
        }
        return numbers;
    }
    /// As if the key of that person had been destroyed.
    void shred(privacy::SubjectNumber number) { people_.erase(number.get()); }

private:
    std::map<std::uint64_t, SubjectIdentity> people_;
};

}  // namespace fedtrail::testing
