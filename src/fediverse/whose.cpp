#include "fedtrail/fediverse/whose.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "fediverse/ascii.hpp"

namespace fedtrail::fediverse {

namespace {

constexpr std::array<std::string_view, 6> kInstancePaths{
    "", "/", "/actor", "/i/actor", "/internal/fetch", "/accounts/peertube"};
constexpr std::array<std::string_view, 2> kAccountsAtRoot{"snac", "snac2"};
constexpr std::string_view kUsers = "/users/";

/// The host of a URI with its port, and what follows it.
struct Place {
    std::string_view host;
    std::string_view rest;
};

bool ends_host(char c) {
    return c == '/' || c == '?' || c == '#';
}

Place place_of(std::string_view uri) {
    const auto start = uri.find("://");
    if (start == std::string_view::npos) {
        return {};
    }
    const auto text = uri.substr(start + 3);
    // find_first_of() would call memchr() for each character
    const auto* const behind = std::find_if(text.begin(), text.end(), ends_host);
    const auto end = static_cast<std::size_t>(behind - text.begin());
    return {text.substr(0, end), text.substr(end)};
}

}  // namespace

std::string_view host_in(std::string_view uri) {
    return place_of(uri).host;
}

IsLocal local_to(std::span<const Host> hosts) {
    std::set<std::string, std::less<>> names;
    for (const auto& host : hosts) {
        names.insert(host.text());
    }
    return [names = std::move(names)](std::string_view uri) { return names.contains(host_in(uri)); };
}

bool lies_below(std::string_view uri, std::string_view actor) {
    if (place_of(actor).rest.size() <= 1 || !uri.starts_with(actor)) {
        return false;  // below a server's own actor lies everything
    }
    const auto rest = uri.substr(actor.size());
    return rest.empty() || actor.back() == '/' || ends_host(rest.front());
}

AccountPaths account_paths_of(std::string_view software) {
    const auto name = lower_ascii(software);
    const auto* const found = std::find(kAccountsAtRoot.begin(), kAccountsAtRoot.end(), name);
    return found != kAccountsAtRoot.end() ? AccountPaths::Root : AccountPaths::Folder;
}

bool is_instance_actor(std::string_view actor, AccountPaths paths) {
    const auto [host, path] = place_of(actor);
    if (host.empty()) {
        return false;
    }
    if (paths == AccountPaths::Root) {
        return path.empty() || path == "/";
    }
    const bool user = path.starts_with(kUsers);
    const auto name = user ? path.substr(kUsers.size()) : std::string_view{};
    return std::find(kInstancePaths.begin(), kInstancePaths.end(), path) != kInstancePaths.end() ||
           (user && (name == host || name == "instance.actor"));
}

}  // namespace fedtrail::fediverse
