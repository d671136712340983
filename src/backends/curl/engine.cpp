#include "backends/curl/engine.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace fedtrail::curl {

namespace {

constexpr std::size_t kMostSpare = 256;

template <typename T>
void set(CURLM* multi, CURLMoption option, T value) {
    curl_multi_setopt(multi, option, value);  // NOLINT(cppcoreguidelines-pro-type-vararg)
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) {
        ::close(number_);
    }
}

Engine::Engine(std::unique_ptr<Common> common)
    : common_(std::move(common)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      multi_(curl_multi_init()) {}

Engine::~Engine() {
    stop();
    spare_.clear();
    multi_.reset();  // closes the idle connections, and asks on_socket() for the last time
}

Result<void> Engine::start() {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = bell_.get();
    if (epoll_.get() < 0 || bell_.get() < 0 || !multi_ ||
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, bell_.get(), &event) != 0) {
        return fail(ErrorKind::Unavailable,
                    "libcurl's event loop could not be set up",
                    "raise the limit of open files");
    }
    auto* const multi = multi_.get();
    set(multi, CURLMOPT_SOCKETFUNCTION, &Engine::on_socket);
    set(multi, CURLMOPT_SOCKETDATA, this);
    set(multi, CURLMOPT_TIMERFUNCTION, &Engine::on_timer);
    set(multi, CURLMOPT_TIMERDATA, this);
    // libcurl counts those in use as well: with fewer, nothing that comes back would be kept.
    const auto& options = common_->options;
    set(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(options.max_in_flight + options.max_idle_connections));
    thread_ = std::thread{[this] { run(); }};
    return {};
}

void Engine::send(RemoteRequest request, RemoteHttp::Done done) {
    auto transfer = std::make_unique<Transfer>(*common_, std::move(request), std::move(done));
    Owned refused;
    bool first = false;
    {
        const std::lock_guard lock{mutex_};
        first = incoming_.empty();
        (stopping_ ? refused : incoming_.emplace_back()) = std::move(transfer);
    }
    if (refused) {
        refused->fail_with(RemoteFault::Stopped);
        refused->finish();
    } else if (first) {
        ::eventfd_write(bell_.get(), 1);
    }
}

void Engine::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    ::eventfd_write(bell_.get(), 1);
    std::call_once(joined_, [this] {
        if (thread_.joinable()) {
            thread_.join();
        }
    });
}

CurlFigures Engine::figures() const {
    const std::lock_guard lock{mutex_};
    return shown_;
}

