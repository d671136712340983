#include "app/threads.hpp"

#include <cstdlib>
#include <exception>

#include <pthread.h>
#include <spdlog/spdlog.h>

namespace fedtrail::app {

std::jthread named_thread(const char* name, ThreadBody body) {
    return std::jthread{[name, body = std::move(body)](const std::stop_token& stop) {
        ::pthread_setname_np(::pthread_self(), name);
        try {
            body(stop);
        } catch (const std::exception& error) {
            spdlog::critical("the thread {} ended with {}", name, error.what());
            std::abort();
        } catch (...) {
            spdlog::critical("the thread {} ended with an unknown exception", name);
            std::abort();
        }
    }};
}

}  // namespace fedtrail::app
