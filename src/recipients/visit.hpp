/// One visit to a recipient: which question comes next, and what its answers say. No clock, no network: the
/// Refresher asks the questions.

#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/fediverse/politeness.hpp"
#include "fedtrail/ports/cipher.hpp"
#include "fedtrail/ports/html_reader.hpp"
#include "fedtrail/ports/policy_archive.hpp"
#include "fedtrail/ports/refresh_book.hpp"
#include "fedtrail/ports/remote_http.hpp"

#include "recipients/policy_places.hpp"

namespace fedtrail::recipients {

/// What all visits share; outlives them.
struct VisitTools {
    const HtmlReader& html;
    const Cipher& cipher;
    bool read_policies{true};
    std::string agent{"fedtrail"};  ///< What robots.txt may name.
    /// Whether anybody may have a host below that one ("co.uk", "github.io").
    std::function<bool(const Host&)> is_public_suffix = [](const Host&) { return false; };
    /// What is remembered of that host's robots.txt; nothing: it must be asked.
    std::function<const fediverse::Robots*(const Host&)> robots = [](const Host&) { return nullptr; };
};

/// What there is to ask, and from whom.
struct VisitQuestion {
    std::string method{"GET"};
    Uri url;
    std::string body;
    std::string accept;
    std::size_t max_body{};
    bool follow{true};
    bool conditional{};
};

/// What a visit found out, to be written down.
struct VisitFindings {
    bool answered{};            ///< NodeInfo was read, or is as it was.
    std::string failing_how{};  ///< Why nobody answered at all, as name_of(RemoteFault); "": somebody did.
    fediverse::NodeFacts facts;
    bool contact_from_api{};
    std::string address;
    std::vector<records::HostAlias> aliases;  ///< On which both sides agree.
    Host main;                                ///< Of them: the one to name the recipient by.
    std::vector<ReadPolicy> policies;
    std::vector<records::PolicyKind> unchanged;  ///< Texts that the server said are as they were.
    std::optional<Instant> rest;                 ///< It asked to be left alone until then.
    std::size_t not_modified{};
};

class Visit {
public:
    /// `tools` must outlive it.
    Visit(RefreshState state, const VisitTools& tools);

    /// The next question; nothing: the visit is over.
    [[nodiscard]] std::optional<VisitQuestion> question();
    /// The answer to it, with a robots.txt handed on to `learned`.
    void take(const RemoteResponse& response,
              Instant now,
              const std::function<void(const Host&, fediverse::Robots)>& learned);

    [[nodiscard]] const Host& host() const { return state_.host; }
    [[nodiscard]] const RefreshState& state() const { return state_; }
    [[nodiscard]] const VisitFindings& findings() const { return findings_; }
    /// The answers that are worth remembering, once the visit is over.
    [[nodiscard]] RefreshState next_state() const;

private:
    enum class Step : std::uint8_t {
        WellKnown,
        NodeInfo,
        Instance,
        OlderInstance,
        WebFinger,
        HostMeta,
        Text,
        Over
    };

    [[nodiscard]] VisitQuestion ask(const Uri& url,
                                    std::string accept,
                                    std::size_t max_body,
                                    bool follow) const;
    [[nodiscard]] std::optional<VisitQuestion> ask_instance(const std::string& path,
                                                            const std::string& method,
                                                            std::string body);
    [[nodiscard]] std::optional<VisitQuestion> ask_text();
    void take_well_known(const RemoteResponse& response);
    void take_node_info(const RemoteResponse& response);
    void take_instance(const RemoteResponse& response, Instant now);
    void take_agreement(const RemoteResponse& response);
    void take_text(const RemoteResponse& response, Instant now);
    void after_node_info();
    void after_facts();
    void agree(const Host& other, const char* why, const Host& main);
    void start_texts();
    void remember(const RemoteResponse& response, const std::string& url);
    [[nodiscard]] const RememberedAnswer* remembered(const std::string& url) const;
    /// False if it is none.
    [[nodiscard]] bool keep_text(records::PolicyKind kind,
                                 const std::string& url,
                                 HtmlText text,
                                 Instant now);
    [[nodiscard]] bool is_one_zone(const Host& a, const Host& b) const;

    RefreshState state_;
    const VisitTools& tools_;
    Step step_{Step::WellKnown};
    Host at_;  ///< Who answers for the host: itself, or one that must agree.
    Uri link_;
    fediverse::NodeFacts node_;
    fediverse::NodeFacts instance_;
    bool instance_kept_{};  ///< The instance API did not answer: what it said before stays.
    std::vector<RememberedAnswer> answers_;
    std::vector<InlinePolicy> inside_;
    std::string inside_url_;
    std::deque<PolicyPlace> places_;
    int hops_{};
    bool asked_robots_{};
    std::string asked_;  ///< The URL of the question that is under way.
    VisitFindings findings_;
};

}  // namespace fedtrail::recipients
