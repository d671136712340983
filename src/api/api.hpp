/// The HTTP face: addresses to answers. No decisions in it.

#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/gatekeeper.hpp"
#include "fedtrail/ports/http_server.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/observation_intake.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "api/repeats.hpp"
#include "api/target.hpp"
#include "reports/report_texts.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::api {

/// One line of /metrics; no host names, no personal data.
struct Figure {
    std::string name;  ///< "fedtrail_proxy_requests_total"; one that ends in _total is a counter.
    std::string help;
    std::uint64_t value{};
};

/// Everything the API asks; all must outlive it and be thread-safe.
struct Doors {
    const LedgerReader& ledger;
    const SubjectVault& vault;
    ObservationIntake& intake;
    const Gatekeeper& gate;
    const Clock& clock;
    reports::ControllerBlock controller;
    std::function<std::shared_ptr<const reports::ReportTexts>()> texts;  ///< Never null.
    std::function<std::vector<Figure>()> figures;
    std::function<Result<void>()> ready;  ///< Why it is not, if it is not.
};

/// What a route's function gets.
struct Call {
    const HttpRequest& request;
    const Target& target;
    std::vector<std::string> captured;  ///< The segments that stood for {…}.
    Grant grant;                        ///< Empty on open routes.
};

class Api {
public:
    explicit Api(Doors doors) : doors_(std::move(doors)) {}

    /// Any thread; never throws.
    [[nodiscard]] HttpResponse answer(const HttpRequest& request);

    struct Route {
        std::string_view method;
        std::string_view pattern;   ///< "/api/v1/subjects/{id}/report"
        bool open{};                ///< Needs no token.
        std::vector<Scope> scopes;  ///< Any of them (or admin) will do.
        HttpResponse (Api::*run)(const Call&);
    };
    [[nodiscard]] static std::span<const Route> routes();

private:
    [[nodiscard]] HttpResponse routed(const HttpRequest& request);
    [[nodiscard]] HttpResponse admitted(const Route& route, Call& call);

    [[nodiscard]] HttpResponse health(const Call& call);
    [[nodiscard]] HttpResponse readiness(const Call& call);
    [[nodiscard]] HttpResponse metrics(const Call& call);
    [[nodiscard]] HttpResponse observations(const Call& call);
    [[nodiscard]] HttpResponse subject_report(const Call& call);
    [[nodiscard]] HttpResponse recipients(const Call& call);

    [[nodiscard]] HttpResponse taken(const HttpRequest& request);
    [[nodiscard]] Result<privacy::SubjectNumber> subject_for(const Call& call) const;

    Doors doors_;
    Repeats repeats_;
    std::array<std::atomic<std::uint64_t>, 6> answered_{};  ///< By the hundreds of the status.
};

}  // namespace fedtrail::api
