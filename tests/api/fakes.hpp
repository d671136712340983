/// The API's ports, in memory.

#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fedtrail/ports/gatekeeper.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/observation_intake.hpp"
#include "fedtrail/ports/subject_vault.hpp"

namespace fedtrail::testing {

class FakeLedger final : public LedgerReader {
public:
    std::vector<PairAggregate> pairs;
    std::vector<RecipientTotals> hosts;  ///< Sorted.
    bool down{};

    Result<std::vector<PairAggregate>> recipients_of(privacy::SubjectNumber, const Window&) const override {
        if (down) {
            return fail(ErrorKind::Unavailable, "the ledger is down", "wait");
        }
        return pairs;
    }
    Result<std::vector<privacy::SubjectNumber>> subjects_at(const Host&) const override {
        return std::vector<privacy::SubjectNumber>{};
    }
    Result<std::vector<Holder>> holders_of(privacy::SubjectNumber, const Uri&) const override {
        return std::vector<Holder>{};
    }
    Result<std::vector<RecipientTotals>> recipients(std::string_view after,
                                                    std::size_t limit) const override {
        std::vector<RecipientTotals> page;
        for (const auto& host : hosts) {
            if (host.recipient.text() > after && page.size() < limit) {
                page.push_back(host);
            }
        }
        return page;
    }
    Result<LedgerTotals> totals() const override { return LedgerTotals{}; }
};

class FakeVault final : public SubjectVault {
public:
    std::map<std::string, std::uint64_t> known;

    Result<privacy::SubjectNumber> enrol(const Uri&, std::string_view) override {
        return fail(ErrorKind::Denied, "read only");
    }
    Result<privacy::SubjectNumber> find(std::string_view subject) const override {
        const auto found = known.find(std::string{subject});
        if (found == known.end()) {
            return fail(ErrorKind::NotFound, "nobody of that name is known");
        }
        return privacy::SubjectNumber{found->second};
    }
    Result<SubjectIdentity> identity(privacy::SubjectNumber number) const override {
        return SubjectIdentity{number,
                               Host::parse("origin.example").value(),
                               Personal<std::string>{"https://origin.example/users/alice"},
                               Personal<std::string>{"alice@origin.example"}};
    }
    Result<std::vector<privacy::SubjectNumber>> list(privacy::SubjectNumber after,
                                                     std::size_t limit) const override {
        std::set<privacy::SubjectNumber> numbers;
        for (const auto& [name, number] : known) {
            if (number > after.get()) {
                numbers.insert(privacy::SubjectNumber{number});
            }
        }
        std::vector<privacy::SubjectNumber> page(numbers.begin(), numbers.end());
        page.resize(std::min(page.size(), limit));
        return page;
    }
};

class FakeIntake final : public ObservationIntake {
public:
    int calls{};
    bool down{};

    Result<IntakeReceipt> take(std::string_view ndjson) override {
        ++calls;
        if (down) {
            return fail(ErrorKind::Unavailable, "the ledger cannot be written", "make room");
        }
        return IntakeReceipt{ndjson.size(), 1, 0, 0, {{2, "it is not JSON"}}, 1};
    }
};

class FakeGate final : public Gatekeeper {
public:
    std::map<std::string, Grant> grants;

    Result<Grant> admit(std::string_view token) const override {
        const auto found = grants.find(std::string{token});
        if (found == grants.end()) {
            return fail(ErrorKind::Denied, "this token is not known");
        }
        return found->second;
    }
};

}  // namespace fedtrail::testing
