/// A sink that keeps what it is given, and answers when it is told to.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "fedtrail/ports/delivery_sink.hpp"

namespace fedtrail::testing {

/// Not thread-safe.
class FakeDeliverySink final : public DeliverySink {
public:
    std::vector<records::Observation> intents;
    std::vector<records::Observation> observed;
    std::vector<records::TunnelObservation> opened;
    std::vector<std::pair<IntentId, privacy::Outcome>> settled;
    std::optional<ErrorKind> failure;  ///< Of intend() and observe().
    bool concerns_nobody{};            ///< As a recorder answers what is about no local person.

    void intend(records::Observation observation, IntentDone done) override {
        if (failure) {
            done(fail(*failure, "the fake sink was told to fail"));
            return;
        }
        intents.push_back(std::move(observation));
        done(IntentId{concerns_nobody ? 0 : intents.size()});
    }
    void gather(records::Observation observation, IntentDone done) override {
        ++gathered;
        intend(std::move(observation), std::move(done));
    }
    void write_gathered() override { ++written; }
    void settle(IntentId intent, privacy::Outcome outcome) override { settled.emplace_back(intent, outcome); }
    Result<Observed> observe(std::span<const records::Observation> observations) override {
        if (failure) {
            return fail(*failure, "the fake sink was told to fail");
        }
        observed.insert(observed.end(), observations.begin(), observations.end());
        return Observed{observations.size(), 0};
    }
    void open_tunnel(const records::TunnelObservation& tunnel, TunnelReason, TunnelDone done) override {
        if (failure) {
            done(fail(*failure, "the fake sink was told to fail"));
            return;
        }
        opened.push_back(tunnel);
        done({});
    }
    void tunnel(const records::TunnelObservation&) override { ++tunnels; }
    void gap(const records::GapObservation&) override { ++gaps; }

    int gathered = 0;  ///< Of `intents`, those that came by gather().
    int written = 0;
    int tunnels = 0;
    int gaps = 0;
};

}  // namespace fedtrail::testing
