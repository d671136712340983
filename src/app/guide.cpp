#include "app/guide.hpp"

#include <algorithm>
#include <cstdint>

#include <nlohmann/json.hpp>

namespace fedtrail::app {

namespace {

constexpr std::size_t kGuideWidth = 96;
constexpr std::string_view kThisMachine = "THIS.MACHINE";
constexpr std::uint16_t kRedirectedPort = 7119;  // as docs/proxy.md has it

void replace_all(std::string& text, std::string_view placeholder, std::string_view by) {
    for (auto at = text.find(placeholder); at != std::string::npos;
         at = text.find(placeholder, at + by.size())) {
        text.replace(at, placeholder.size(), by);
    }
}

void fill(GuideStep& step, const GuidePlaces& places) {
    if (!places.password) {
        std::erase_if(step.lines, [](const std::string& line) {
            return line.find("{proxy_user}") != std::string::npos ||
                   line.find("{proxy_password}") != std::string::npos;
        });
    }
    const bool v6 = places.proxy.address.find(':') != std::string::npos;
    for (auto& line : step.lines) {
        replace_all(line, "{proxy}", (places.password ? "fedtrail:PASSWORD@" : "") + places.proxy.text());
        replace_all(line, "{proxy_address}", v6 ? "[" + places.proxy.address + "]" : places.proxy.address);
        replace_all(line, "{proxy_network}", places.proxy.address + (v6 ? "/128" : "/32"));
        replace_all(line, "{proxy_port}", std::to_string(places.proxy.port));
        replace_all(line, "{redirected}", places.redirected.text());
        replace_all(line, "{redirected_port}", std::to_string(places.redirected.port));
        replace_all(line, "{proxy_user}", "fedtrail");
        replace_all(line, "{proxy_password}", "PASSWORD");
        replace_all(line, "{ca}", places.authority);
        replace_all(line, "{copy}", places.copy);
        replace_all(line, "{bundle}", places.bundle);
    }
}

/// Words up to the width; later lines are indented like the first.
std::string wrapped(std::string_view text, std::string_view first, std::string_view later) {
    std::string out;
    std::string line{first};
    bool empty = true;
    while (!text.empty()) {
        const auto space = std::min(text.find(' '), text.size());
        if (!empty && line.size() + 1 + space > kGuideWidth) {
            out += line + "\n";
            line = later;
            empty = true;
        }
        line += (empty ? "" : " ") + std::string{text.substr(0, space)};
        empty = false;
        text.remove_prefix(std::min(space + 1, text.size()));
    }
    return out + line + "\n";
}

std::string_view verdict(Capture capture) {
    switch (capture) {
        case Capture::Intercept:
            return "Deliveries can be read: who, what, to whom, and the answer.";
        case Capture::Transparent:
            return "It ignores proxy settings; redirected connections can be read.";
        case Capture::Tunnel:
            return "Interception is impossible: only host, time and octets are seen.";
        case Capture::None:
            return "It cannot be watched.";
    }
    return "";
}

std::string step_text(std::string_view title, const GuideStep& step) {
    const bool as_root = step.where.starts_with("as root");
    std::string out = "\n" + std::string{title} + (as_root ? ", " : ", in ") + step.where + ":\n\n";
    for (const auto& line : step.lines) {
        out += "    " + line + "\n";
    }
    return out;
}

bool is_written_in(const GuideStep& step, std::string_view word) {
    return std::any_of(step.lines.begin(), step.lines.end(), [&](const std::string& line) {
        return line.find(word) != std::string::npos;
    });
}

/// What stands in the lines for something that only the operator can write.
std::string stand_ins(const GuideStep& step) {
    std::string out;
    if (is_written_in(step, "PASSWORD@") || is_written_in(step, "'PASSWORD'")) {
        out += wrapped(
            "PASSWORD is proxy.token of fedtrail.toml; within an address, percent-encode what is neither "
            "letter nor digit.",
            "",
            "");
    }
    if (is_written_in(step, kThisMachine)) {
        out += wrapped(std::string{kThisMachine} + " is this machine as your server reaches it.", "", "");
    }
    return out.empty() ? out : "\n" + out;
}

nlohmann::ordered_json step_json(const GuideStep& step) {
    if (step.lines.empty()) {
        return nullptr;
    }
    return {{"where", step.where}, {"lines", step.lines}};
}

}  // namespace

GuidePlaces guide_places(const Config& config) {
    auto proxy = config.proxy.listen;
    if (proxy.address == "0.0.0.0" || proxy.address == "::") {
        proxy.address = kThisMachine;  // listens everywhere; only the operator knows the way from there
    }
    return {proxy,
            config.proxy.transparent_listen.value_or(Endpoint{"127.0.0.1", kRedirectedPort}),
            !config.proxy.token.empty(),
            (config.data_dir / "ca.pem").string(),
            "/etc/ssl/fedtrail-ca.pem",
            "/etc/ssl/certs/ca-certificates-fedtrail.pem"};
}

Software filled(Software software, const GuidePlaces& places) {
    fill(software.proxy, places);
    fill(software.trust, places);
    return software;
}

std::string guide_text(const Software& software) {
    std::string out = software.title + (software.covers.empty() ? "" : " (" + software.covers + ")") + "\n" +
                      std::string{verdict(software.capture)} + "\n" + wrapped(software.why, "", "");
    if (!software.proxy.lines.empty()) {
        out += step_text("The proxy", software.proxy) + stand_ins(software.proxy);
    }
    if (!software.trust.lines.empty()) {
        out += step_text("Trust in Fedtrail's authority", software.trust);
    }
    if (!software.restart.empty()) {
        out += "\n" + software.restart + "\n";
    }
    if (!software.instead.empty()) {
        out += "\n" + wrapped("Instead: " + software.instead, "", "");
    }
    if (!software.traps.empty()) {
        out += "\nTraps:\n";
    }
    for (const auto& trap : software.traps) {
        out += wrapped(trap, "  - ", "    ");
    }
    out += "\nChecked " + software.checked_at +
           (software.evidence == "run"    ? ", seen running"
            : software.evidence == "read" ? ", read in the source"
                                          : ", not verified") +
           ": ";
    for (const auto& source : software.source) {
        out += (source == software.source.front() ? "" : "; ") + source;
    }
    return out + "\n";
}

std::string guide_json(const Software& software) {
    const nlohmann::ordered_json guide{{"format", "fedtrail/guide/1"},
                                       {"name", software.name},
                                       {"title", software.title},
                                       {"covers", software.covers},
                                       {"capture", std::string{name_of(software.capture)}},
                                       {"proxy", step_json(software.proxy)},
                                       {"trust", step_json(software.trust)},
                                       {"restart", software.restart},
                                       {"traps", software.traps},
                                       {"instead", software.instead},
                                       {"evidence", software.evidence},
                                       {"source", software.source},
                                       {"checked_at", software.checked_at},
                                       {"why", software.why}};
    return guide.dump(2) + "\n";
}

}  // namespace fedtrail::app
