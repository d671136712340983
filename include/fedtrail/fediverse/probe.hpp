/// How to look whether a copy is still there, and what an answer means: policies/probes.json as values.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/notice.hpp"

namespace fedtrail::fediverse {

enum class ProbeTarget : std::uint8_t { Account, Object };

/// What one kind of answer means: the first that fits counts.
struct ProbeMeaning {
    std::vector<int> statuses;  ///< Any of them; empty is any status.
    std::string json_pointer;   ///< RFC 6901; "" looks at no body.
    std::string equals;  ///< The value there as text, after the placeholders were filled in; "" is "exists".
    std::string contains;  ///< The body has this text, after the placeholders were filled in; "" is any.
    Presence presence{Presence::Unknown};

    friend bool operator==(const ProbeMeaning&, const ProbeMeaning&) = default;
};

/// From one version to before another; "" is no bound. Numbers are compared, part by part ("4.6" is
/// "4.6.0"); what follows the first character that is neither digit nor dot ("-rc1", "+glitch") does not
/// count.
struct VersionRange {
    std::string from;    ///< "3.4.0": the first that fits.
    std::string before;  ///< "1.0.0": the first that fits no more.

    friend bool operator==(const VersionRange&, const VersionRange&) = default;
};

/// Whether `version` lies in `range`. One that is not known, or begins with no number, does: what an answer
/// means is read from the answer.
[[nodiscard]] bool fits(const VersionRange& range, std::string_view version);

/// What is asked before a list: who the person is there.
struct ProbeFirst {
    std::string method;
    std::string path;
    std::string body;  ///< JSON with placeholders; "" is none.
    std::string id;    ///< RFC 6901: what {id} is from then on.
    /// Present: the list is asked for. All else says the same of everything that may be in it.
    std::vector<ProbeMeaning> meanings;

    friend bool operator==(const ProbeFirst&, const ProbeFirst&) = default;
};

/// Where the answer is one page of a list, and an object is a copy if its URI stands in it.
struct ProbeList {
    std::string at;                 ///< RFC 6901: the list in the answer; "" is all of it.
    std::vector<std::string> uris;  ///< RFC 6901, in each of its members: where a URI may stand.
    std::string last;               ///< RFC 6901, in the last member: what {last} is on the next page.
    std::string next_path;          ///< The same question for the page after.
    std::string next_body;          ///< JSON with placeholders; "" is none.
    std::size_t pages{1};           ///< That are read at most.
    Presence absent{Presence::NotVisible};  ///< If an empty page ended the list before.

    friend bool operator==(const ProbeList&, const ProbeList&) = default;
};

/// How often a visitor may ask what a probe asks, as that software comes: its operator may have set it
/// otherwise, and says so by header (politeness.hpp).
struct ProbeRate {
    std::uint32_t requests{1};
    std::chrono::seconds within{1};

    /// Rounded up: asked so far apart, the limit is never met.
    [[nodiscard]] std::chrono::milliseconds apart() const {
        return std::chrono::milliseconds{(within.count() * 1000 + requests - 1) / requests};
    }

    friend bool operator==(const ProbeRate&, const ProbeRate&) = default;
};

struct Probe {
    std::string name;  ///< "mastodon-account"
    std::vector<std::string> software;
    VersionRange versions;
    ProbeTarget target{ProbeTarget::Account};
    std::string method;
    std::string path;  ///< "/api/v1/accounts/lookup?acct={handle}"
    std::string body;  ///< JSON with placeholders; "" is none.
    std::string accept;
    bool is_html{};  ///< robots.txt is asked first.
    bool signed_get{};
    bool write_endpoint{};  ///< Changes nothing but is a POST to an inbox: only where the operator allows it.
    bool imports{};  ///< Fetches anew what it is asked for, as long as the origin serves it: never before the
                     ///< origin was seen to answer 404 or 410.
    std::optional<ProbeRate> rate{};  ///< Absent: none is known.
    std::vector<ProbeMeaning> meanings;
    std::optional<ProbeFirst> first{};  ///< Only with a list.
    std::optional<ProbeList> list{};    ///< Then there are no meanings.

