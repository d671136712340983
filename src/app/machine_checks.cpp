#include <array>
#include <cerrno>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/timex.h>

#include "fedtrail/core/address.hpp"
#include "fedtrail/core/count.hpp"

#include "app/ballast.hpp"
#include "app/checks.hpp"
#include "app/files.hpp"
#include "app/instance.hpp"
#include "app/running_figures.hpp"
#include "app/system_clock.hpp"
#include "app/table.hpp"
#include "backends/openssl/certificate_facts.hpp"

namespace fedtrail::app {

Result<std::size_t> extra_authorities(const Config& config) {
    if (config.proxy.extra_ca.empty()) {
        return std::size_t{0};
    }
    auto count = openssl::authorities_in(config.proxy.extra_ca);
    if (!count) {
        return fail(ErrorKind::Invalid,
                    config.proxy.extra_ca_place + "proxy.extra_ca: " + count.error().what,
                    "Name a PEM file of certificates that this user may read, or leave it out.");
    }
    return count;
}

namespace {

/// No release of this program is older.
constexpr std::int64_t kEarliest = 1'767'225'600;  // 2026-01-01T00:00:00Z
constexpr std::uint64_t kLow = std::uint64_t{512} * 1024 * 1024;
constexpr std::uint64_t kNone = std::uint64_t{16} * 1024 * 1024;

void check_clock(std::vector<Check>& out) {
    const auto now = SystemClock{}.now();
    timex state{};
    if (to_unix_seconds(now) < kEarliest) {
        out.push_back({"clock",
                       Verdict::Fail,
                       "it is " + format_rfc3339(now) + " here, before this release",
                       "Set the clock; every disclosure carries its time."});
    } else if (::adjtimex(&state) == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
        out.push_back({"clock",
                       Verdict::Warn,
                       format_rfc3339(now) + ", not synchronised as far as the kernel knows",
                       "Run a time service: systemd-timesyncd or chrony."});
    } else {
        out.push_back({"clock", Verdict::Ok, format_rfc3339(now) + ", synchronised", ""});
    }
}

void check_trust(const Config& config, std::vector<Check>& out) {
    const auto bundle = openssl::system_bundle();
    const auto count = bundle ? openssl::authorities_in(*bundle) : Result<std::size_t>{fail(bundle)};
    if (!count) {
        out.push_back({"trust", Verdict::Fail, count.error().what, count.error().remedy});
    }
    std::string finding =
        count ? counted(*count, "authority", "authorities") + " in " + bundle->string() : std::string{};
    if (!config.proxy.extra_ca.empty()) {
        const auto extra = extra_authorities(config);
        if (!extra) {
            out.push_back(failed("trust", extra.error()));
            return;
        }
        finding += ", " + std::to_string(*extra) + " in " + config.proxy.extra_ca.string();
    }
    if (count) {
        out.push_back({"trust", Verdict::Ok, finding, ""});
    }
}

void check_disk(const Config& config, std::vector<Check>& out) {
    const auto room = free_octets(config.data_dir);
    const Ballast ballast{config.data_dir, config.ledger.ballast};
    const bool held = ballast.wanted() > 0 && ballast.held() >= ballast.wanted();
    const auto finding = octets(room) + " free";
    if (room < kNone) {
        out.push_back({"disk",
                       Verdict::Fail,
                       finding,
                       held ? "Make room. A running sidecar gives up the ballast by itself; else remove " +
                                  ballast.file().string() + " to let the ledger recover."
                            : "Make room on the disk of " + config.data_dir.string() + "."});
    } else if (room < kLow) {
        out.push_back({"disk", Verdict::Warn, finding, "Make room soon."});
    } else {
        out.push_back({"disk", Verdict::Ok, finding, ""});
    }
    if (ballast.wanted() == 0) {
        out.push_back({"ballast", Verdict::Warn, "none is kept", "Set ledger.ballast = \"64MiB\"."});
    } else if (!held) {
        const bool fits = room >= ballast.needed();
        out.push_back({"ballast",
                       Verdict::Warn,
                       "it is not there",
                       fits ? "Start `fedtrail serve`: it keeps it again."
                            : "Make room of " + octets(ballast.needed()) + "; serve then keeps it again."});
    } else {
        out.push_back({"ballast", Verdict::Ok, octets(ballast.held()), ""});
    }
}

/// A socket address of an endpoint, for bind and connect.
struct SocketPlace {
    sockaddr_storage address{};
    socklen_t length{};
};

SocketPlace place_of(const Endpoint& endpoint) {
    SocketPlace place;
    // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): the socket interface of POSIX.
    auto* const v4 = reinterpret_cast<sockaddr_in*>(&place.address);
    auto* const v6 = reinterpret_cast<sockaddr_in6*>(&place.address);
    // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
    if (::inet_pton(AF_INET, endpoint.address.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(endpoint.port);
        place.length = sizeof(*v4);
    } else {
        ::inet_pton(AF_INET6, endpoint.address.c_str(), &v6->sin6_addr);
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(endpoint.port);
        place.length = sizeof(*v6);
    }
    return place;
}

/// 0, or errno.
int try_bind(const Endpoint& endpoint) {
    const auto place = place_of(endpoint);
    const Descriptor socket{::socket(place.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const int yes = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket interface of POSIX.
    return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&place.address), place.length) == 0 ? 0
                                                                                                      : errno;
}

void check_port(const std::string& name, const Endpoint& endpoint, bool running, std::vector<Check>& out) {
    const int error = try_bind(endpoint);
    if (error == 0 && running) {
        out.push_back({name,
                       Verdict::Fail,
                       "a sidecar runs, but nothing listens on " + endpoint.text(),
                       "Restart it."});
    } else if (error == 0) {
        out.push_back({name, Verdict::Ok, endpoint.text() + " is free", ""});
    } else if (error == EADDRINUSE && running) {
        out.push_back({name, Verdict::Ok, "listening on " + endpoint.text(), ""});
    } else {
        out.push_back({name,
                       Verdict::Fail,
                       endpoint.text() + ": " + system_words(error),
                       error == EADDRINUSE ? "Stop what listens there, or set " + name + " to another port."
                                           : "Set " + name + " to an address of this machine."});
    }
}

}  // namespace

void check_machine(const Config& config, std::vector<Check>& out) {
    check_clock(out);
    check_trust(config, out);
    check_disk(config, out);
}

void check_clients(const Config& config, std::vector<Check>& out) {
    const auto running = running_instance(config.data_dir);
    const auto figures = running ? ask_running(*running, config.data_dir).figures : RunningFigures{};
    const auto intercepted = figure_named(figures, "fedtrail_proxy_intercepted_total");
    const auto unread = figure_named(figures, "fedtrail_proxy_untrusted_tunnels_total");
    const auto refused = figure_named(figures, "fedtrail_proxy_ca_refused_total");
    const std::string remedy =
        "Find the program that does not trust Fedtrail's authority: `fedtrail ca guide SOFTWARE`. With "
        "proxy.untrusting = \"refuse\" nothing of it passes unread.";
    if (unread > 0) {
        out.push_back({"clients",
                       Verdict::Warn,
                       counted(unread,
                               "connection passed unread since its client does",
                               "connections passed unread since their client does") +
                           " not trust the authority" + untrusted_text(figures),
                       remedy});
    } else if (refused > 0) {
        out.push_back({"clients",
                       Verdict::Warn,
                       counted(refused,
                               "connection did not trust the authority and was not made",
                               "connections did not trust the authority and were not made"),
                       remedy});
    } else if (!figures.empty()) {
        out.push_back({"clients",
                       Verdict::Ok,
                       counted(intercepted, "connection was read", "connections were read"),
                       ""});
    }
}

void check_doors(const Config& config, std::vector<Check>& out) {
    const bool running = running_instance(config.data_dir).has_value();
    check_port("proxy.listen", config.proxy.listen, running, out);
    if (config.proxy.transparent_listen) {
        const auto& transparent = *config.proxy.transparent_listen;
        check_port("proxy.transparent_listen", transparent, running, out);
        if (!is_loopback(transparent.address)) {
            out.push_back(
                {"proxy.transparent_listen",
                 Verdict::Warn,
                 transparent.text() + " is beyond loopback, and redirected connections know no password",
                 "Let the firewall admit the origin alone."});
        }
    }
    check_port("api.listen", config.api.listen, running, out);
}

}  // namespace fedtrail::app
