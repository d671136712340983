/// Holds back what a person's objection forbids: nothing of theirs goes to that recipient any more (GDPR
/// Art. 21).

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/delivery_sink.hpp"
#include "fedtrail/ports/objection_book.hpp"
#include "fedtrail/ports/subject_vault.hpp"

namespace fedtrail::erasure {

struct ObjectionGateOptions {
    std::size_t max_waiting{10'000};  ///< Preventions that are not written down yet; more are only counted.
    std::chrono::seconds retry{60};   ///< After the ledger would not take them.
};

/// Stands before the sink that records. All methods may be called from any thread at once.
class ObjectionGate final : public DeliverySink {
public:
    /// `next`, `book`, `vault` and `clock` must outlive it. `wake` is called when step() has something to do.
    ObjectionGate(DeliverySink& next,
                  const ObjectionBook& book,
                  const SubjectVault& vault,
                  const Clock& clock,
                  ObjectionGateOptions options,
                  std::function<void()> wake);
    ObjectionGate(const ObjectionGate&) = delete;
    ObjectionGate& operator=(const ObjectionGate&) = delete;
    ObjectionGate(ObjectionGate&&) = delete;
    ObjectionGate& operator=(ObjectionGate&&) = delete;
    ~ObjectionGate() override;

    /// Denied, at once and from this thread, if the actor or an author of what is inside objects to the
    /// recipient. Delete and Undo always pass: they take data back. Unavailable if the list of objections
    /// changed and cannot be read: rather held up than sent against somebody's will.
    void intend(records::Observation observation, IntentDone done) override;
    void settle(IntentId intent, privacy::Outcome outcome) override { next_.settle(intent, outcome); }
    [[nodiscard]] Result<std::size_t> observe(std::span<const records::Observation> observations) override {
        return next_.observe(observations);
    }
    void tunnel(const records::TunnelObservation& tunnel) override { next_.tunnel(tunnel); }
    void gap(const records::GapObservation& gap) override { next_.gap(gap); }

    /// Writes down what was prevented. When it wants to be called again; nothing: when woken.
    [[nodiscard]] Result<std::optional<Instant>> step();

    struct Figures {
        std::uint64_t prevented{};
        std::uint64_t unrecorded{};  ///< Prevented, but there was no room to write it down.
    };
    [[nodiscard]] Figures figures() const;

private:
    struct Index;
    using Indexed = std::shared_ptr<const Index>;

    [[nodiscard]] Result<Indexed> current();
    [[nodiscard]] Result<Indexed> rebuilt(std::uint64_t generation);
    /// Nothing: shredded, so that nothing of theirs can be recognised any more.
    [[nodiscard]] Result<std::optional<std::string>> actor_of(privacy::SubjectNumber subject);
    [[nodiscard]] static bool objects(const Index& index, const records::Observation& observation);
    void keep(records::Observation observation);

    DeliverySink& next_;
    const ObjectionBook& book_;
    const SubjectVault& vault_;
    const Clock& clock_;
    ObjectionGateOptions options_;
    std::function<void()> wake_;

    std::mutex index_lock_;
    Indexed index_;
    std::unordered_map<std::uint64_t, std::string> actors_;  ///< By subject number; under index_lock_.

    mutable std::mutex waiting_lock_;
    std::vector<records::Observation> waiting_;
    Figures figures_;
};

}  // namespace fedtrail::erasure
