#include "backends/curl/transfer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backends/curl/trust.hpp"

namespace fedtrail::curl {

namespace {

constexpr int kMostHops = 3;
constexpr std::size_t kMostHeaders = 200;

std::uint16_t port_of(const Uri& url) {
    const std::string_view host = url.host().text();
    const auto colon = host.rfind(':');
    if (colon == std::string_view::npos || host.back() == ']') {
        return url.scheme() == "https" ? 443 : 80;
    }
    std::uint16_t port = 0;
    std::from_chars(host.data() + colon + 1, host.data() + host.size(), port);
    return port;
}

std::string with_port(const Uri& url) {
    const std::string_view host = url.host().text();
    const bool has_port = host.back() != ']' && host.rfind(':') != std::string_view::npos;
    return has_port ? std::string{host} : std::string{host} + ":" + std::to_string(port_of(url));
}

bool breaks_out(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::optional<IpAddress> address_of(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, &address, sizeof in);
        IpAddress::V4 octets{};
        std::memcpy(octets.data(), &in.sin_addr, octets.size());
        return IpAddress{octets};
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, &address, sizeof in);
        IpAddress::V6 octets{};
        std::memcpy(octets.data(), &in.sin6_addr, octets.size());
        return IpAddress{octets};
    }
    return std::nullopt;
}

struct End {
    IpAddress address;
    long port{};
};

/// `name_of` is getsockname() or getpeername().
template <typename NameOf>
std::optional<End> end_of(curl_socket_t socket, const NameOf& name_of) {
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket interface of POSIX.
    auto* const any = reinterpret_cast<sockaddr*>(&name);
    const auto address = name_of(socket, any, &size) == 0 ? address_of(*any) : std::nullopt;
    if (!address) {
        return std::nullopt;
    }
    sockaddr_in6 in{};  // the port lies where IPv4 has it, too
    std::memcpy(&in, &name, sizeof in);
    return End{*address, ntohs(in.sin6_port)};
}

template <typename T>
bool set(CURL* easy, CURLoption option, T value) {
    return curl_easy_setopt(easy, option, value) == CURLE_OK;  // NOLINT(cppcoreguidelines-pro-type-vararg)
}

}  // namespace

/// Where libcurl calls us back.
struct Callbacks {
    static std::size_t header(char* line, std::size_t /*one*/, std::size_t size, void* transfer) {
        auto& self = *static_cast<Transfer*>(transfer);
        self.header_octets_ += size;
        if (self.header_octets_ > self.common_.options.max_header_octets ||
            self.response_.headers.size() > kMostHeaders) {
            self.too_large_ = true;
            return 0;
        }
        self.take_header({line, size});
        return size;
    }

    static std::size_t body(char* data, std::size_t /*one*/, std::size_t size, void* transfer) {
        auto& self = *static_cast<Transfer*>(transfer);
        auto& body = self.response_.body;
        const auto room = self.request_.max_body - body.size();
        body.append(data, std::min(size, room));
        if (size > room) {
            self.too_large_ = true;
            return 0;
        }
        return size;
    }

    static curl_socket_t open_socket(void* transfer, curlsocktype /*purpose*/, curl_sockaddr* address) {
        auto& self = *static_cast<Transfer*>(transfer);
        const auto to = address_of(address->addr);
        if (!to || !self.common_.guard.permits(*to)) {
            ++self.forbidden_;
            ++self.common_.figures.refused;
            return CURL_SOCKET_BAD;
        }
        ++self.opened_;
        ++self.common_.figures.connections;
        return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    }

    static int before_request(
        void* transfer, char* /*to*/, char* /*from*/, int /*to_port*/, int /*from_port*/) {
        return static_cast<Transfer*>(transfer)->connected() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
    }
};

Easy make_easy(Common& common) {
    Easy easy{curl_easy_init()};
    auto* const e = easy.get();
    if (e == nullptr) {
        return nullptr;
    }
    const bool done =
        set(e, CURLOPT_NOSIGNAL, 1L) &&
        set(e, CURLOPT_QUICK_EXIT, 1L) &&  // never wait for a resolver's thread
        set(e, CURLOPT_PROTOCOLS_STR, common.options.allow_http ? "https,http" : "https") &&
        set(e, CURLOPT_FOLLOWLOCATION, 0L) && set(e, CURLOPT_PROXY, "") && set(e, CURLOPT_NETRC, 0L) &&
        set(e, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS)) &&
        set(e, CURLOPT_PATH_AS_IS, 1L) && set(e, CURLOPT_BUFFERSIZE, 8L * 1024L) &&
        set(e, CURLOPT_USERAGENT, common.options.user_agent.c_str()) && set(e, CURLOPT_SSL_VERIFYPEER, 1L) &&
        set(e, CURLOPT_SSL_VERIFYHOST, 2L) &&
        set(e, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
        set(e, CURLOPT_CAINFO, static_cast<const char*>(nullptr)) &&
        set(e, CURLOPT_CAPATH, static_cast<const char*>(nullptr)) &&
        set(e, CURLOPT_SSL_CTX_FUNCTION, &use_store) && set(e, CURLOPT_SSL_CTX_DATA, common.store.get()) &&
        set(e, CURLOPT_HEADERFUNCTION, &Callbacks::header) &&
        set(e, CURLOPT_WRITEFUNCTION, &Callbacks::body) &&
        set(e, CURLOPT_OPENSOCKETFUNCTION, &Callbacks::open_socket) &&
        set(e, CURLOPT_PREREQFUNCTION, &Callbacks::before_request);
    return done ? std::move(easy) : nullptr;
}

