/// ListWalk: page by page through what a recipient lists of one account; one way for all objects of a look.
/// Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "fedtrail/fediverse/probe.hpp"

#include "erasure/look.hpp"

namespace fedtrail::erasure {

class ListWalk {
public:
    /// The next question. Errors: Invalid, as fediverse::probe_request has it.
    [[nodiscard]] Result<fediverse::ProbeRequest> question(const fediverse::Probe& probe,
                                                           const Host& recipient,
                                                           fediverse::ProbePlaces person) const;
    void take(const fediverse::Probe& probe,
              const fediverse::ProbePlaces& person,
              const RemoteResponse& response);
    /// What it says of an object; nothing: there are more pages.
    [[nodiscard]] std::optional<Finding> finding(const Personal<std::string>& object) const;
    /// Of the last answer.
    [[nodiscard]] std::uint16_t status() const { return status_; }

private:
    void turn(const fediverse::ProbeList& list, fediverse::ProbePage page);

    std::string id_;
    std::string last_;
    std::size_t page_{1};
    std::set<std::string> uris_;
    std::optional<Finding> end_;  ///< What is said of everything that was on no page.
    std::uint16_t status_{};
};

}  // namespace fedtrail::erasure