    friend bool operator==(const Probe&, const Probe&) = default;
};

/// What stands for the placeholders {handle}, {user}, {host}, {actor}, {object}, and, where there is a list,
/// {id}, {last} and {page}; percent-encoded in paths, escaped in bodies.
struct ProbePlaces {
    Personal<std::string> handle;  ///< "alice@origin.example"
    Personal<std::string> actor;
    Personal<std::string> object;
    std::string id{};
    std::string last{};
    std::size_t page{1};
};

/// One page of a list.
struct ProbePage {
    std::vector<std::string> uris;
    std::string last;  ///< "" if the page is empty.
    bool empty{};
};

/// Octets of a body that are looked at.
inline constexpr std::size_t kMaxProbeAnswer = 1U << 20U;

struct ProbeRequest {
    std::string method;
    Uri url;
    std::string accept;
    std::string body;
};

class Probes {
public:
    /// `json` is policies/probes.json. Errors: Invalid.
    [[nodiscard]] static Result<Probes> parse(std::string_view json);
    /// Those of a software in a version ("" is unknown), in the order in which they are to be tried, one
    /// after the other until one says something else than Unknown; none: it cannot be looked at.
    [[nodiscard]] std::vector<const Probe*> of(std::string_view software,
                                               ProbeTarget target,
                                               std::string_view version = {}) const;
    /// Why a software cannot be looked at, in one sentence; "" if it can, or if nobody knows.
    [[nodiscard]] std::string_view why_unprobeable(std::string_view software) const;
    [[nodiscard]] const std::vector<Probe>& all() const { return all_; }

    friend bool operator==(const Probes&, const Probes&) = default;

private:
    struct Unprobeable {
        std::vector<std::string> software;
        std::string why;

        friend bool operator==(const Unprobeable&, const Unprobeable&) = default;
    };
    std::vector<Probe> all_;
    std::vector<Unprobeable> unprobeable_;
};

/// Errors: Invalid (the host and the probe make no URI).
[[nodiscard]] Result<ProbeRequest> probe_request(const Probe& probe,
                                                 const Host& recipient,
                                                 const ProbePlaces& places);
/// The question before the list; the probe must have one.
[[nodiscard]] Result<ProbeRequest> first_request(const Probe& probe,
                                                 const Host& recipient,
                                                 const ProbePlaces& places);
/// The question for the page `places.page` of the list; the probe must have one.
[[nodiscard]] Result<ProbeRequest> page_request(const Probe& probe,
                                                const Host& recipient,
                                                const ProbePlaces& places);
/// Nothing if the body is no such list, or larger than kMaxProbeAnswer.
[[nodiscard]] std::optional<ProbePage> page_of(const ProbeList& list, std::string_view body);
/// What {id} is; "" if the body does not say it.
[[nodiscard]] std::string id_of(const ProbeFirst& first, std::string_view body);
/// What the first meaning says that fits; nothing where none does, or where presence_of() could not read it.
[[nodiscard]] std::optional<Presence> said_presence(std::span<const ProbeMeaning> meanings,
                                                    const ProbePlaces& places,
                                                    int status,
                                                    std::string_view body);
/// What an answer says; Unknown where no meaning fits. A body that is no JSON where JSON was expected, or
/// that is larger than kMaxProbeAnswer, says Unknown.
[[nodiscard]] Presence presence_of(std::span<const ProbeMeaning> meanings,
                                   const ProbePlaces& places,
                                   int status,
                                   std::string_view body);
[[nodiscard]] inline Presence presence_of(const Probe& probe,
                                          const ProbePlaces& places,
                                          int status,
                                          std::string_view body) {
    return presence_of(probe.meanings, places, status, body);
}

}  // namespace fedtrail::fediverse
