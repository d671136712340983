#include "api/api.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <set>

#include "fedtrail/core/nearest.hpp"

#include "api/answers.hpp"
#include "api/looks.hpp"
#include "api/repeated_headers.hpp"

namespace fedtrail::api {

namespace {

/// The segments of `target` that stand for {…} if it fits `pattern`.
std::optional<std::vector<std::string>> fits(std::string_view pattern, const Target& target) {
    std::vector<std::string> captured;
    std::size_t at = 0;
    while (!pattern.empty()) {
        pattern.remove_prefix(1);
        const auto end = std::min(pattern.find('/'), pattern.size());
        const auto segment = pattern.substr(0, end);
        if (at == target.segments.size()) {
            return std::nullopt;
        }
        if (segment.starts_with('{')) {
            captured.push_back(target.segments[at]);
        } else if (segment != target.segments[at]) {
            return std::nullopt;
        }
        ++at;
        pattern.remove_prefix(end);
    }
    return at == target.segments.size() ? std::optional{captured} : std::nullopt;
}

constexpr std::size_t kLongestKey = 255;
constexpr std::array<std::string_view, 5> kOnce{
    "Authorization", "Content-Type", "Idempotency-Key", "Fedtrail-Reason", kByHeader};

/// Which of two is meant nobody can tell, and somebody on the way may have taken the other.
std::optional<HttpResponse> said_twice(const HttpRequest& request) {
    for (const auto name : kOnce) {
        if (headers_of(request.headers, name).size() > 1) {
            return bad_request(std::string{name} + " stands in the request more than once", "Send one.");
        }
    }
    return std::nullopt;
}

std::string_view bearer(const HttpRequest& request) {
    constexpr std::string_view kScheme = "bearer ";  // in any case (RFC 9110 section 11.1)
    const auto header = header_of(request.headers, "Authorization");
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    const bool fits_scheme = header.size() > kScheme.size() &&
                             std::equal(kScheme.begin(), kScheme.end(), header.begin(), [&](char a, char b) {
                                 return a == lower(b);
                             });
    return fits_scheme ? header.substr(kScheme.size()) : std::string_view{};
}

HttpResponse unauthorized(const std::string& detail) {
    auto answer = problem(
        401, "Who are you?", detail, "Send Authorization: Bearer TOKEN; `fedtrail token create` makes one.");
    answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"fedtrail\"");
    return answer;
}

/// Null: `allowed` are the methods that this address answers to, if there are any.
const Api::Route* route_for(const HttpRequest& request,
                            const Target& target,
                            std::vector<std::string>& captured,
                            std::string& allowed) {
    for (const auto& route : Api::routes()) {
        auto found = fits(route.pattern, target);
        if (!found) {
            continue;
        }
        if (route.method == request.method || (route.method == "GET" && request.method == "HEAD")) {
            captured = std::move(*found);
            return &route;
        }
        allowed += (allowed.empty() ? "" : ", ") + std::string{route.method};
    }
    return nullptr;
}

/// A filter that is misspelt and passed over would answer with more than was asked for. The words themselves
/// are not repeated: they may be anything.
std::optional<HttpResponse> wrong_query(const Api::Route& route, const Target& target) {
    std::set<std::string_view> seen;
    for (const auto& [name, value] : target.queries) {
        if (std::find(route.queries.begin(), route.queries.end(), name) == route.queries.end()) {
            return bad_request("the address has a query parameter that it does not know",
                               route.queries.empty() ? "It takes none." : did_you_mean(name, route.queries));
        }
        if (!seen.insert(name).second) {
            return bad_request("the query parameter \"" + name + "\" is there twice", "Give it once.");
        }
    }
    return std::nullopt;
}

HttpResponse no_route(const std::string& allowed) {
    if (allowed.empty()) {
        return problem(404, "Not found", "there is nothing at this address", "See schemas/openapi.yaml.");
    }
    auto answer = problem(
        405, "Not with this method", "this address answers to " + allowed, "Send one of these methods.");
    answer.headers.emplace_back("Allow", allowed);
    return answer;
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
std::span<const Api::Route> Api::routes() {
    static const std::vector<Scope> seers{Scope::SubjectSelf, Scope::RequestsWrite, Scope::AuditRead};
    static const std::array all{
        Route{"GET", "/healthz", true, {}, &Api::health},
        Route{"GET", "/readyz", true, {}, &Api::readiness},
        Route{"GET", "/metrics", true, {}, &Api::metrics},
        Route{"GET", "/api/v1/metrics", false, {Scope::AuditRead}, &Api::metrics_with_hosts},
        Route{"GET", "/api/v1/status", false, {Scope::AuditRead}, &Api::status},
        Route{"POST", "/api/v1/observations", false, {Scope::ObservationsWrite}, &Api::observations},
        Route{"GET", "/api/v1/subjects", false, {Scope::AuditRead}, &Api::subjects, {"limit", "after"}},
        Route{
            "GET", "/api/v1/subjects/{id}", false, {Scope::SubjectSelf, Scope::AuditRead}, &Api::subject_one},
        Route{"PATCH", "/api/v1/subjects/{id}", false, {Scope::Admin}, &Api::subject_set},
        Route{"GET",
              "/api/v1/subjects/{id}/report",
              false,
              {Scope::SubjectSelf, Scope::AuditRead},
              &Api::subject_report,
              {"format", "part", "request", "since", "until", "lang"}},
        Route{"GET",
              "/api/v1/subjects/{id}/accesses",
              false,
              {Scope::SubjectSelf, Scope::AuditRead},
              &Api::subject_accesses},
        Route{"GET",
              "/api/v1/subjects/{id}/consents",
              false,
              {Scope::SubjectSelf, Scope::AuditRead},
              &Api::subject_consents},
        Route{"POST", "/api/v1/subjects/{id}/consents", false, {}, &Api::subject_consent},
        Route{"POST",
              "/api/v1/subjects/{id}/consents/withdrawal",
              false,
              {Scope::SubjectSelf},
              &Api::subject_consent_withdraw},
        Route{"GET",
              "/api/v1/subjects/{id}/objections",
              false,
              {Scope::SubjectSelf, Scope::AuditRead},
              &Api::subject_objections},
        Route{"POST", "/api/v1/subjects/{id}/objections", false, {Scope::SubjectSelf}, &Api::subject_object},
        Route{"POST",
              "/api/v1/subjects/{id}/objections/lifting",
              false,
              {Scope::SubjectSelf},
              &Api::subject_allow},
        Route{"POST", "/api/v1/subjects/{id}/shredding", false, {}, &Api::subject_shred},
        Route{"GET", "/api/v1/shreddings", false, {Scope::AuditRead}, &Api::shreddings},
        Route{"POST", "/api/v1/audit/export", false, {Scope::AuditRead}, &Api::audit_export, {"lang"}},
        Route{"POST", "/api/v1/ledger/fold", false, {}, &Api::ledger_fold},
        Route{"GET", "/api/v1/retention", false, {Scope::AuditRead}, &Api::retention_rules},
        Route{"POST", "/api/v1/retention", false, {}, &Api::retention_run},
        Route{"GET",
              "/api/v1/recipients",
              false,
              {Scope::AuditRead},
              &Api::recipients,
              {"limit", "after", "country", "basis", "software", "blocked"}},
        Route{"GET", "/api/v1/recipients/{host}", false, {Scope::AuditRead}, &Api::recipient_one},
        Route{"PATCH", "/api/v1/recipients/{host}", false, {Scope::Admin}, &Api::recipient_declare},
        Route{"POST", "/api/v1/recipients/{host}/refresh", false, {Scope::Admin}, &Api::recipient_refresh},
        Route{
            "GET", "/api/v1/recipients/{host}/policies", false, {Scope::AuditRead}, &Api::recipient_policies},
        Route{"GET", "/api/v1/policy-changes", false, {Scope::AuditRead}, &Api::policy_changes, {"since"}},
        Route{"GET", "/api/v1/transfers/bases", false, {Scope::AuditRead}, &Api::transfer_bases, {"day"}},
        Route{"GET", "/api/v1/transfers/switches/{name}", false, {Scope::AuditRead}, &Api::transfer_switch},
        Route{"PUT", "/api/v1/transfers/switches/{name}", false, {Scope::Admin}, &Api::transfer_switch_turn},
        Route{"GET", "/api/v1/rules", false, {Scope::AuditRead}, &Api::rules},
        Route{"POST", "/api/v1/rules/check", false, {Scope::AuditRead}, &Api::rules_check},
        Route{"POST", "/api/v1/rules/try", false, {Scope::AuditRead}, &Api::rules_try},
        Route{"GET", "/api/v1/software", false, {Scope::AuditRead}, &Api::software},
        Route{"GET", "/api/v1/notice", false, {Scope::AuditRead}, &Api::notice, {"format", "lang"}},
        Route{"GET", "/api/v1/ropa", false, {Scope::AuditRead}, &Api::ropa, {"format", "columns", "lang"}},
        Route{"GET",
              "/api/v1/recipients/{host}/assessment",
              false,
              {Scope::AuditRead},
              &Api::assessment,
              {"format", "lang"}},
        Route{"GET", "/api/v1/requests", false, seers, &Api::requests, {"limit", "after", "open", "subject"}},
        Route{"POST",
              "/api/v1/requests",
              false,
              {Scope::SubjectSelf, Scope::RequestsWrite},
              &Api::request_open},
        Route{"GET", "/api/v1/requests/{number}", false, seers, &Api::request_one},
        Route{"GET", "/api/v1/requests/{number}/plan", false, seers, &Api::request_plan},
        Route{"GET", "/api/v1/requests/{number}/history", false, seers, &Api::request_history},
        Route{"GET",
              "/api/v1/requests/{number}/answer",
              false,
              seers,
              &Api::request_answer,
              {"format", "lang"}},
        Route{"GET",
              "/api/v1/requests/{number}/notices",
              false,
              seers,
              &Api::request_notices,
              {"limit", "after", "state"}},
        Route{"GET", "/api/v1/requests/{number}/notices/{notice}", false, seers, &Api::request_notice},
        Route{"POST",
              "/api/v1/requests/{number}/notices/{notice}/letter-sent",
              false,
              {Scope::RequestsWrite},
              &Api::request_letter_sent},
        Route{"POST",
              "/api/v1/requests/{number}/notices/{notice}/give-up",
              false,
              {Scope::RequestsWrite},
              &Api::request_give_up},
        Route{"GET",
              "/api/v1/requests/{number}/letters",
              false,
              {Scope::RequestsWrite, Scope::AuditRead},
              &Api::request_letters},
        Route{"GET",
              "/api/v1/letters",
              false,
              {Scope::RequestsWrite, Scope::AuditRead},
              &Api::open_letters,
              {"waiting"}},
        Route{"GET", "/api/v1/requests/{number}/events", false, seers, &Api::request_events},
        Route{"POST",
              "/api/v1/requests/{number}/{act}",
              false,
              {Scope::SubjectSelf, Scope::RequestsWrite},
              &Api::request_act},
    };
    return all;
}

HttpResponse Api::sent(HttpResponse answer) {
    const auto hundreds = static_cast<std::size_t>(answer.status / 100);
    answered_.at(hundreds < answered_.size() ? hundreds : 0).fetch_add(1, std::memory_order_relaxed);
    return secured(std::move(answer));
}

HttpResponse Api::answer(const HttpRequest& request) {
    try {
        auto admission = admit(request);
        if (!admission) {
            return sent(std::move(admission.error()));
        }
        const Call call{
            request, admission->target, std::move(admission->captured), std::move(admission->grant)};
        return sent((this->*admission->route->run)(call));
    } catch (const std::exception&) {  // out of memory, or a library that throws where it should not
        return sent(problem(500, "Failed", "this request could not be answered"));
    }
}

std::optional<HttpResponse> Api::refusal(const HttpRequest& head) {
    try {
        auto admission = admit(head);
        return admission ? std::nullopt : std::optional{sent(std::move(admission.error()))};
    } catch (const std::exception&) {
        return std::nullopt;  // answer() meets it again
    }
}

tl::expected<Api::Admission, HttpResponse> Api::admit(const HttpRequest& request) const {
    auto target = parse_target(request.target);
    if (!target) {
        return tl::unexpected{bad_request(target.error().what, target.error().remedy)};
    }
    std::vector<std::string> captured;
    std::string allowed;
    const auto* const route = route_for(request, *target, captured, allowed);
    if (route == nullptr) {
        return tl::unexpected{no_route(allowed)};
    }
    if (auto twice = route->open ? std::nullopt : said_twice(request)) {
        return tl::unexpected{std::move(*twice)};
    }
    auto grant = grant_for(*route, request);
    if (!grant) {
        return tl::unexpected{std::move(grant.error())};
    }
    if (auto wrong = wrong_query(*route, *target); wrong && !route->open) {
        return tl::unexpected{std::move(*wrong)};
    }
    return Admission{route, std::move(*target), std::move(captured), std::move(*grant)};
}

tl::expected<Grant, HttpResponse> Api::grant_for(const Route& route, const HttpRequest& request) const {
    if (route.open) {
        return Grant{};
    }
    const auto token = bearer(request);
    if (token.empty()) {
        return tl::unexpected{unauthorized("this address needs a token")};
    }
    auto grant = doors_.gate.admit(token);
    if (!grant) {
        return tl::unexpected{grant.error().kind == ErrorKind::Denied
                                  ? unauthorized("this token is not known")
                                  : problem(grant.error())};
    }
    const bool allowed = grant->allows(Scope::Admin) ||
                         std::any_of(route.scopes.begin(), route.scopes.end(), [&](Scope scope) {
                             return grant->allows(scope);
                         });
    if (allowed) {
        return std::move(*grant);
    }
    return tl::unexpected{problem(
        403, "Refused", "this token may not do that", "Make one with the scope that openapi.yaml names.")};
}

/// The same address with the same key and body is answered once; the address is part of who asks.
HttpResponse Api::once(const Call& call, const Repeats::Act& act) {
    const std::string key{header_of(call.request.headers, "Idempotency-Key")};
    if (key.size() > kLongestKey) {
        return bad_request("Idempotency-Key is longer than 255 characters", "Take a shorter one, as a UUID.");
    }
    if (key.empty()) {
        return act();
    }
    if (const auto& forgotten = doors_.retention.forgotten) {
        repeats_.forget_after(forgotten());
    }
    return repeats_.once(
        call.grant.id + " " + call.request.target, key, call.request.body, doors_.clock.now(), act);
}

}  // namespace fedtrail::api
