/// Loaded before the program (LD_PRELOAD): lets it die at one of its commits, counted over all its processes.
///
/// DIES_AT_COMMIT names a file of three 64-bit numbers, which the test writes and reads while the program
/// runs: at which commit to die (0: at none), how (1: when half of it is written; 2: when it is all there,
/// and the program has not heard of it), and how many there were. A commit is what the program has flushed:
/// fdatasync or fsync.

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

enum How : std::uint64_t { Torn = 1, Unheard = 2 };

struct Orders {
    std::atomic<std::uint64_t> die_at;
    std::atomic<std::uint64_t> how;
    std::atomic<std::uint64_t> count;
};
static_assert(sizeof(Orders) == 24 && std::atomic<std::uint64_t>::is_always_lock_free);

Orders* read_orders() {
    const char* const path = std::getenv("DIES_AT_COMMIT");
    const int file = path == nullptr ? -1 : ::open(path, O_RDWR | O_CLOEXEC);
    void* const page = ::mmap(nullptr, sizeof(Orders), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (page == MAP_FAILED) {  // NOLINT(performance-no-int-to-ptr,cppcoreguidelines-pro-type-cstyle-cast)
        std::fputs("DIES_AT_COMMIT names no file of orders\n", stderr);
        std::abort();
    }
    return static_cast<Orders*>(page);
}

Orders& orders() {
    static Orders* const all = read_orders();
    return *all;
}

/// One death is what was ordered: whoever comes second lives.
bool may_die(std::uint64_t at) {
    return orders().die_at.compare_exchange_strong(at, 0);
}

[[noreturn]] void die() {
    ::kill(::getpid(), SIGKILL);
    for (;;) {
        ::pause();
    }
}

template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

void commits() {
    auto& all = orders();
    const auto at = all.die_at.load();
    if (at != 0 && all.count.fetch_add(1) + 1 == at && all.how == Unheard && may_die(at)) {
        die();
    }
}

/// A page of what is to be committed, after the head that says what it is.
bool is_page_of_log(int file, std::size_t size) {
    constexpr std::size_t kPage = 512;
    if (size < kPage) {
        return false;
    }
    std::array<char, 32> link{};
    std::array<char, 1024> path{};
    std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", file);
    const auto length = ::readlink(link.data(), path.data(), path.size());
    return length > 0 && std::string_view{path.data(), static_cast<std::size_t>(length)}.ends_with("-wal");
}

bool tears(int file, std::size_t size) {
    auto& all = orders();
    const auto at = all.die_at.load();
    return at != 0 && all.how == Torn && all.count + 1 >= at && is_page_of_log(file, size) && may_die(at);
}

}  // namespace

extern "C" {

int fdatasync(int file) {
    static auto* const next = real<int(int)>("fdatasync");
    commits();
    return next(file);
}

int fsync(int file) {
    static auto* const next = real<int(int)>("fsync");
    commits();
    return next(file);
}

ssize_t pwrite64(int file, const void* data, std::size_t size, off64_t at) {
    static auto* const next = real<ssize_t(int, const void*, std::size_t, off64_t)>("pwrite64");
    if (tears(file, size)) {
        next(file, data, size / 2, at);
        die();
    }
    return next(file, data, size, at);
}

}  // extern "C"
