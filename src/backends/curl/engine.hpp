/// The thread that all requests run on.

#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "backends/curl/transfer.hpp"

namespace fedtrail::curl {

/// A file descriptor.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor(Descriptor&&) = delete;
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor();

    [[nodiscard]] int get() const { return number_; }

private:
    int number_;
};

class Engine {
public:
    explicit Engine(std::unique_ptr<Common> common);
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    Engine(Engine&&) = delete;
    Engine& operator=(Engine&&) = delete;
    ~Engine();

    /// Errors: Unavailable.
    [[nodiscard]] Result<void> start();
    void send(RemoteRequest request, RemoteHttp::Done done);
    void stop();
    [[nodiscard]] CurlFigures figures() const;

private:
    using Owned = std::unique_ptr<Transfer>;

    static int on_socket(CURL* easy, curl_socket_t socket, int what, void* engine, void* known);
    static int on_timer(CURLM* multi, long milliseconds, void* engine);

    void run();
    [[nodiscard]] bool is_stopping();  ///< Shows the figures as well.
    [[nodiscard]] int patience() const;
    void wait();
    void take_new();
    void queue(Owned transfer);
    void start_some();
    void begin(Owned transfer);
    void collect();
    void end(CURL* easy, CURLcode code);
    void free_host(const std::string& host);
    void give_up();

    std::unique_ptr<Common> common_;
    Descriptor epoll_;
    Descriptor bell_;
    Multi multi_;
    std::vector<Easy> spare_;
    std::optional<TimePoint> timer_;

    std::deque<Owned> ready_;                                   ///< Their hosts are theirs.
    std::unordered_map<std::string, std::deque<Owned>> hosts_;  ///< Busy ones, and who waits for them.
    std::unordered_map<CURL*, Owned> running_;
    std::size_t connecting_{};

    mutable std::mutex mutex_;
    std::vector<Owned> incoming_;
    CurlFigures shown_;
    bool stopping_{};

    std::once_flag joined_;
    std::thread thread_;
};

}  // namespace fedtrail::curl
