/// Who trusts our authority, and who refused it.
///
/// A client that refuses it gets tunnels to the host that it refused it for, so that its server stays
/// connected. That must never cost the recording of another client: clients are told apart by where they
/// connect from and by how their TLS says hello, and one that was intercepted once since the start is never
/// given a tunnel for a refusal: there it is another program with the same TLS that refused.

#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fedtrail/core/uri.hpp"

#include "intake/proxy/egress_proxy.hpp"
#include "intake/proxy/loop.hpp"

namespace fedtrail::proxy {

/// A client as far as it can be told from others: its address without the port, and ClientHello::shape.
[[nodiscard]] std::string client_kind(const Tcp::endpoint& from, std::uint64_t hello_shape);

/// Thread-safe; bounded.
class ClientTrust {
public:
    /// It was intercepted: what it refused before is forgotten, what it refuses later changes nothing.
    void trusted(const std::string& kind);
    /// It refused our authority for `host`. True if its connections there are to pass unread until `until`
    /// and were not before; false also if it is known to trust us.
    [[nodiscard]] bool refused(const std::string& kind, const Host& host, TimePoint until);
    /// Whether a connection of it to `host` is to pass unread.
    [[nodiscard]] bool refuses(const std::string& kind, const Host& host);

    void count_tunnel(const Host& host);
    [[nodiscard]] UntrustingFigures figures() const;

private:
    mutable std::mutex mutex_;
    std::unordered_set<std::string> trusting_;
    bool too_many_{};  ///< More trust us than are remembered: no refusal is believed any more.
    std::unordered_map<std::string, std::unordered_map<Host, TimePoint>> until_;
    std::size_t remembered_{};  ///< Refusals in `until_`.
    std::unordered_map<Host, std::uint64_t> tunnels_;
    std::uint64_t tunnels_elsewhere_{};  ///< To hosts for which there was no room.
};

}  // namespace fedtrail::proxy
