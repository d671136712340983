#include "intake/access_log/people.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace fedtrail::intake::access_log {

namespace {

constexpr std::chrono::minutes kKept{1};  // whoever is shredded is seen so soon
constexpr std::size_t kNumbersAtOnce = 1'000;

/// Where server software puts a name into an actor URI.
constexpr std::array<std::string_view, 8> kActorForms{
    "/users/", "/u/", "/accounts/", "/@", "/profile/", "/ap/users/", "/author/", "/"};

std::string_view without_port(std::string_view host) {
    const auto colon = host.rfind(':');
    return host.ends_with(']') ? host : host.substr(0, colon);
}

template <typename Fits>
std::optional<Host> first_fitting(const std::vector<OriginHosts>& origins, const Fits& fits) {
    for (const auto& hosts : origins) {
        const auto found = std::find_if(hosts.begin(), hosts.end(), fits);
        if (found != hosts.end()) {
            return *found;
        }
    }
    return std::nullopt;
}

}  // namespace

People::People(const SubjectVault& vault,
               const LedgerReader& ledger,
               const Clock& clock,
               std::vector<OriginHosts> origins,
               Limits limits)
    : vault_(vault), ledger_(ledger), clock_(clock), origins_(std::move(origins)), limits_(limits) {}

std::optional<Host> People::local_host(std::string_view name) const {
    const auto asked = Host::parse(name);
    if (!asked) {
        return std::nullopt;
    }
    const auto name_alone = without_port(asked->text());
    const auto is_alike = [&](const Host& host) { return without_port(host.text()) == name_alone; };
    auto found = first_fitting(origins_, [&](const Host& host) { return host == *asked; });
    return found ? found : first_fitting(origins_, is_alike);
}

Host People::first_host() const {
    return origins_.empty() || origins_.front().empty() ? Host{} : origins_.front().front();
}

const OriginHosts* People::origin_of(const Host& host) const {
    for (const auto& hosts : origins_) {
        if (std::find(hosts.begin(), hosts.end(), host) != hosts.end()) {
            return &hosts;
        }
    }
    return nullptr;
}

void People::age() {
    const auto now = clock_.now();
    const bool over = !kept_until_ || now >= *kept_until_ || *kept_until_ > now + kKept;
    if (over) {
        steps_ = 0;
        kept_until_ = now + kKept;
    }
    if (over || std::max(kept_.size(), had_.size()) >= limits_.kept) {
        kept_.clear();
        had_.clear();
    }
}

template <typename Find>
Result<std::optional<Person>> People::kept(const std::string& key, Keep keep, Find find) {
    age();
    if (const auto known = kept_.find(key); known != kept_.end()) {
        return known->second;
    }
    auto found = find();
    if (found && (*found || keep == Keep::AnyAnswer)) {
        kept_.emplace(key, *found);
    }
    return found;
}

Result<std::optional<Person>> People::look_up(const std::string& who) const {
    const auto number = vault_.find(who);
    if (number) {
        const auto identity = vault_.identity(*number);
        if (identity) {
            return std::optional{Person{*number, identity->actor}};
        }
        return identity.error().kind == ErrorKind::NotFound ? Result<std::optional<Person>>{std::nullopt}
                                                            : fail(identity);
    }
    const auto kind = number.error().kind;
    const bool nobody =
        kind == ErrorKind::NotFound || kind == ErrorKind::Invalid || kind == ErrorKind::Conflict;
    return nobody ? Result<std::optional<Person>>{std::nullopt} : fail(number);
}

Result<std::optional<Person>> People::by_actor(const std::string& uri) {
    return kept(uri, Keep::WhoIsKnown, [&] { return look_up(uri); });
}

Result<std::optional<Person>> People::search_name(const Host& host, std::string_view name) {
    const auto* const hosts = origin_of(host);
    const auto at = name.find('@');
    const auto user = std::string{name.substr(0, at)};
    const bool remote = at != std::string_view::npos && local_host(name.substr(at + 1)) != host;
    if (hosts == nullptr || user.empty() || remote) {
        return std::optional<Person>{};
    }
    for (const auto& each : *hosts) {
        auto found = look_up(user + "@" + each.text());
        for (std::size_t i = 0; found && !*found && i < kActorForms.size(); ++i) {
            found = look_up("https://" + each.text() + std::string{kActorForms.at(i)} + user);
        }
        if (!found || *found) {
            return found;
        }
    }
    return std::optional<Person>{};
}

Result<std::optional<Person>> People::by_name(const Host& host, std::string_view name) {
    return kept(
        std::string{name} + "@@" + host.text(), Keep::WhoIsKnown, [&] { return search_name(host, name); });
}

Result<std::optional<privacy::SubjectNumber>> People::owner_among(
    std::span<const privacy::SubjectNumber> numbers, const Uri& object) {
    for (const auto number : numbers) {
        const auto holders = ledger_.holders_of(number, object);
        if (!holders && holders.error().kind != ErrorKind::NotFound) {
            return fail(holders);
        }
        ++steps_;
        if (holders && !holders->empty()) {
            return std::optional{number};
        }
    }
    return std::optional<privacy::SubjectNumber>{};
}

Result<std::optional<Person>> People::person_of(privacy::SubjectNumber number) const {
    const auto identity = vault_.identity(number);
    if (!identity && identity.error().kind == ErrorKind::Unavailable) {
        return fail(identity);  // else it would be kept that it is nobody's
    }
    return identity ? Result<std::optional<Person>>{Person{number, identity->actor}}
                    : Result<std::optional<Person>>{std::nullopt};
}

Result<std::optional<Person>> People::search(const Uri& object) {
    privacy::SubjectNumber last{0};
    for (std::size_t asked = 0; asked < limits_.searched && steps_ < limits_.search_steps;) {
        const auto numbers = vault_.list(last, std::min(kNumbersAtOnce, limits_.searched - asked));
        if (!numbers) {
            return fail(numbers);
        }
        const auto owner = owner_among(*numbers, object);
        if (!owner) {
            return fail(owner);
        }
        if (*owner) {
            return person_of(**owner);
        }
        if (numbers->empty()) {
            return std::optional<Person>{};
        }
        asked += numbers->size();
        last = numbers->back();
    }
    ++given_up_;
    return std::optional<Person>{};
}

Result<std::optional<Person>> People::by_object(const std::string& uri) {
    const auto object = Uri::parse(uri);
    if (!object) {
        return std::optional<Person>{};
    }
    return kept("object " + uri, Keep::AnyAnswer, [&] { return search(*object); });
}

Result<bool> People::has(const Person& person, const std::string& uri) {
    age();
    const auto key = std::to_string(person.number.get()) + " " + uri;
    if (had_.contains(key)) {
        return true;
    }
    const auto object = Uri::parse(uri);
    if (!object) {
        return false;
    }
    const auto holders = ledger_.holders_of(person.number, *object);
    if (!holders && holders.error().kind != ErrorKind::NotFound) {
        return fail(holders);
    }
    if (!holders || holders->empty()) {
        return false;
    }
    had_.insert(key);
    return true;
}

}  // namespace fedtrail::intake::access_log
