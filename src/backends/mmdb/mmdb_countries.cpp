#include "backends/mmdb/mmdb_countries.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <maxminddb.h>
#include <netinet/in.h>

#include "fedtrail/core/time.hpp"

namespace fedtrail::mmdb {

namespace {

Error to_error(int status, const std::filesystem::path& file) {
    const bool missing = status == MMDB_FILE_OPEN_ERROR;
    return {missing ? ErrorKind::NotFound : ErrorKind::Invalid,
            file.string() + ": " + MMDB_strerror(status),
            "Put a file of countries in MaxMind's DB format there, or none."};
}

/// The text at a path of keys in a record; "" if there is none.
std::string text_at(MMDB_entry_s entry, const std::array<const char*, 3>& path) {
    MMDB_entry_data_s found{};
    const int status = MMDB_aget_value(&entry, &found, path.data());
    if (status != MMDB_SUCCESS || !found.has_data || found.type != MMDB_DATA_TYPE_UTF8_STRING) {
        return {};
    }
    return {found.utf8_string, found.data_size};
}

union SocketAddress {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
};

SocketAddress socket_address(const IpAddress& address) {
    SocketAddress out{};
    const auto octets = address.octets();
    if (address.is_v4()) {
        out.v4.sin_family = AF_INET;
        std::memcpy(&out.v4.sin_addr, octets.data(), octets.size());
    } else {
        out.v6.sin6_family = AF_INET6;
        std::memcpy(&out.v6.sin6_addr, octets.data(), octets.size());
    }
    return out;
}

}  // namespace

struct MmdbCountries::State {
    std::filesystem::path file;
    MMDB_s database{};
    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    State(State&&) = delete;
    State& operator=(State&&) = delete;
    ~State() { MMDB_close(&database); }
};

MmdbCountries::MmdbCountries(std::unique_ptr<State> state) : state_(std::move(state)) {}

MmdbCountries::~MmdbCountries() = default;

Result<std::unique_ptr<MmdbCountries>> MmdbCountries::open_file(const std::filesystem::path& file) {
    auto state = std::make_unique<State>();
    state->file = file;
    const int status = MMDB_open(file.c_str(), MMDB_MODE_MMAP, &state->database);
    if (status != MMDB_SUCCESS) {
        return tl::unexpected{to_error(status, file)};
    }
    return std::unique_ptr<MmdbCountries>{new MmdbCountries{std::move(state)}};
}

Result<std::optional<privacy::Country>> MmdbCountries::country_of(const IpAddress& address) const {
    const auto where = socket_address(address);
    int status = MMDB_SUCCESS;
    auto found = MMDB_lookup_sockaddr(&state_->database, &where.any, &status);
    if (status == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR) {
        return std::optional<privacy::Country>{};
    }
    if (status != MMDB_SUCCESS) {
        auto error = to_error(status, state_->file);
        error.kind = ErrorKind::Corrupt;
        return tl::unexpected{std::move(error)};
    }
    if (!found.found_entry) {
        return std::optional<privacy::Country>{};
    }
    auto code = text_at(found.entry, {"country_code", nullptr, nullptr});
    if (code.empty()) {
        code = text_at(found.entry, {"country", "iso_code", nullptr});
    }
    const auto country = privacy::Country::parse(code);
    return country ? std::optional{*country} : std::optional<privacy::Country>{};
}

std::string MmdbCountries::edition() const {
    const auto& about = state_->database.metadata;
    const std::string kind = about.database_type == nullptr ? "" : about.database_type;
    return kind + " of " +
           format_rfc3339(from_unix_seconds(static_cast<std::int64_t>(about.build_epoch))).substr(0, 10);
}

}  // namespace fedtrail::mmdb
