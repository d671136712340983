#include "backends/curl/curl_http.hpp"

#include <algorithm>
#include <utility>

#include "backends/curl/engine.hpp"
#include "backends/curl/trust.hpp"

namespace fedtrail::curl {

namespace {

bool is_header_text(const std::string& text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// "host:port", "ADDRESS:PORT".
bool is_place(const std::string& text) {
    const auto colon = text.rfind(':');
    return colon != std::string::npos && colon > 0 && text.size() - colon - 1 <= 5 &&
           colon + 1 < text.size() &&
           std::all_of(text.begin() + static_cast<std::ptrdiff_t>(colon) + 1, text.end(), [](char c) {
               return c >= '0' && c <= '9';
           });
}

Result<void> check_resolve(const CurlOptions& options) {
    for (const auto& [from, to] : options.resolve) {
        if (!is_place(from) || !is_place(to)) {
            std::string what = "resolve: \"";
            what.append(from).append("=").append(to).append("\" names no host and no address");
            return fail(ErrorKind::Invalid, std::move(what), "write it as host:443=127.0.0.1:8443");
        }
    }
    return {};
}

}  // namespace

CurlHttp::CurlHttp(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

CurlHttp::~CurlHttp() = default;

Result<std::unique_ptr<CurlHttp>> CurlHttp::open(CurlOptions options) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) {
        return fail(ErrorKind::Unavailable, "libcurl does not start", "check its installation");
    }
    if (!is_header_text(options.user_agent)) {
        return fail(ErrorKind::Invalid, "the user agent is empty or no header", "use printable ASCII");
    }
    auto guard = AddressGuard::make(options.allow_addresses);
    if (!guard) {
        return fail(guard.error().kind, "allow_addresses: " + guard.error().what, guard.error().remedy);
    }
    if (auto fine = check_resolve(options); !fine) {
        return fail(fine);
    }
    auto store = make_store(options.extra_ca);
    if (!store) {
        return fail(store);
    }
    auto common = std::make_unique<Common>();
    common->options = std::move(options);
    common->guard = std::move(*guard);
    common->store = std::move(*store);
    auto engine = std::make_unique<Engine>(std::move(common));
    if (auto started = engine->start(); !started) {
        return fail(started);
    }
    return std::unique_ptr<CurlHttp>{new CurlHttp{std::move(engine)}};
}

void CurlHttp::send(RemoteRequest request, Done done) {
    engine_->send(std::move(request), std::move(done));
}

void CurlHttp::stop() {
    engine_->stop();
}

CurlFigures CurlHttp::figures() const {
    return engine_->figures();
}

}  // namespace fedtrail::curl
