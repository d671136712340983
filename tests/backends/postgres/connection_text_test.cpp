#include "backends/postgres/connection_text.hpp"

#include <catch2/catch.hpp>

using fedtrail::postgres::with_defaults;

TEST_CASE("A connection string gets what it does not say itself") {
    CHECK(with_defaults("dbname=mastodon") ==
          "connect_timeout=5 tcp_user_timeout=10000 application_name=fedtrail client_encoding=UTF8 "
          "dbname=mastodon");
    CHECK(with_defaults("dbname=x connect_timeout=1") ==
          "tcp_user_timeout=10000 application_name=fedtrail client_encoding=UTF8 dbname=x connect_timeout=1");
}

TEST_CASE("A connection URI gets the same as parameters") {
    CHECK(with_defaults("postgresql://u:p@h/d") ==
          "postgresql://u:p@h/"
          "d?connect_timeout=5&tcp_user_timeout=10000&application_name=fedtrail&client_encoding=UTF8");
    CHECK(with_defaults("postgres:///d?connect_timeout=1&tcp_user_timeout=2&application_name=a") ==
          "postgres:///d?connect_timeout=1&tcp_user_timeout=2&application_name=a&client_encoding=UTF8");
    const std::string whole =
        "postgres:///d?connect_timeout=1&tcp_user_timeout=2&application_name=a&client_encoding=UTF8";
    CHECK(with_defaults(whole) == whole);
}
