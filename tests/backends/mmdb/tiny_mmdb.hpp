/// Writes a small file in MaxMind's DB format (maxmind.github.io/MaxMind-DB): an IPv6 tree of 24-bit records.

#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "fedtrail/core/address.hpp"

namespace fedtrail::testing {

class TinyMmdb {
public:
    /// `nested`: records have country.iso_code, as GeoLite2's; else country_code.
    explicit TinyMmdb(bool nested = false) : nested_(nested) {}

    /// IPv4 lies in ::/96.
    void add(const std::string& address, unsigned prefix, const std::string& country) {
        const auto parsed = IpAddress::parse(address).value();
        std::array<std::uint8_t, 16> octets{};
        std::copy(parsed.octets().begin(), parsed.octets().end(), octets.end() - parsed.octets().size());
        const auto depth = prefix + (parsed.is_v4() ? 96 : 0);
        std::size_t node = 0;
        for (unsigned at = 0; at < depth; ++at) {
            const auto bit = (octets.at(at / 8) >> (7 - at % 8)) & 1U;
            if (at + 1 == depth) {
                nodes_[node].at(bit) = -static_cast<std::int64_t>(place_of(country)) - 1;
                break;
            }
            if (nodes_[node].at(bit) <= 0) {
                nodes_[node].at(bit) = static_cast<std::int64_t>(nodes_.size());
                nodes_.push_back({0, 0});
            }
            node = static_cast<std::size_t>(nodes_[node].at(bit));
        }
    }

    void write(const std::filesystem::path& file) const {
        std::string out;
        for (const auto& node : nodes_) {
            for (const auto child : node) {
                const auto count = static_cast<std::int64_t>(nodes_.size());
                const auto record = child == 0 ? count : child > 0 ? child : count + 16 - child - 1;
                out += static_cast<char>(record >> 16);
                out += static_cast<char>(record >> 8);
                out += static_cast<char>(record);
            }
        }
        out.append(16, '\0');
        out += data_;
        out += "\xab\xcd\xefMaxMind.com" + map(9);
        out += text("node_count") + number(nodes_.size(), 0xc0, 4);
        out += text("record_size") + number(24, 0xa0, 2);
        out += text("ip_version") + number(6, 0xa0, 2);
        out += text("database_type") + text("tiny");
        out += text("languages") + std::string("\x00\x04", 2);
        out += text("binary_format_major_version") + number(2, 0xa0, 2);
        out += text("binary_format_minor_version") + number(0, 0xa0, 2);
        out += text("build_epoch") + std::string("\x08\x02", 2) + octets(1'781'725'900, 8);
        out += text("description") + map(0);
        std::ofstream{file, std::ios::binary} << out;
    }

private:
    static std::string octets(std::uint64_t value, int size) {
        std::string out;
        for (int at = size - 1; at >= 0; --at) {
            out += static_cast<char>(value >> (8U * static_cast<unsigned>(at)));
        }
        return out;
    }
    static std::string number(std::uint64_t value, unsigned type, int size) {
        return static_cast<char>(type | static_cast<unsigned>(size)) + octets(value, size);
    }
    static std::string text(const std::string& value) {
        return static_cast<char>(0x40U | value.size()) + value;
    }
    static std::string map(unsigned size) { return std::string(1, static_cast<char>(0xe0U | size)); }

    std::size_t place_of(const std::string& country) {
        const auto place = data_.size();
        data_ += nested_ ? map(1) + text("country") + map(1) + text("iso_code") + text(country)
                         : map(1) + text("country_code") + text(country);
        return place;
    }

    bool nested_;
    std::vector<std::array<std::int64_t, 2>> nodes_{{0, 0}};  ///< 0 nothing, above a node, below data.
    std::string data_;
};

}  // namespace fedtrail::testing
