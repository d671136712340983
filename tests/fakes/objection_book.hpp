/// A book of objections in memory, with their reasons.

#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "fedtrail/ports/objection_book.hpp"
#include "fedtrail/ports/objection_reasons.hpp"

namespace fedtrail::testing {

class FakeObjectionBook final : public ObjectionBook, public ObjectionReasons {
public:
    Result<void> object(const records::Objection& objection) override {
        const std::scoped_lock lock{mutex_};
        const auto known = find(objection.subject, objection.recipient);
        if (known == list_.end()) {
            list_.push_back(objection);
            ++generation_;
        } else if (objection.request.get() == 0 && known->request.get() != 0) {
            known->request = objection.request;
            ++generation_;
        }
        return {};
    }
    Result<void> lift(privacy::SubjectNumber subject, const Host& recipient) override {
        const std::scoped_lock lock{mutex_};
        const auto found = find(subject, recipient);
        if (found != list_.end()) {
            list_.erase(found);
            reasons_[subject].erase(recipient);
            ++generation_;
        }
        return {};
    }
    Result<std::vector<records::Objection>> objections() const override {
        const std::scoped_lock lock{mutex_};
        return list_;
    }
    std::uint64_t generation() const override {
        const std::scoped_lock lock{mutex_};
        return generation_;
    }
    Result<void> keep_reason(privacy::SubjectNumber subject,
                             const Host& recipient,
                             const std::string& reason) override {
        const std::scoped_lock lock{mutex_};
        if (find(subject, recipient) == list_.end()) {
            return fail(ErrorKind::NotFound, "no objection of this person to that server stands");
        }
        reasons_[subject][recipient] = reason;
        return {};
    }
    Result<std::map<Host, std::string>> reasons(privacy::SubjectNumber subject) const override {
        const std::scoped_lock lock{mutex_};
        const auto found = reasons_.find(subject);
        return found == reasons_.end() ? std::map<Host, std::string>{} : found->second;
    }

private:
    std::vector<records::Objection>::iterator find(privacy::SubjectNumber subject, const Host& recipient) {
        return std::find_if(list_.begin(), list_.end(), [&](const records::Objection& one) {
            return one.subject == subject && one.recipient == recipient;
        });
    }

    mutable std::mutex mutex_;
    std::vector<records::Objection> list_;
    std::map<privacy::SubjectNumber, std::map<Host, std::string>> reasons_;
    std::uint64_t generation_{1};
};

}  // namespace fedtrail::testing
