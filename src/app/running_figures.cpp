#include "app/running_figures.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>

#include "fedtrail/core/count.hpp"

#include "app/config.hpp"
#include "app/tokens.hpp"
#include "backends/poco/http_server.hpp"

namespace fedtrail::app {

namespace {

constexpr std::chrono::seconds kFiguresPatience{3};
constexpr std::size_t kShown = 3;
constexpr std::string_view kUntrusted = "fedtrail_proxy_untrusted_host_tunnels{host=\"";

RunningFigures parse_metrics(const std::string& text) {
    RunningFigures figures;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        const auto space = line.rfind(' ');
        if (line.starts_with('#') || space == std::string::npos) {
            continue;
        }
        figures[line.substr(0, space)] = std::strtoull(line.c_str() + space + 1, nullptr, 10);
    }
    return figures;
}

}  // namespace

RunningAnswers ask_running(const RunningInstance& instance, const std::filesystem::path& data_dir) {
    RunningAnswers answers;
    const auto endpoint = endpoint_from(instance.api);
    if (!endpoint) {
        return answers;
    }
    const auto client = poco::client(endpoint->address, endpoint->port, kFiguresPatience);
    const auto ready = client->send({"GET", "/readyz", {}, {}});
    answers.answered = ready.has_value();
    answers.ready = ready && ready->status == 200;
    const auto token = local_token(data_dir);
    auto metrics = token
                       ? client->send({"GET", "/api/v1/metrics", {{"Authorization", "Bearer " + *token}}, {}})
                       : fail(token);
    if (!metrics || metrics->status != 200) {
        metrics = client->send({"GET", "/metrics", {}, {}});
    }
    if (metrics && metrics->status == 200) {
        answers.figures = parse_metrics(metrics->body);
    }
    return answers;
}

RunningFigures by_name(std::span<const api::Figure> figures) {
    RunningFigures named;
    for (const auto& figure : figures) {
        named[figure.key()] = figure.value;
    }
    return named;
}

std::uint64_t figure_named(const RunningFigures& figures, std::string_view name) {
    const auto found = figures.find(name);
    return found == figures.end() ? 0 : found->second;
}

std::vector<UntrustedHost> untrusted_hosts(const RunningFigures& figures) {
    std::vector<UntrustedHost> hosts;
    for (const auto& [name, tunnels] : figures) {
        if (name.starts_with(kUntrusted)) {
            const auto rest = name.substr(kUntrusted.size());
            hosts.push_back({rest.substr(0, rest.find('"')), tunnels});
        }
    }
    std::stable_sort(
        hosts.begin(), hosts.end(), [](const auto& a, const auto& b) { return a.tunnels > b.tunnels; });
    return hosts;
}

std::string untrusted_text(const RunningFigures& figures) {
    const auto hosts = untrusted_hosts(figures);
    std::string text = hosts.empty() ? "" : ": ";
    for (std::size_t i = 0; i < std::min(hosts.size(), kShown); ++i) {
        text += (i == 0 ? "" : ", ") + hosts[i].host + " (" + grouped(hosts[i].tunnels) + ")";
    }
    const auto all = figure_named(figures, "fedtrail_proxy_untrusted_hosts");
    return !hosts.empty() && all > kShown ? text + " and " + grouped(all - kShown) + " more" : text;
}

}  // namespace fedtrail::app
