#include <algorithm>

#include "fedtrail/core/count.hpp"

#include "app/checks.hpp"
#include "app/erasure_policies.hpp"
#include "app/key_room.hpp"
#include "app/system_clock.hpp"
#include "backends/poco/smtp_mailer.hpp"

namespace fedtrail::app {

namespace {

/// A country of which there is no file has none: what is lacking then is the file.
bool is_region(const erasure::LegalCalendar& calendar, const std::string& region) {
    const auto& known = calendar.regions;
    return region.empty() || calendar.holidays.country.empty() ||
           std::find(known.begin(), known.end(), region) != known.end();
}

Check unknown_region(const erasure::LegalCalendar& calendar, const ControllerConfig& controller) {
    std::string codes;
    for (const auto& code : calendar.regions) {
        codes += (codes.empty() ? "" : ", ") + code;
    }
    return {"calendar",
            Verdict::Warn,
            "controller.region is \"" + controller.region + "\": the public holidays of " +
                controller.country + " know no such region",
            codes.empty() ? "Leave controller.region empty."
                          : "Known are, by ISO 3166-2 without the country: " + codes + "."};
}

bool lacks_region(const erasure::LegalCalendar& calendar, const ControllerConfig& controller) {
    return controller.region.empty() && !calendar.regions.empty();
}

/// No fault that somebody could mend: a deadline on a doubtful day says so.
Check partly_known(const erasure::LegalCalendar& calendar,
                   const ControllerConfig& controller,
                   const std::string& place) {
    const bool lacks = lacks_region(calendar, controller);
    return {"calendar",
            Verdict::Ok,
            "the public holidays of " + place + " are known, but not those of one " +
                (lacks ? "region only: controller.region names it"
                       : "municipality only: a deadline may be later than it says"),
            ""};
}

void check_calendar(const PolicyFolders& folders,
                    const Config& config,
                    Instant now,
                    std::vector<Check>& out) {
    const auto& controller = config.controller;
    if (controller.country.empty()) {
        out.push_back({"calendar",
                       Verdict::Warn,
                       "controller.country is not set: deadlines do not know public holidays",
                       "Set it, as country = \"NL\"."});
        return;
    }
    const auto calendar = load_calendar(folders, controller, now);
    const auto place =
        controller.country + (controller.region.empty() ? std::string{} : "-" + controller.region);
    if (!calendar) {
        out.push_back(failed("calendar", calendar.error()));
        return;
    }
    if (!is_region(*calendar, controller.region)) {
        out.push_back(unknown_region(*calendar, controller));
        return;
    }
    const privacy::Day today{std::chrono::floor<std::chrono::days>(now)};
    const int year = static_cast<int>(today.year());
    const bool known = calendar->holidays.first_year <= year && year <= calendar->holidays.last_year;
    if (calendar->never_known || (known && lacks_region(*calendar, controller))) {
        out.push_back(partly_known(*calendar, controller, place));
        return;
    }
    out.push_back(
        known ? Check{"calendar", Verdict::Ok, "the public holidays of " + place + " are known", ""}
              : Check{"calendar",
                      Verdict::Warn,
                      "the public holidays of " + place + " are not known",
                      "Put a file that knows them into policies/holidays; without it every deadline says "
                      "that it is not sure."});
}

void check_sources(const Config& config, std::vector<Check>& out) {
    const auto sources = key_sources(config);
    if (!sources) {
        out.push_back(failed("keys", sources.error()));
        return;
    }
    if (sources->empty()) {
        out.push_back({"keys",
                       Verdict::Warn,
                       "neither origin.database nor erasure.keys_folder is set: only imported keys can sign",
                       "See docs/keys.md; `fedtrail keys import` takes single keys."});
    }
    for (const auto& source : *sources) {
        const auto found = source->check();
        out.push_back(found ? Check{"keys", Verdict::Ok, source->name() + ": " + *found, ""}
                            : failed("keys", found.error()));
    }
}

void check_mail(const Config& config, std::vector<Check>& out) {
    if (config.smtp.url.empty()) {
        out.push_back(
            {"smtp",
             Verdict::Ok,
             "none: letters are written to " + config.erasure.letters.string() + ", to be sent by hand",
             ""});
        return;
    }
    const auto mailer = poco::smtp_mailer(
        {config.smtp.url, config.smtp.from, std::chrono::seconds{10}, config.proxy.extra_ca});
    out.push_back(mailer ? Check{"smtp", Verdict::Ok, "letters leave by mail", ""}
                         : failed("smtp", mailer.error()));
}

}  // namespace

void check_erasures(const Session& session, const Config& config, std::vector<Check>& out) {
    const SystemClock clock;
    const auto folders = find_policies(session.environment, session.program);
    if (!folders) {
        return;  // said already
    }
    const auto policies = load_erasure_policies(*folders, config, clock.now());
    out.push_back(policies ? Check{"erasure_policies",
                                   Verdict::Ok,
                                   counted((*policies)->dialects.all().size(), "dialect") + ", " +
                                       counted((*policies)->probes.all().size(), "probe") + ", " +
                                       counted((*policies)->escalation.rungs().size(),
                                               "rung of escalation",
                                               "rungs of escalation"),
                                   ""}
                           : failed("erasure_policies", policies.error()));
    check_calendar(*folders, config, clock.now(), out);
    check_sources(config, out);
    check_mail(config, out);
}

}  // namespace fedtrail::app
