#include <array>

#include <unistd.h>

#include "fedtrail/core/count.hpp"

#include "app/checks.hpp"
#include "app/ingress_book.hpp"
#include "intake/access_log/line_splitter.hpp"

namespace fedtrail::app {

namespace {

using intake::access_log::form_named;
using intake::access_log::LineSplitter;
using intake::access_log::OpenFile;
using intake::access_log::parse_line;

constexpr std::size_t kLooked = 64U << 10U;

struct Looked {
    std::size_t lines{};
    std::size_t understood{};
};

/// The last lines of the log.
Result<Looked> look_at(const IngressConfig& config) {
    const auto file = OpenFile::open(config.access_log);
    if (!file) {
        return fail(file);
    }
    const auto facts = file->facts();
    const auto size = facts ? static_cast<std::uint64_t>(facts->st_size) : 0;
    std::string room(kLooked, '\0');
    const auto from = size > kLooked ? size - kLooked : 0;
    const auto got = file->read_at(from, room);
    if (!got) {
        return fail(got);
    }
    room.resize(*got);
    LineSplitter lines;
    lines.feed(room);
    Looked looked;
    bool whole = from == 0;  // the first one may be the end of a line
    while (const auto line = lines.next()) {
        if (whole && !line->text.empty()) {
            ++looked.lines;
            looked.understood += parse_line(*form_named(config.format), line->text) ? 1 : 0;
        }
        whole = true;
    }
    return looked;
}

Check check_access_log(const IngressConfig& config) {
    const auto& name = config.access_log;
    const auto looked = look_at(config);
    if (!looked) {
        return {"ingress", Verdict::Fail, looked.error().what, looked.error().remedy};
    }
    const auto finding = grouped(looked->understood) + " of the last " + counted(looked->lines, "line") +
                         " of " + name.string() + (looked->understood == 1 ? " is" : " are") +
                         " understood as \"" + config.format + "\"";
    if (looked->lines > 0 && looked->understood * 2 < looked->lines) {
        return {"ingress",
                Verdict::Fail,
                finding,
                "Set ingress.format to the form of the log, or the log to the form: see docs/ingress.md."};
    }
    if (config.format == "combined") {
        return {"ingress",
                Verdict::Warn,
                finding + "; no signature is in that form",
                "Let nginx write the log_format of docs/ingress.md."};
    }
    return {"ingress", Verdict::Ok, finding, ""};
}

}  // namespace

void check_ingress(const Config& config, std::vector<Check>& out) {
    const auto& ingress = config.ingress;
    if (!ingress.access_log.empty()) {
        out.push_back(check_access_log(ingress));
    }
    const auto folder = ingress.syslog.parent_path();
    if (!ingress.syslog.empty() && ::access(folder.c_str(), W_OK | X_OK) != 0) {
        out.push_back({"ingress_syslog",
                       Verdict::Fail,
                       folder.string() + " cannot hold the socket",
                       "Make it, owned by the sidecar's user and of the web server's group."});
    } else if (!ingress.syslog.empty()) {
        out.push_back({"ingress_syslog", Verdict::Ok, ingress.syslog.string(), ""});
    }
    if (const auto state = read_ingress_state(config); !state) {
        out.push_back({"ingress_state", Verdict::Fail, state.error().what, state.error().remedy});
    } else if (state->gaps > 0) {
        out.push_back({"ingress_gaps",
                       Verdict::Warn,
                       "a part of the access log could not be found again " + counted(state->gaps, "time") +
                           ": it was packed or removed before it was read",
                       "Let logrotate use delaycompress; `fedtrail import nginx` takes packed logs in."});
    }
}

}  // namespace fedtrail::app
