#include <string>

#include "api/answers.hpp"
#include "api/api.hpp"

namespace fedtrail::api {

HttpResponse Api::health(const Call& /*call*/) {
    return {200, {{"Content-Type", "text/plain"}}, "ok\n"};
}

HttpResponse Api::readiness(const Call& /*call*/) {
    if (const auto ready = doors_.ready(); !ready) {
        return problem(503, "Not ready", ready.error().what, ready.error().remedy);
    }
    return {200, {{"Content-Type", "text/plain"}}, "ready\n"};
}

HttpResponse Api::metrics(const Call& /*call*/) {
    return metrics_of(false);
}

HttpResponse Api::metrics_with_hosts(const Call& /*call*/) {
    return metrics_of(true);
}

/// Prometheus text format 0.0.4.
HttpResponse Api::metrics_of(bool with_hosts) const {
    std::string out;
    std::string before;
    for (const auto& figure : doors_.figures()) {
        if (figure.names_others && !with_hosts) {
            continue;
        }
        const bool counter = figure.name.ends_with("_total");
        if (figure.name != before) {
            out += "# HELP " + figure.name + " " + figure.help + "\n# TYPE " + figure.name +
                   (counter ? " counter\n" : " gauge\n");
            before = figure.name;
        }
        out += figure.key() + " " + std::to_string(figure.value) + "\n";
    }
    out +=
        "# HELP fedtrail_api_answers_total Answers by class of status.\n"
        "# TYPE fedtrail_api_answers_total counter\n";
    for (std::size_t hundreds = 2; hundreds < answered_.size(); ++hundreds) {
        out += "fedtrail_api_answers_total{class=\"" + std::to_string(hundreds) + "xx\"} " +
               std::to_string(answered_.at(hundreds).load(std::memory_order_relaxed)) + "\n";
    }
    return {200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, std::move(out)};
}

}  // namespace fedtrail::api
