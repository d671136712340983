#include "intake/proxy/names.hpp"

#include <algorithm>
#include <cstring>
#include <system_error>

#include <boost/asio/post.hpp>
#include <netdb.h>
#include <sys/socket.h>

namespace fedtrail::proxy {

namespace {

constexpr std::size_t kMaxEntries = 4'096;
constexpr std::size_t kMaxAddresses = 8;
constexpr std::chrono::seconds kKeep{30};
constexpr std::chrono::seconds kKeepFailure{5};

}  // namespace

Result<Tcp::endpoint> endpoint_of(const std::string& text) {
    const auto malformed = fail(ErrorKind::Invalid,
                                "\"" + text + "\" is no ADDRESS:PORT",
                                "write it as 127.0.0.1:7117 or [::1]:7117");
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) {
        return malformed;
    }
    auto name = text.substr(0, colon);
    if (name.size() > 2 && name.front() == '[' && name.back() == ']') {
        name = name.substr(1, name.size() - 2);
    }
    const auto digits = text.substr(colon + 1);
    if (digits.empty() || digits.size() > 5 || digits.find_first_not_of("0123456789") != std::string::npos) {
        return malformed;
    }
    boost::system::error_code ec;
    const auto address = asio::ip::make_address(name, ec);
    const auto port = std::stoul(digits);
    if (ec || port > 65535) {
        return malformed;
    }
    return Tcp::endpoint{address, static_cast<std::uint16_t>(port)};
}

std::string text_of(const Tcp::endpoint& endpoint) {
    const auto address = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" +
           std::to_string(endpoint.port());
}

Names::Endpoints Names::ask_system(const std::string& name, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    Endpoints endpoints;
    if (::getaddrinfo(name.c_str(), nullptr, &hints, &list) != 0) {
        return endpoints;
    }
    for (const auto* entry = list; entry != nullptr && endpoints.size() < kMaxAddresses;
         entry = entry->ai_next) {
        Tcp::endpoint endpoint;
        if (entry->ai_addrlen > endpoint.capacity()) {
            continue;
        }
        std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
        endpoint.resize(entry->ai_addrlen);
        endpoint.port(port);
        endpoints.push_back(endpoint);
    }
    ::freeaddrinfo(list);
    return endpoints;
}

Names::Names(Ask ask) : ask_(std::move(ask)) {
    threads_.reserve(kAtOnce);
    const auto work = [this] { work_.run(); };
    try {
        while (threads_.size() < kAtOnce) {
            threads_.emplace_back(work);
        }
    } catch (const std::system_error&) {  // the limit of threads: those that are there will do
    }
}

Names::~Names() {
    work_.stop();
    threads_.clear();
}

Result<std::unique_ptr<Names>> Names::make(const std::map<std::string, std::string>& fixed, Ask ask) {
    std::unique_ptr<Names> names{new Names{std::move(ask)}};
    if (names->threads_.empty()) {
        return fail(ErrorKind::Unavailable,
                    "the threads that ask for names cannot be started",
                    "Look at the limits of processes and threads (ulimit -u).");
    }
    for (const auto& [name, address] : fixed) {
        const auto endpoint = endpoint_of(address);
        if (!endpoint) {
            return fail(endpoint);
        }
        names->fixed_[name] = {*endpoint};
    }
    return names;
}

Awaitable<std::vector<Tcp::endpoint>> Names::resolve(Loop& loop, const Target& target, TimePoint until) {
    const auto key = target.name.text() + ":" + std::to_string(target.port);
    if (const auto fixed = fixed_.find(key); fixed != fixed_.end()) {
        co_return fixed->second;
    }
    boost::system::error_code ec;
    if (const auto address = asio::ip::make_address(target.dialled(), ec); !ec) {
        co_return Endpoints{Tcp::endpoint{address, target.port}};
    }
    std::shared_ptr<Answer> answer;
    bool ask = false;
    {
        const auto now = SteadyClock::now();
        const std::lock_guard lock{mutex_};
        if (entries_.size() >= kMaxEntries) {
            forget_some(now);
        }
        auto& entry = entries_[key];
        if (!entry.asking && entry.good_until > now) {
            co_return entry.endpoints;
        }
        answer = std::make_shared<Answer>(loop);
        entry.waiting.push_back(answer);
        entry.wanted_until = std::max(entry.wanted_until, until);
        ask = !std::exchange(entry.asking, true);
    }
    if (ask) {
        asio::post(work_,
                   [this, key, name = target.dialled(), port = target.port] { look_up(key, name, port); });
    }
    auto endpoints = co_await answer->wait(until, [](Endpoints&) {});
    co_return endpoints ? std::move(*endpoints) : Endpoints{};
}

/// Whoever waited for it may have given up while it stood in the queue: it is not asked for then, or a burst
/// of dead names would hold the threads long after everybody has gone.
bool Names::is_wanted(const std::string& key) {
    std::vector<std::shared_ptr<Answer>> given_up;
    {
        const std::lock_guard lock{mutex_};
        const auto entry = entries_.find(key);
        if (entry == entries_.end() || entry->second.wanted_until > SteadyClock::now()) {
            return true;
        }
        given_up.swap(entry->second.waiting);
        entries_.erase(entry);
    }
    for (const auto& answer : given_up) {
        answer->deliver({});  // it ends where it belongs: in its loop
    }
    return false;
}

void Names::look_up(const std::string& key, const std::string& name, std::uint16_t port) {
    if (!is_wanted(key)) {
        return;
    }
    auto endpoints = ask_(name, port);
    std::vector<std::shared_ptr<Answer>> waiting;
    {
        const std::lock_guard lock{mutex_};
        auto& entry = entries_[key];
        entry.asking = false;
        entry.good_until = SteadyClock::now() + (endpoints.empty() ? kKeepFailure : kKeep);
        entry.endpoints = endpoints;
        waiting.swap(entry.waiting);
    }
    for (const auto& answer : waiting) {
        answer->deliver(endpoints);
    }
}

void Names::forget_some(TimePoint now) {
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const bool useless = !entry->second.asking && entry->second.good_until <= now;
        entry = useless ? entries_.erase(entry) : std::next(entry);
    }
    for (auto entry = entries_.begin(); entry != entries_.end() && entries_.size() >= kMaxEntries;) {
        entry = entry->second.asking ? std::next(entry) : entries_.erase(entry);
    }
}

}  // namespace fedtrail::proxy
