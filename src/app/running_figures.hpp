/// What a running sidecar says of itself in its metrics.

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.hpp"
#include "app/instance.hpp"

namespace fedtrail::app {

/// By name, with labels: "fedtrail_proxy_tunnels_total".
using RunningFigures = std::map<std::string, std::uint64_t, std::less<>>;

struct RunningAnswers {
    bool ready{};            ///< /readyz said yes.
    RunningFigures figures;  ///< Empty: it did not answer.
    bool answered{true};     ///< /readyz said anything.
};

/// Asks it; gives up after three seconds. Hosts of others are told to whoever can read the token in
/// `data_dir`.
[[nodiscard]] RunningAnswers ask_running(const RunningInstance& instance,
                                         const std::filesystem::path& data_dir);

/// The same without asking: `figures` are its own.
[[nodiscard]] RunningFigures by_name(std::span<const api::Figure> figures);

/// 0 if there is none of the name.
[[nodiscard]] std::uint64_t figure_named(const RunningFigures& figures, std::string_view name);

/// A host that clients refused the authority for, and the connections there that passed unread since the
/// start.
struct UntrustedHost {
    std::string host;
    std::uint64_t tunnels{};
};

/// Most connections first; empty where none were told.
[[nodiscard]] std::vector<UntrustedHost> untrusted_hosts(const RunningFigures& figures);
/// ": a.example (3), b.example (1) and 5 more"; "" where none were told.
[[nodiscard]] std::string untrusted_text(const RunningFigures& figures);

}  // namespace fedtrail::app