Transfer::Transfer(Common& common, RemoteRequest request, RemoteHttp::Done done)
    : common_(common), request_(std::move(request)), done_(std::move(done)) {}

bool Transfer::allowed() const {
    const auto scheme = request_.url.scheme();
    const auto port = port_of(request_.url);
    const bool method = !request_.method.empty() && std::all_of(request_.method.begin(),
                                                                request_.method.end(),
                                                                [](char c) { return c >= 'A' && c <= 'Z'; });
    return method && (scheme == "https" || (scheme == "http" && common_.options.allow_http)) &&
           (port == 80 || port == 443 || port >= 1024) &&
           std::none_of(request_.headers.begin(), request_.headers.end(), [](const auto& header) {
               return header.first.empty() || breaks_out(header.first) || breaks_out(header.second);
           });
}

bool Transfer::set_headers() {
    curl_slist* list = nullptr;
    const auto add = [&](const std::string& line) {
        auto* const longer = curl_slist_append(list, line.c_str());
        list = longer == nullptr ? list : longer;
        return longer != nullptr;
    };
    bool done = add("Expect:");  // no waiting for 100
    if (!request_.body.empty() && header_of(request_.headers, "Content-Type").empty()) {
        done = done && add("Content-Type:");
    }
    for (const auto& [name, value] : request_.headers) {
        std::string line = name;
        line += value.empty() ? ";" : ": ";
        line += value;
        done = done && add(line);
    }
    headers_.reset(list);
    return done && set(easy(), CURLOPT_HTTPHEADER, list);
}

bool Transfer::set_destination() {
    const auto from = with_port(request_.url);
    const auto found = common_.options.resolve.find(from);
    connect_to_.reset(found == common_.options.resolve.end()
                          ? nullptr
                          : curl_slist_append(nullptr, (from + ":" + found->second).c_str()));
    return set(easy(), CURLOPT_CONNECT_TO, connect_to_.get()) &&
           set(easy(), CURLOPT_URL, request_.url.text().c_str());
}

void Transfer::set_method() const {
    auto* const e = easy();
    if (request_.method == "GET") {
        set(e, CURLOPT_HTTPGET, 1L);
    } else if (request_.method == "HEAD") {
        set(e, CURLOPT_NOBODY, 1L);
    } else {
        set(e, CURLOPT_POST, 1L);
        set(e, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
        set(e, CURLOPT_POSTFIELDS, request_.body.data());
        if (request_.method != "POST") {
            set(e, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
        }
    }
}

bool Transfer::prepare(Easy easy, TimePoint now) {
    easy_ = std::move(easy);
    if (!easy_) {
        return false;
    }
    if (hops_ == 0) {
        deadline_ = now + request_.timeout;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - now).count();
    const auto limit = static_cast<long>(std::max<std::int64_t>(left, 1));
    auto* const e = easy_.get();
    set(e, CURLOPT_CUSTOMREQUEST, static_cast<const char*>(nullptr));
    set_method();
    ++common_.figures.requests;
    return set_headers() && set_destination() && set(e, CURLOPT_TIMEOUT_MS, limit) &&
           set(e, CURLOPT_FORBID_REUSE, request_.keep ? 0L : 1L) &&
           set(e,
               CURLOPT_CONNECTTIMEOUT_MS,
               std::min(limit, static_cast<long>(common_.options.connect_timeout.count()))) &&
           set(e, CURLOPT_PRIVATE, this) && set(e, CURLOPT_HEADERDATA, this) &&
           set(e, CURLOPT_WRITEDATA, this) && set(e, CURLOPT_OPENSOCKETDATA, this) &&
           set(e, CURLOPT_PREREQDATA, this);
}

void Transfer::count_in(std::size_t& connecting) {
    connecting_ = &connecting;
    ++connecting;
}

void Transfer::count_out() {
    if (auto* const count = std::exchange(connecting_, nullptr)) {
        --*count;
    }
}

bool Transfer::connected() {
    count_out();
    if (std::exchange(asked_, true)) {
        return false;  // libcurl would send it a second time over another connection
    }
    recalled_ = request_.may_leave && !request_.may_leave();
    if (recalled_) {
        return false;
    }
    response_.left = true;
    return true;
}

void Transfer::take_header(std::string_view line) {
    constexpr std::string_view kStart = "HTTP/";
    if (line.substr(0, kStart.size()) == kStart && response_.status < 200) {
        const auto blank = line.find(' ');
        int status = 0;
        if (blank != std::string_view::npos) {
            const auto digits = line.substr(blank + 1);
            std::from_chars(digits.data(), digits.data() + std::min<std::size_t>(3, digits.size()), status);
        }
        response_.headers.clear();
        response_.status = status;
        head_ended_ = false;
        return;
    }
    if (trimmed(line).empty()) {
        head_ended_ = response_.status >= 200;
        return;
    }
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) {
        response_.headers.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    }
}

RemoteFault Transfer::fault_of(CURLcode code) const {
    if (too_large_) {
        return RemoteFault::TooLarge;
    }
    switch (static_cast<int>(code)) {  // an int: libcurl has a hundred codes, and gains more
        case CURLE_OK:                 // also where the connection ended within the head
            return head_ended_ ? RemoteFault::None : RemoteFault::Broken;
        case CURLE_COULDNT_RESOLVE_HOST:
            return RemoteFault::NoSuchHost;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
            return RemoteFault::BadCertificate;
        case CURLE_OPERATION_TIMEDOUT:
            return RemoteFault::TimedOut;
        default:
            break;
    }
    if (recalled_) {
        return RemoteFault::Recalled;
    }
    if (asked_) {
        return RemoteFault::Broken;
    }
    return forbidden_ > 0 && opened_ == 0 ? RemoteFault::Forbidden : RemoteFault::NoConnection;
}

bool Transfer::follow(TimePoint now) {
    if (!request_.follow_redirects || request_.method != "GET" || !is_redirect(response_.status) ||
        hops_ >= kMostHops || now >= deadline_) {
        return false;
    }
    const char* target = nullptr;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg)
    if (curl_easy_getinfo(easy(), CURLINFO_REDIRECT_URL, &target) != CURLE_OK || target == nullptr) {
        return false;
    }
    const auto url = Uri::parse(target);
    if (!url || url->scheme() != request_.url.scheme()) {
        response_.fault = RemoteFault::Forbidden;
        return false;
    }
    if (url->host() != request_.url.host()) {  // what was meant for one server is not shown to another
        auto& headers = request_.headers;
        const auto kept = std::partition(headers.begin(), headers.end(), [](const auto& header) {
            const HttpHeaders one{header};
            return !header_of(one, "Accept").empty() || !header_of(one, "Accept-Language").empty();
        });
        headers.erase(kept, headers.end());
    }
    request_.url = *url;
    ++hops_;
    return true;
}

