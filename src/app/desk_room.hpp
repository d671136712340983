/// The desk with its planner, under one set of policies: reading policies again makes a new one.

#pragma once

#include <memory>

#include "app/erasure_policies.hpp"
#include "erasure/desk.hpp"
#include "erasure/planner.hpp"

namespace fedtrail::app {

class DeskRoom {
public:
    /// The ports must outlive it.
    DeskRoom(std::shared_ptr<const ErasurePolicies> policies,
             const erasure::DeskPorts& ports,
             const RecipientDirectory& directory,
             erasure::Planner::Barred barred,
             erasure::Planner::Permits permits)
        : policies_(std::move(policies)),
          planner_({ports.reader,
                    ports.holdings,
                    ports.vault,
                    directory,
                    ports.notices,
                    ports.requests,
                    ports.clock,
                    ports.evidence},
                   policies_->dialects,
                   planner_options(std::move(barred), std::move(permits))),
          desk_(ports, planner_, policies_->calendar) {}
    DeskRoom(const DeskRoom&) = delete;
    DeskRoom& operator=(const DeskRoom&) = delete;
    DeskRoom(DeskRoom&&) = delete;
    DeskRoom& operator=(DeskRoom&&) = delete;
    ~DeskRoom() = default;

    [[nodiscard]] erasure::Desk& desk() { return desk_; }
    [[nodiscard]] erasure::Planner& planner() { return planner_; }
    [[nodiscard]] const ErasurePolicies& policies() const { return *policies_; }

private:
    [[nodiscard]] static erasure::Planner::Options planner_options(erasure::Planner::Barred barred,
                                                                   erasure::Planner::Permits permits) {
        erasure::Planner::Options options;
        options.barred = std::move(barred);
        options.permits = std::move(permits);
        return options;
    }

    std::shared_ptr<const ErasurePolicies> policies_;
    erasure::Planner planner_;
    erasure::Desk desk_;
};

}  // namespace fedtrail::app
