/// People as JSON; the same for the API and the command line.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/subject_vault.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::api {

/// One person as `subjects show` tells them.
struct Portrait {
    SubjectIdentity person;
    std::vector<PairAggregate> pairs;
    std::uint64_t prevented{};  ///< Deliveries that transfer rules or objections stopped.
    std::optional<bool> minor;  ///< As written down.
    std::vector<records::Objection> objections;
};

/// schemas/cli/subject.schema.json; with `names` the handle and the actor URI too: the look at them is
/// written down before.
[[nodiscard]] std::string subject_json(const Portrait& of, bool names);

/// What is written down of a person, as in schemas/cli/subject-facts.schema.json.
[[nodiscard]] std::string subject_facts_json(privacy::SubjectNumber subject, std::optional<bool> minor);

}  // namespace fedtrail::api
