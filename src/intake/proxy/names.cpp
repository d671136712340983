#include "intake/proxy/names.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include <boost/asio/post.hpp>
#include <netdb.h>
#include <sys/socket.h>

namespace fedtrail::proxy {

namespace {

constexpr std::size_t kMaxEntries = 16'384;
constexpr std::size_t kRoomMade = kMaxEntries / 8;
constexpr std::size_t kMaxAddresses = 8;

/// Its last two labels. Whoever has one domain has any number of names below it, and none of them need
/// answer.
std::string domain_of(const std::string& name) {
    const auto last = name.rfind('.');
    const auto before = last == 0 || last == std::string::npos ? last : name.rfind('.', last - 1);
    return before == std::string::npos ? name : name.substr(before + 1);
}

bool says_no(int error) {
    return error == EAI_NONAME || error == EAI_NODATA || error == EAI_ADDRFAMILY;
}

}  // namespace

/// Everything the threads touch.
class Names::Desk : public std::enable_shared_from_this<Desk> {
public:
    using Answer = Later<Endpoints>;

    struct Question {
        std::string key;
        std::string name;
        std::uint16_t port{};
    };

    /// What is known already, or an answer that will come and what to make do with without it.
    struct Reply {
        Endpoints known;
        std::shared_ptr<Answer> coming;
    };

    Desk(Ask ask, NameTimes times) : ask_(std::move(ask)), times_(times) {}

    /// With fewer threads where the system has no more.
    [[nodiscard]] bool open();
    void let_go();
    void close();
    [[nodiscard]] Reply ask_for(Loop& loop, Question question, TimePoint until);
    [[nodiscard]] NameTimes times() const { return times_; }

private:
    struct Entry {
        Endpoints endpoints;
        TimePoint good_until;
        TimePoint known_at;  ///< When `endpoints` were the answer.
        TimePoint asked_at;
        TimePoint wanted_until;  ///< Who waits longest.
        std::vector<std::shared_ptr<Answer>> waiting;
        bool asking{};

        /// What to fall back on, if there is something.
        [[nodiscard]] const Endpoints& last(TimePoint now, NameTimes times) const;
    };

    struct Crowd {
        std::size_t asked{};
        std::deque<Question> waiting;
    };

    void begin_thread();
    void work();
    [[nodiscard]] bool is_wanted(const std::string& key);
    void line_up(Question question);  ///< With the lock held.
    void let_next(const std::string& domain);
    void look_up(const Question& question);
    void keep(const std::string& key, std::optional<Endpoints> found);
    void forget_some(TimePoint now);

