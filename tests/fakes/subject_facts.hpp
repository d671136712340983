/// What is written down of people, in memory.

#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "fedtrail/ports/subject_facts.hpp"

namespace fedtrail::testing {

class FakeSubjectFacts final : public SubjectFacts {
public:
    Result<void> set_minor(privacy::SubjectNumber subject, std::optional<bool> minor) override {
        const std::scoped_lock held{lock_};
        minors_[subject] = minor;
        ++generation_;
        return {};
    }
    [[nodiscard]] Result<std::optional<bool>> minor(privacy::SubjectNumber subject) const override {
        const std::scoped_lock held{lock_};
        const auto found = minors_.find(subject);
        return found == minors_.end() ? std::optional<bool>{} : found->second;
    }
    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> minors() const override {
        const std::scoped_lock held{lock_};
        std::vector<privacy::SubjectNumber> list;
        for (const auto& [subject, minor] : minors_) {
            if (minor.value_or(false)) {
                list.push_back(subject);
            }
        }
        return list;
    }
    [[nodiscard]] std::uint64_t generation() const override {
        const std::scoped_lock held{lock_};
        return generation_;
    }

private:
    mutable std::mutex lock_;
    std::map<privacy::SubjectNumber, std::optional<bool>> minors_;
    std::uint64_t generation_{1};
};

}  // namespace fedtrail::testing
