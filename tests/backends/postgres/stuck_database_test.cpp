/// A database that says nothing more.

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "backends/postgres/key_source.hpp"
#include "door.hpp"

using namespace fedtrail;
using fedtrail::postgres::PostgresKeySource;

namespace {

/// A server that lets everybody in and then answers nothing, as one that was stopped or has lost its network.
class Stuck {
public:
    Stuck() : thread_{[this] { serve(); }} {}
    Stuck(const Stuck&) = delete;
    Stuck& operator=(const Stuck&) = delete;
    Stuck(Stuck&&) = delete;
    Stuck& operator=(Stuck&&) = delete;
    ~Stuck() {
        door_.shut();
        thread_.join();
    }
    [[nodiscard]] std::string connection() const {
        return "host=127.0.0.1 sslmode=disable gssencmode=disable user=u dbname=d port=" +
               std::to_string(door_.port());
    }

private:
    void serve() const {
        for (int peer = 0; (peer = door_.accept()) >= 0;) {
            std::array<char, 4096> said{};
            // AuthenticationOk, ParameterStatus, BackendKeyData, ReadyForQuery.
            static constexpr std::string_view kIn{
                "R\0\0\0\x08\0\0\0\0"
                "S\0\0\0\x18server_version\0"
                "15.0\0"
                "K\0\0\0\x0c\0\0\0\x01\0\0\0\x02"
                "Z\0\0\0\x05I",
                53};
            (void)!::read(peer, said.data(), said.size());
            (void)!::write(peer, kIn.data(), kIn.size());
            while (::read(peer, said.data(), said.size()) > 0) {
            }
            ::close(peer);
        }
    }

    fedtrail::testing::Door door_;
    std::thread thread_;
};

}  // namespace

TEST_CASE("a database that says nothing more is not waited for", "[postgres][keys]") {
    const Stuck server;
    const auto keys = PostgresKeySource::make({"mastodon",
                                               {*Host::parse("o.example")},
                                               Secret{server.connection()},
                                               std::chrono::milliseconds{300}});
    REQUIRE(keys);
    const auto key = (*keys)->find(*Uri::parse("https://o.example/users/alice"));
    REQUIRE_FALSE(key);
    CHECK(key.error().kind == ErrorKind::Unavailable);
    CHECK(key.error().what == "the mastodon database took too long to answer");
    const auto check = (*keys)->check();
    REQUIRE_FALSE(check);
    CHECK(check.error().what == "the mastodon database took too long to answer");
}