    Ask ask_;
    NameTimes times_;
    std::mutex mutex_;
    std::condition_variable ended_;
    std::size_t threads_{};
    bool closed_{};
    std::unordered_map<std::string, Entry> entries_;
    std::unordered_map<std::string, Crowd> crowds_;  ///< By domain: those with a question under way.
    asio::io_context work_{static_cast<int>(kAtOnce)};
    asio::executor_work_guard<Executor> working_{work_.get_executor()};
};

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

std::optional<Names::Endpoints> Names::ask_system(const std::string& name, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    Endpoints endpoints;
    if (const auto error = ::getaddrinfo(name.c_str(), nullptr, &hints, &list); error != 0) {
        return says_no(error) ? std::optional{endpoints} : std::nullopt;
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

bool Names::Desk::open() {
    try {
        for (std::size_t i = 0; i < kAtOnce; ++i) {
            begin_thread();
        }
    } catch (const std::system_error&) {  // the limit of threads: those that are there will do
    }
    const std::lock_guard lock{mutex_};
    return threads_ > 0;
}

void Names::Desk::begin_thread() {
    const std::lock_guard lock{mutex_};
    std::thread{[desk = shared_from_this()] { desk->work(); }}.detach();
    ++threads_;
}

void Names::Desk::work() {
    work_.run();
    const std::lock_guard lock{mutex_};
    --threads_;
    ended_.notify_all();
}

void Names::Desk::let_go() {
    decltype(entries_) entries;
    {
        const std::lock_guard lock{mutex_};
        closed_ = true;
        entries.swap(entries_);
    }
    for (const auto& entry : entries) {
        for (const auto& answer : entry.second.waiting) {
            answer->deliver({});
        }
    }
}

void Names::Desk::close() {
    work_.stop();
    decltype(entries_) entries;
    std::unique_lock lock{mutex_};
    closed_ = true;
    entries.swap(entries_);
    ended_.wait_for(lock, times_.farewell, [this] { return threads_ == 0; });
}

Names::Names(std::shared_ptr<Desk> desk) : desk_(std::move(desk)) {}

void Names::let_go() {
    desk_->let_go();
}

Names::~Names() {
    desk_->close();
}

Result<std::unique_ptr<Names>> Names::make(const std::map<std::string, std::string>& fixed,
                                           Ask ask,
                                           NameTimes times) {
    std::unique_ptr<Names> names{new Names{std::make_shared<Desk>(std::move(ask), times)}};
    if (!names->desk_->open()) {
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
    auto reply = desk_->ask_for(loop, {key, target.dialled(), target.port}, until);
    if (!reply.coming) {
        co_return std::move(reply.known);
    }
    const auto patience =
        reply.known.empty() ? until : std::min(until, SteadyClock::now() + desk_->times().patience);
    auto endpoints = co_await reply.coming->wait(patience, [](Endpoints&) {});
    co_return endpoints ? std::move(*endpoints) : std::move(reply.known);
}

Names::Desk::Reply Names::Desk::ask_for(Loop& loop, Question question, TimePoint until) {
    const auto now = SteadyClock::now();
    const std::lock_guard lock{mutex_};
    if (closed_) {
        return {};
    }
    if (entries_.size() >= kMaxEntries) {
        forget_some(now);
    }
    auto& entry = entries_[question.key];
    if (!entry.asking && entry.good_until > now) {
        return {entry.endpoints, nullptr};
    }
    const auto& last = entry.last(now, times_);
    entry.wanted_until = std::max(entry.wanted_until, until);
    if (entry.asking && !last.empty() && entry.asked_at + times_.patience <= now) {
        return {last, nullptr};  // somebody has waited for all already
    }
    Reply reply{last, std::make_shared<Answer>(loop)};
    entry.waiting.push_back(reply.coming);
    if (!std::exchange(entry.asking, true)) {
        entry.asked_at = now;
        line_up(std::move(question));
    }
    return reply;
}

const Names::Endpoints& Names::Desk::Entry::last(TimePoint now, NameTimes times) const {
    static const Endpoints none;
    return known_at + times.keep_last > now ? endpoints : none;
}

/// One domain gets a share of the threads: else whoever has a name server that never answers, and sends the
/// origin to enough names there, stops its deliveries to everybody.
void Names::Desk::line_up(Question question) {
    auto& crowd = crowds_[domain_of(question.name)];
    if (crowd.asked >= kAtOnceOfOne) {
        crowd.waiting.push_back(std::move(question));
        return;
    }
    ++crowd.asked;
    asio::post(work_, [this, question = std::move(question)] { look_up(question); });
}

void Names::Desk::let_next(const std::string& domain) {
    const std::lock_guard lock{mutex_};
    const auto crowd = crowds_.find(domain);
    if (!crowd->second.waiting.empty()) {
        asio::post(work_, [this, question = std::move(crowd->second.waiting.front())] { look_up(question); });
        crowd->second.waiting.pop_front();
    } else if (--crowd->second.asked == 0) {
        crowds_.erase(crowd);
    }
}

/// Whoever waited for it may have given up while it stood in the queue: it is not asked for then, or a burst
/// of dead names would hold the threads long after everybody has gone.
bool Names::Desk::is_wanted(const std::string& key) {
    std::vector<std::shared_ptr<Answer>> given_up;
    {
        const std::lock_guard lock{mutex_};
        const auto now = SteadyClock::now();
        const auto entry = entries_.find(key);
        if (entry == entries_.end() || entry->second.wanted_until > now) {
            return !closed_;
        }
        given_up.swap(entry->second.waiting);
        if (entry->second.last(now, times_).empty()) {
            entries_.erase(entry);
        } else {
            entry->second.asking = false;
        }
    }
    for (const auto& answer : given_up) {
        answer->deliver({});  // it ends where it belongs: in its loop
    }
    return false;
}

void Names::Desk::look_up(const Question& question) {
    if (is_wanted(question.key)) {
        keep(question.key, ask_(question.name, question.port));
    }
    let_next(domain_of(question.name));
}

void Names::Desk::keep(const std::string& key, std::optional<Endpoints> found) {
    Endpoints endpoints;
    std::vector<std::shared_ptr<Answer>> waiting;
    {
        const auto now = SteadyClock::now();
        const std::lock_guard lock{mutex_};
        if (closed_) {
            return;
        }
        auto& entry = entries_[key];
        entry.asking = false;
        entry.good_until = now + (found && !found->empty() ? times_.keep : times_.keep_failure);
        if (found) {
            entry.known_at = now;
        }
        endpoints = found ? std::move(*found) : Endpoints{entry.last(now, times_)};
        entry.endpoints = endpoints;
        waiting.swap(entry.waiting);
    }
    for (const auto& answer : waiting) {
        answer->deliver(endpoints);
    }
}

/// First what says nothing; then any, for what is left are addresses to fall back on.
void Names::Desk::forget_some(TimePoint now) {
    std::erase_if(entries_, [this, now](const auto& entry) {
        return !entry.second.asking && entry.second.good_until <= now &&
               entry.second.last(now, times_).empty();
    });
    if (entries_.size() < kMaxEntries - kRoomMade) {
        return;
    }
    for (auto entry = entries_.begin();
         entry != entries_.end() && entries_.size() > kMaxEntries - kRoomMade;) {
        entry = entry->second.asking ? std::next(entry) : entries_.erase(entry);
    }
}

}  // namespace fedtrail::proxy