void Transfer::note_place() {
    const char* text = nullptr;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg)
    if (curl_easy_getinfo(easy(), CURLINFO_PRIMARY_IP, &text) == CURLE_OK && text != nullptr) {
        response_.address = text;
    }
    text = nullptr;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg)
    if (curl_easy_getinfo(easy(), CURLINFO_REDIRECT_URL, &text) == CURLE_OK && text != nullptr) {
        response_.redirect = text;
    }
    response_.url = request_.url;
}

/// Whether it is the connection that this request was made on. Where that was closed libcurl still names one
/// that the handle was used with before.
bool Transfer::is_own(curl_socket_t socket) const {
    long here = 0;
    long there = 0;
    // NOLINTBEGIN(cppcoreguidelines-pro-type-vararg)
    if (curl_easy_getinfo(easy(), CURLINFO_LOCAL_PORT, &here) != CURLE_OK ||
        curl_easy_getinfo(easy(), CURLINFO_PRIMARY_PORT, &there) != CURLE_OK) {
        return false;
    }
    // NOLINTEND(cppcoreguidelines-pro-type-vararg)
    const auto near_end = end_of(socket, ::getsockname);
    const auto far_end = end_of(socket, ::getpeername);
    const auto address = IpAddress::parse(response_.address);
    return near_end && far_end && address && near_end->port == here && far_end->port == there &&
           far_end->address == *address;
}

/// libcurl keeps a connection of HTTP/2 on which a request was given up: whoever is next would wait there as
/// well. Cut, it is found dead by then. Nobody else uses it: a host has one request at a time.
void Transfer::cut_connection() const {
    curl_socket_t socket = CURL_SOCKET_BAD;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg)
    const bool known = curl_easy_getinfo(easy(), CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK;
    if (known && socket != CURL_SOCKET_BAD && is_own(socket)) {
        ::shutdown(socket, SHUT_RDWR);
    }
}

bool Transfer::ended(CURLcode code, TimePoint now) {
    response_.fault = fault_of(code);
    note_place();
    if (code == CURLE_OPERATION_TIMEDOUT && asked_) {
        cut_connection();
    }
    if (response_.fault != RemoteFault::None || !follow(now)) {
        return false;
    }
    if (!allowed()) {
        response_.fault = RemoteFault::Forbidden;
        return false;
    }
    response_.status = 0;
    response_.headers.clear();
    response_.body.clear();
    response_.redirect.clear();
    header_octets_ = 0;
    opened_ = 0;
    forbidden_ = 0;
    asked_ = false;
    head_ended_ = false;
    return true;
}

void Transfer::finish() {
    easy_.reset();
    if (response_.status < 200) {
        response_.status = 0;  // nothing but interim answers came
    }
    std::exchange(done_, nullptr)(std::move(response_));
}

}  // namespace fedtrail::curl
