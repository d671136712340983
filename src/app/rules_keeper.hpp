/// Keeps the rules in force as their file says: at the start, after SIGHUP, and when the file changes.

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "fedtrail/ports/clock.hpp"

#include "app/config.hpp"
#include "app/policies.hpp"
#include "app/rules_file.hpp"
#include "capture/rules_in_force.hpp"

namespace fedtrail::app {

class RulesKeeper {
public:
    struct State {
        RulesPlace place;                         ///< Of the rules in force.
        std::shared_ptr<const std::string> text;  ///< They as they were read; null before the first.
        std::optional<Error> refused;             ///< Why the file as it is now is not in force.
    };

    /// All must outlive it. `told` is called when rules came into force (null) or were refused.
    RulesKeeper(const Config& config,
                const Clock& clock,
                capture::RulesInForce& rules,
                std::function<void(const State&)> told)
        : config_(config), clock_(clock), rules_(rules), told_(std::move(told)) {}

    /// Reads the file in any case. A file that cannot be used leaves the old rules in force. Errors: those of
    /// load_rules().
    [[nodiscard]] Result<void> load(const PolicyFolders& folders);
    /// Reads it if it is another than the last time; to be called every second.
    void look(const PolicyFolders& folders);
    /// Thread-safe.
    [[nodiscard]] State state() const;

private:
    /// What tells that a file is another one.
    struct Stamp {
        std::filesystem::path file;
        std::int64_t changed{};  ///< Nanoseconds; of the file's status: also a rename.
        std::uint64_t node{};
        std::int64_t size{-1};  ///< -1: it is not there.

        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    [[nodiscard]] static Stamp stamp_of(const std::filesystem::path& file);
    /// The controller's own file does not give way to the shipped one by being gone.
    [[nodiscard]] RulesPlace place_now(const PolicyFolders& folders) const;

    const Config& config_;
    const Clock& clock_;
    capture::RulesInForce& rules_;
    std::function<void(const State&)> told_;
    Stamp seen_;
    bool loaded_{};
    mutable std::mutex lock_;
    State state_;
};

}  // namespace fedtrail::app
