#include <array>

#include "app/settings.hpp"
#include "app/settings_parts.hpp"

namespace fedtrail::app {

namespace {

constexpr std::array<std::string_view, 3> kForms{"json", "combined", "caddy"};

const std::array all_ingress_settings{
    Setting{"ingress.access_log",
            Shape::File,
            R"("")",
            "The web server's access log, which `serve` follows to record who fetches what; see ingress.md. "
            "Empty is none.",
            [](Config& c, const SettingValue& v) { c.ingress.access_log = text(v); }},
    Setting{
        "ingress.format",
        Shape::Choice,
        R"("json")",
        "Its form: \"json\" is nginx with the log_format of ingress.md, \"combined\" nginx's own, in which "
        "no signatures are, \"caddy\" Caddy's JSON. Of what comes by syslog as well.",
        [](Config& c, const SettingValue& v) { c.ingress.format = text(v); },
        0,
        0,
        kForms},
    Setting{
        "ingress.syslog",
        Shape::Socket,
        R"("")",
        "A datagram socket to which nginx sends its access log instead (`access_log syslog:server=unix:…`), "
        "as \"unix:/run/fedtrail/nginx.sock\". What is under way when Fedtrail is killed is lost; a file "
        "loses nothing. Empty is none.",
        [](Config& c, const SettingValue& v) { c.ingress.syslog = text(v); }},
};

}  // namespace

std::span<const Setting> ingress_settings() {
    return all_ingress_settings;
}

}  // namespace fedtrail::app