int Engine::on_socket(CURL* /*easy*/, curl_socket_t socket, int what, void* engine, void* known) {
    auto& self = *static_cast<Engine*>(engine);
    if (what == CURL_POLL_REMOVE) {
        ::epoll_ctl(self.epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
        curl_multi_assign(self.multi_.get(), socket, nullptr);
        return 0;
    }
    epoll_event event{};
    event.data.fd = socket;
    event.events = (what != CURL_POLL_OUT ? EPOLLIN : 0U) | (what != CURL_POLL_IN ? EPOLLOUT : 0U);
    const int first = known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    const int second = known == nullptr ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;  // the number was used before
    if (::epoll_ctl(self.epoll_.get(), first, socket, &event) != 0) {
        ::epoll_ctl(self.epoll_.get(), second, socket, &event);
    }
    curl_multi_assign(self.multi_.get(), socket, &self);
    return 0;
}

int Engine::on_timer(CURLM* /*multi*/, long milliseconds, void* engine) {
    auto& timer = static_cast<Engine*>(engine)->timer_;
    timer.reset();
    if (milliseconds >= 0) {
        timer = std::chrono::steady_clock::now() + std::chrono::milliseconds{milliseconds};
    }
    return 0;
}

bool Engine::is_stopping() {
    const std::lock_guard lock{mutex_};
    shown_ = common_->figures;
    return stopping_;
}

void Engine::run() {
    while (!is_stopping()) {
        take_new();
        start_some();
        wait();
        collect();
    }
    give_up();
}

int Engine::patience() const {
    if (!timer_) {
        return -1;
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*timer_ - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

void Engine::wait() {
    std::array<epoll_event, 256> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), patience());
    int still = 0;
    for (int i = 0; i < count; ++i) {
        const auto& event = events.at(static_cast<std::size_t>(i));
        if (event.data.fd == bell_.get()) {
            eventfd_t rings = 0;
            ::eventfd_read(bell_.get(), &rings);
            continue;
        }
        const bool failed = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
        const int what = ((event.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                         ((event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                         (failed ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(multi_.get(), event.data.fd, what, &still);
    }
    if (timer_ && *timer_ <= std::chrono::steady_clock::now()) {
        timer_.reset();
        curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &still);
    }
}

void Engine::take_new() {
    std::vector<Owned> fresh;
    {
        const std::lock_guard lock{mutex_};
        fresh.swap(incoming_);
    }
    for (auto& transfer : fresh) {
        if (transfer->allowed()) {
            queue(std::move(transfer));
        } else {
            transfer->fail_with(RemoteFault::Forbidden);
            transfer->finish();
        }
    }
}

void Engine::queue(Owned transfer) {
    const auto [place, is_free] = hosts_.try_emplace(transfer->host());
    auto& line = is_free ? ready_ : place->second;
    line.push_back(std::move(transfer));
}

void Engine::start_some() {
    while (!ready_.empty() && running_.size() < common_->options.max_in_flight &&
           connecting_ < common_->options.max_connecting) {
        auto transfer = std::move(ready_.front());
        ready_.pop_front();
        begin(std::move(transfer));
    }
}

void Engine::begin(Owned transfer) {
    Easy easy;
    if (spare_.empty()) {
        easy = make_easy(*common_);
    } else {
        easy = std::move(spare_.back());
        spare_.pop_back();
    }
    auto& started = *transfer;
    if (!started.prepare(std::move(easy), std::chrono::steady_clock::now()) ||
        curl_multi_add_handle(multi_.get(), started.easy()) != CURLM_OK) {
        free_host(started.host());
        started.fail_with(RemoteFault::NoConnection);
        started.finish();
        return;
    }
    started.count_in(connecting_);
    running_.emplace(started.easy(), std::move(transfer));
}

void Engine::collect() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg == CURLMSG_DONE) {
            end(message->easy_handle, message->data.result);
        }
    }
}

void Engine::end(CURL* easy, CURLcode code) {
    const auto found = running_.find(easy);
    auto transfer = std::move(found->second);
    running_.erase(found);
    transfer->count_out();
    const auto host = transfer->host();
    const bool again = transfer->ended(code, std::chrono::steady_clock::now());
    curl_multi_remove_handle(multi_.get(), easy);
    if (auto used = transfer->release(); spare_.size() < kMostSpare) {
        spare_.push_back(std::move(used));
    }
    free_host(host);
    if (again) {
        queue(std::move(transfer));
    } else {
        transfer->finish();
    }
}

void Engine::free_host(const std::string& host) {
    const auto found = hosts_.find(host);
    auto& waiting = found->second;
    if (waiting.empty()) {
        hosts_.erase(found);
        return;
    }
    ready_.push_back(std::move(waiting.front()));
    waiting.pop_front();
}

void Engine::give_up() {
    std::vector<Owned> all;
    for (auto& [easy, transfer] : running_) {
        curl_multi_remove_handle(multi_.get(), easy);
        all.push_back(std::move(transfer));
    }
    running_.clear();
    for (auto& [host, waiting] : hosts_) {
        std::move(waiting.begin(), waiting.end(), std::back_inserter(all));
    }
    std::move(ready_.begin(), ready_.end(), std::back_inserter(all));
    hosts_.clear();
    ready_.clear();
    {
        const std::lock_guard lock{mutex_};
        std::move(incoming_.begin(), incoming_.end(), std::back_inserter(all));
        incoming_.clear();
        shown_ = common_->figures;
    }
    for (auto& transfer : all) {
        transfer->fail_with(RemoteFault::Stopped);
        transfer->finish();
    }
}

}  // namespace fedtrail::curl
