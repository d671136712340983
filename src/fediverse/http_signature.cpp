#include "fedtrail/fediverse/http_signature.hpp"

#include <array>
#include <chrono>

#include "fediverse/ascii.hpp"
#include "fediverse/signature_lines.hpp"

namespace fedtrail::fediverse {

namespace {

std::string target_of(const Uri& url) {
    std::string target{url.path()};
    if (!url.query().empty()) {
        target.append("?").append(url.query());
    }
    return target;
}

/// The URL as it is asked for: a fragment never leaves.
std::string without_fragment(const Uri& url) {
    return url.text().substr(0, url.text().find('#'));
}

/// A quoted string of a header field: a quote or a backslash would end it early.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out += '"';
}

void pad(std::string& out, unsigned value, std::size_t width) {
    const auto digits = std::to_string(value);
    out.append(width > digits.size() ? width - digits.size() : 0, '0').append(digits);
}

}  // namespace

std::string cavage_names(std::span<const SignedLine> lines) {
    std::string names;
    for (const auto& line : lines) {
        names.append(names.empty() ? "" : " ").append(line.name);
    }
    return names;
}

std::string cavage_text(std::span<const SignedLine> lines) {
    std::string text;
    for (const auto& line : lines) {
        text.append(text.empty() ? "" : "\n").append(line.name).append(": ").append(line.value);
    }
    return text;
}

std::string rfc9421_params(std::span<const SignedLine> lines, std::string_view parameters) {
    std::string params = "(";
    for (const auto& line : lines) {
        params.append(params.size() == 1 ? "\"" : " \"").append(line.name).append("\"");
    }
    return params.append(")").append(parameters);
}

std::string rfc9421_text(std::span<const SignedLine> lines, std::string_view params) {
    std::string text;
    for (const auto& line : lines) {
        text.append("\"").append(line.name).append("\": ").append(line.value).append("\n");
    }
    return text.append("\"@signature-params\": ").append(params);
}

SignatureBase cavage_base(const SignableRequest& request) {
    const auto date = http_date(request.at);
    std::vector<SignedLine> lines{
        {"(request-target)", lower_ascii(request.method) + " " + target_of(request.url)},
        {"host", request.url.host().text()},
        {"date", date}};
    SignatureBase base{{{"Host", request.url.host().text()}, {"Date", date}}, {}, {}};
    if (!request.digest.empty()) {
        // Upper case: Threads refuses any other spelling.
        lines.push_back(SignedLine{"digest", "SHA-256=" + request.digest});
        lines.push_back(SignedLine{"content-type", request.content_type});
        base.headers.emplace_back("Digest", "SHA-256=" + request.digest);
        base.headers.emplace_back("Content-Type", request.content_type);
    }
    base.text = cavage_text(lines);
    base.params = cavage_names(lines);
    return base;
}

SignatureBase rfc9421_base(const SignableRequest& request,
                           std::string_view key_id,
                           std::string_view algorithm) {
    std::vector<SignedLine> lines{{"@method", request.method},
                                  {"@target-uri", without_fragment(request.url)}};
    SignatureBase base{{{"Host", request.url.host().text()}, {"Date", http_date(request.at)}}, {}, {}};
    if (!request.digest.empty()) {
        auto digest = "sha-256=:" + request.digest + ":";
        lines.push_back(SignedLine{"content-digest", digest});
        base.headers.emplace_back("Content-Digest", std::move(digest));
        base.headers.emplace_back("Content-Type", request.content_type);
    }
    base.params = rfc9421_params(lines,
                                 ";created=" + std::to_string(to_unix_seconds(request.at)) +
                                     ";keyid=" + quoted(key_id) + ";alg=" + quoted(algorithm));
    base.text = rfc9421_text(lines, base.params);
    return base;
}

std::vector<std::pair<std::string, std::string>> cavage_headers(const SignatureBase& base,
                                                                std::string_view key_id,
                                                                std::string_view signature) {
    std::string value = "keyId=" + quoted(key_id) + R"(,algorithm="rsa-sha256",headers=")" + base.params;
    value.append(R"(",signature=")").append(signature).append("\"");
    return {{"Signature", std::move(value)}};
}

std::vector<std::pair<std::string, std::string>> rfc9421_headers(const SignatureBase& base,
                                                                 std::string_view signature) {
    return {{"Signature-Input", "sig1=" + base.params},
            {"Signature", std::string{"sig1=:"}.append(signature).append(":")}};
}

std::string http_date(Instant at) {
    constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<std::string_view, 12> kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
    std::string out{kDays.at(std::chrono::weekday{day}.c_encoding())};
    pad(out.append(", "), static_cast<unsigned>(date.day()), 2);
    out.append(" ").append(kMonths.at(static_cast<unsigned>(date.month()) - 1)).append(" ");
    pad(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    pad(out.append(" "), static_cast<unsigned>(time.hours().count()), 2);
    pad(out.append(":"), static_cast<unsigned>(time.minutes().count()), 2);
    pad(out.append(":"), static_cast<unsigned>(time.seconds().count()), 2);
    return out.append(" GMT");
}

}  // namespace fedtrail::fediverse
