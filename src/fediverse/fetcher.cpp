#include "fedtrail/fediverse/fetcher.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fediverse/policy_json.hpp"

namespace fedtrail::fediverse {

namespace {

constexpr std::array<std::pair<std::string_view, FetcherKind>, kFetcherKinds> kKinds{
    {{"server", FetcherKind::Server},
     {"browser", FetcherKind::Browser},
     {"feed_reader", FetcherKind::FeedReader},
     {"crawler", FetcherKind::Crawler},
     {"other", FetcherKind::Other}}};

constexpr std::size_t kMaxAgent = 2048;
constexpr std::string_view kProductEnds = " /;,()";
constexpr std::string_view kAddressEnds = " ;,)(<>\"'";

/// A name that only somebody who runs a server has: no address literal, no bare word.
bool is_public_name(const Host& host) {
    const auto& text = host.text();
    const auto name = std::string_view{text}.substr(0, text.find(':'));
    const auto dot = name.rfind('.');
    return dot != std::string_view::npos && !text.starts_with('[') &&
           name.find_first_not_of("0123456789", dot + 1) != std::string_view::npos;
}

/// The first http(s) address in `text` with a host of that kind.
std::optional<Uri> address_in(std::string_view text) {
    for (auto at = text.find("http"); at != std::string_view::npos; at = text.find("http", at + 4)) {
        const auto from = text.substr(at);
        if (!from.starts_with("http://") && !from.starts_with("https://")) {
            continue;
        }
        auto uri = Uri::parse(from.substr(0, from.find_first_of(kAddressEnds)));
        if (uri && is_public_name(uri->host())) {
            return std::move(*uri);
        }
    }
    return std::nullopt;
}

/// Whether `product` stands in `text` as a product's name does: "name/version", or a word alone.
bool names_product(std::string_view text, std::string_view product) {
    for (auto at = text.find(product); at != std::string_view::npos; at = text.find(product, at + 1)) {
        const auto end = at + product.size();
        const bool begins = at == 0 || kProductEnds.find(text[at - 1]) != std::string_view::npos;
        const bool ends = end == text.size() || kProductEnds.find(text[end]) != std::string_view::npos;
        if (begins && ends) {
            return true;
        }
    }
    return false;
}

/// The text without what stands in its addresses: a name in one is no product.
std::string without_addresses(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto at = text.find("://");
        out += text.substr(0, at);
        text = at == std::string_view::npos ? std::string_view{} : text.substr(at);
        text = text.substr(std::min(text.size(), text.find_first_of(kAddressEnds)));
    }
    return out;
}

/// The value of `name="…"` where the name stands alone; nothing if it is not there.
std::optional<std::string_view> quoted_value(std::string_view text, std::string_view name) {
    for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
        const auto value = at + name.size();
        const bool alone = at == 0 || text[at - 1] == ',' || text[at - 1] == ' ' || text[at - 1] == ';';
        if (!alone || text.substr(value, 2) != "=\"") {
            continue;
        }
        const auto end = text.find('"', value + 2);
        return end == std::string_view::npos ? std::nullopt
                                             : std::optional{text.substr(value + 2, end - value - 2)};
    }
    return std::nullopt;
}

std::vector<std::string> lower_words(const nlohmann::json& entry, const char* field) {
    std::vector<std::string> words;
    for (const auto& word : entry.value(field, nlohmann::json::array())) {
        words.push_back(lower_ascii(word.get<std::string>()));
    }
    return words;
}

}  // namespace

std::string_view name_of(FetcherKind kind) {
    for (const auto& [name, known] : kKinds) {
        if (known == kind) {
            return name;
        }
    }
    return "other";
}

Result<FetcherWords> FetcherWords::parse(std::string_view json) {
    FetcherWords words;
    const auto read = read_policy(json, "fedtrail/fetchers/1", "fetchers", [&](const nlohmann::json& entry) {
        Row row;
        row.kind = named_in(kKinds, entry.at("kind").get<std::string>(), "kind");
        row.products = lower_words(entry, "products");
        row.words = lower_words(entry, "words");
        words.rows_.push_back(std::move(row));
    });
    return read ? Result<FetcherWords>{std::move(words)} : Result<FetcherWords>{fail(read)};
}

std::optional<FetcherKind> FetcherWords::kind_of(const std::string& lower) const {
    const auto names = without_addresses(lower);
    for (const auto& row : rows_) {
        const bool fits = std::any_of(row.products.begin(),
                                      row.products.end(),
                                      [&](const auto& product) { return names_product(names, product); }) ||
                          std::any_of(row.words.begin(), row.words.end(), [&](const auto& word) {
                              return lower.find(word) != std::string::npos;
                          });
        if (fits) {
            return row.kind;
        }
    }
    return std::nullopt;
}

Fetcher FetcherWords::fetcher_of(std::string_view user_agent, bool wants_activity) const {
    const auto lower = lower_ascii(user_agent.substr(0, kMaxAgent));
    const auto kind = kind_of(lower);
    if (kind && *kind != FetcherKind::Server) {
        return Fetcher{*kind, {}};
    }
    const auto address = kind || wants_activity ? address_in(lower) : std::nullopt;
    const bool home = address && address->path() == "/" && address->query().empty();
    if (kind || home) {
        return Fetcher{FetcherKind::Server, address ? address->host() : Host{}};
    }
    return Fetcher{FetcherKind::Other, {}};
}

bool wants_activity(std::string_view accept) {
    return accept.find("application/activity+json") != std::string_view::npos ||
           accept.find("application/ld+json") != std::string_view::npos;
}

std::optional<Host> signing_host(std::string_view signature, std::string_view signature_input) {
    auto key = quoted_value(signature, "keyId");
    if (!key) {
        key = quoted_value(signature_input, "keyid");
    }
    const auto uri = key ? Uri::parse(*key) : Result<Uri>{fail(ErrorKind::Invalid, "")};
    return uri && is_public_name(uri->host()) ? std::optional{uri->host()} : std::nullopt;
}

}  // namespace fedtrail::fediverse
