/// One request on its way: what libcurl is told, what it tells us, and what that means.

#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "fedtrail/core/address.hpp"

#include "backends/curl/curl_http.hpp"
#include "backends/curl/owned.hpp"

namespace fedtrail::curl {

using TimePoint = std::chrono::steady_clock::time_point;

/// The same for all transfers of one engine; outlives them.
struct Common {
    CurlOptions options;
    AddressGuard guard;
    Store store;
    CurlFigures figures;  ///< The engine's thread writes.
};

class Transfer {
public:
    Transfer(Common& common, RemoteRequest request, RemoteHttp::Done done);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    Transfer(Transfer&&) = delete;
    Transfer& operator=(Transfer&&) = delete;
    ~Transfer() = default;

    [[nodiscard]] const std::string& host() const { return request_.url.host().text(); }
    /// Whether scheme, port and headers may be used at all.
    [[nodiscard]] bool allowed() const;

    /// Sets the request on `easy`, which was made by make_easy(). False if libcurl will not take it.
    [[nodiscard]] bool prepare(Easy easy, TimePoint now);
    [[nodiscard]] CURL* easy() const { return easy_.get(); }
    [[nodiscard]] Easy release() { return std::move(easy_); }

    /// It counts in `connecting` until its connection stands, or it ends.
    void count_in(std::size_t& connecting);
    void count_out();

    /// Takes in what libcurl says of the end. True if a redirect is to be followed: the transfer stands for
    /// the next hop then and starts anew.
    [[nodiscard]] bool ended(CURLcode code, TimePoint now);
    /// Ends it with `fault`.
    void fail_with(RemoteFault fault) { response_.fault = fault; }
    /// Calls `done`.
    void finish();

private:
    friend struct Callbacks;

    [[nodiscard]] RemoteFault fault_of(CURLcode code) const;
    [[nodiscard]] bool follow(TimePoint now);
    void note_place();
    [[nodiscard]] bool is_own(curl_socket_t socket) const;
    void cut_connection() const;
    void take_header(std::string_view line);
    bool connected();
    void set_method() const;
    [[nodiscard]] bool set_headers();
    [[nodiscard]] bool set_destination();

    Common& common_;
    std::size_t* connecting_{};
    RemoteRequest request_;
    RemoteHttp::Done done_;
    RemoteResponse response_;
    Easy easy_;
    List headers_;
    List connect_to_;
    TimePoint deadline_{};
    int hops_{};
    std::size_t header_octets_{};
    std::size_t opened_{};
    std::size_t forbidden_{};
    bool asked_{};  ///< In this hop, a request went out.
    bool recalled_{};
    bool head_ended_{};
    bool too_large_{};
};

/// A handle with everything set that all transfers have in common.
[[nodiscard]] Easy make_easy(Common& common);

}  // namespace fedtrail::curl
