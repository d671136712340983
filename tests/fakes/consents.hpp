/// Consents in memory.

#pragma once

#include <algorithm>
#include <mutex>
#include <vector>

#include "fedtrail/ports/consent_book.hpp"

namespace fedtrail::testing {

class FakeConsents final : public ConsentBook {
public:
    Result<records::Consent> give(records::Consent consent, Instant) override {
        const std::scoped_lock held{lock_};
        if (consent.evidence.empty()) {
            return fail(ErrorKind::Invalid, "no evidence");
        }
        consent.number = list_.size() + 1;
        list_.push_back(consent);
        return consent;
    }
    Result<records::Consent> withdraw(privacy::SubjectNumber subject,
                                      const privacy::Country& country,
                                      const Host& recipient,
                                      const privacy::Day& day,
                                      Instant) override {
        const std::scoped_lock held{lock_};
        for (auto& each : list_) {
            if (each.subject == subject && each.country == country && each.recipient == recipient &&
                !each.withdrawn) {
                each.withdrawn = day;
                return each;
            }
        }
        return fail(ErrorKind::NotFound, "none stands");
    }
    Result<std::vector<records::Consent>> consents(privacy::SubjectNumber subject) const override {
        const std::scoped_lock held{lock_};
        std::vector<records::Consent> found;
        std::copy_if(list_.begin(), list_.end(), std::back_inserter(found), [&](const auto& each) {
            return each.subject == subject;
        });
        return found;
    }
    Result<std::vector<records::Consent>> consents() const override {
        const std::scoped_lock held{lock_};
        return list_;
    }

private:
    mutable std::mutex lock_;
    std::vector<records::Consent> list_;
};

}  // namespace fedtrail::testing
