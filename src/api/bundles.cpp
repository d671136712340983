/// Audit bundles over HTTP: made anew each time, and given out from a file.

#include "fedtrail/audit/verify.hpp"
#include "fedtrail/core/base64.hpp"

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/looks.hpp"
#include "api/period.hpp"
#include "api/request_body.hpp"
#include "retention/shredded.hpp"

namespace fedtrail::api {

namespace {

Result<audit::Level> level_in(const BundleBody& body) {
    const auto level = audit::level_named(body.level);
    if (!level) {
        return fail(ErrorKind::Invalid,
                    body.level.empty() ? "the body has no member \"level\"" : "level is none that there is",
                    "Known are: full, pseudonymised, minimal.");
    }
    return *level;
}

Result<audit::Period> period_in(const BundleBody& body) {
    const auto period = period_of(body.since, body.until);
    if (!period) {
        return fail(period);
    }
    if (period->since && period->until && *period->until <= *period->since) {
        return fail(ErrorKind::Invalid, "the period is empty", "Give an until that is later than since.");
    }
    const audit::Period asked{period->since, period->until};
    const auto checked = audit::check_period(asked);
    return checked ? Result<audit::Period>{asked} : fail(checked);
}

HttpResponse given_out(MadeBundle made, const std::string& language) {
    HttpResponse answer{200,
                        {{"Content-Type", "application/zip"},
                         {"Content-Disposition", "attachment; filename=\"audit-bundle.zip\""},
                         {"Content-Language", language},
                         {"Vary", "Accept-Language"},
                         {"Repr-Digest", "sha-256=:" + base64(made.sha256) + ":"}},
                        {}};
    answer.more = std::move(made.octets);
    return answer;
}

}  // namespace

Result<audit::Scope> Api::bundle_scope(const BundleBody& body) const {
    const bool period = body.since || body.until;
    const int asked =
        (body.request != 0 ? 1 : 0) + (body.subject.empty() ? 0 : 1) + (period ? 1 : 0) + (body.all ? 1 : 0);
    if (asked != 1) {
        return fail(
            ErrorKind::Invalid,
            asked == 0 ? "what the bundle is to be about was not said" : "a bundle is about one thing",
            "Send one of request, subject, since and until, and all.");
    }
    if (body.request != 0) {
        return audit::Scope{records::RequestNumber{body.request}};
    }
    if (body.all) {
        return audit::Scope{audit::Everything{}};
    }
    if (period) {
        const auto within = period_in(body);
        return within ? Result<audit::Scope>{*within} : fail(within);
    }
    const auto subject =
        retention::find_even_shredded(doors_.people, doors_.retention.shreddings, body.subject);
    return subject ? Result<audit::Scope>{*subject} : fail(subject);
}

/// Who names a request has said what it is for.
Result<std::string> Api::bundle_reason(const Call& call, const BundleBody& body, audit::Level level) {
    auto why = reason_of(call);
    if (!why) {
        return fail(why);
    }
    if (why->empty() && body.request != 0) {
        return records::because_of_request(body.request);
    }
    if (why->empty() && level == audit::Level::Full) {
        return tl::unexpected{no_reason()};
    }
    return why;
}

Result<BundleOrder> Api::bundle_order(const Call& call, const std::string& language) const {
    const auto body = bundle_body(call.request.body);
    const auto level = body ? level_in(*body) : fail(body);
    if (!level) {
        return fail(level);
    }
    if (*level == audit::Level::Full && !call.grant.allows(Scope::Admin)) {
        return fail(ErrorKind::Denied,
                    "a full bundle names people, and this token sees numbers alone",
                    "Use a token with admin and send Fedtrail-Reason, or take another level.");
    }
    auto why = bundle_reason(call, *body, *level);
    if (!why) {
        return fail(why);
    }
    auto scope = bundle_scope(*body);
    if (!scope) {
        return fail(scope);
    }
    return BundleOrder{*std::move(scope),
                       *level,
                       language,
                       std::string{audit::note_in(body->checkpoint)},
                       by(call.grant, call.request.headers),
                       *std::move(why)};
}

HttpResponse Api::audit_export(const Call& call) {
    const auto language = language_for(call, *doors_.texts());
    if (!language) {
        return bad_request(language.error().what, language.error().remedy);
    }
    const auto order = bundle_order(call, *language);
    if (!order) {
        return problem(order.error());
    }
    auto made = doors_.bundle(*order);
    return made ? given_out(*std::move(made), *language) : problem(made.error());
}

}  // namespace fedtrail::api
