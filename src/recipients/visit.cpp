#include "recipients/visit.hpp"

#include <algorithm>
#include <utility>

#include "recipients/host_agreement.hpp"
#include "recipients/policy_page.hpp"
#include "recipients/sentences.hpp"

namespace fedtrail::recipients {

namespace {

using fediverse::NodeFacts;
using records::PolicyKind;

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMostWellKnown = 16 * kKiB;
constexpr std::size_t kMostDocument = 256 * kKiB;
constexpr std::size_t kMostPage = 1024 * kKiB;
constexpr std::size_t kMostText = 256 * kKiB;
constexpr std::size_t kMostRobots = 500 * kKiB;
constexpr std::size_t kLeastText = 40;  ///< Less is the frame of a page that a script fills.
constexpr std::size_t kMostTag = 512;
constexpr std::size_t kMostAnswers = 16;
constexpr int kMostHops = 3;
constexpr int kNotModified = 304;
constexpr int kGone = 410;
constexpr const char* kJson = "application/json";
constexpr const char* kOlderInstance = "/api/v1/instance";

bool fine(const RemoteResponse& response) {
    return response.fault == RemoteFault::None && response.status == 200;
}

bool same(const RemoteResponse& response) {
    return response.fault == RemoteFault::None && response.status == kNotModified;
}

bool is_tag(std::string_view text) {
    return text.size() <= kMostTag &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// "text/html; charset=utf-8" has both in small letters.
std::pair<std::string, std::string> type_of(const RemoteResponse& response) {
    std::string type{header_of(response.headers, "Content-Type").substr(0, 200)};
    std::transform(type.begin(), type.end(), type.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    std::string charset;
    if (const auto at = type.find("charset="); at != std::string::npos) {
        charset = type.substr(at + 8);
        charset.erase(std::remove(charset.begin(), charset.end(), '"'), charset.end());
        charset = charset.substr(0, charset.find_first_of("; \t"));
    }
    return {type.substr(0, type.find_first_of("; \t")), charset};
}

Uri url_on(const Host& host, const std::string& path) {
    return Uri::parse("https://" + host.text() + path).value_or(Uri{});
}

}  // namespace

Visit::Visit(RefreshState state, const VisitTools& tools)
    : state_(std::move(state)), tools_(tools), at_(state_.host) {}

const RememberedAnswer* Visit::remembered(const std::string& url) const {
    const auto found = std::find_if(
        state_.answers.begin(), state_.answers.end(), [&](const auto& one) { return one.url == url; });
    return found == state_.answers.end() ? nullptr : &*found;
}

VisitQuestion Visit::ask(const Uri& url, std::string accept, std::size_t max_body, bool follow) const {
    VisitQuestion question;
    question.url = url;
    question.accept = std::move(accept);
    question.max_body = max_body;
    question.follow = follow;
    question.conditional = true;
    return question;
}

std::optional<VisitQuestion> Visit::ask_instance(const std::string& path,
                                                 const std::string& method,
                                                 std::string body) {
    auto question = ask(url_on(at_, path), kJson, kMostDocument, true);
    question.method = method;
    question.conditional = method == "GET";
    question.body = std::move(body);
    return question;
}

std::optional<VisitQuestion> Visit::question() {
    std::optional<VisitQuestion> next;
    switch (step_) {
        case Step::WellKnown:
            next = ask(url_on(state_.host, "/.well-known/nodeinfo"), kJson, kMostWellKnown, true);
            break;
        case Step::NodeInfo:
            next = ask(link_, kJson, kMostDocument, true);
            break;
        case Step::Instance: {
            const auto how = fediverse::instance_question(node_.software);
            next = ask_instance(how->path, how->method, how->body);
            break;
        }
        case Step::OlderInstance:
            next = ask_instance(kOlderInstance, "GET", {});
            break;
        case Step::WebFinger: {
            const auto& name = findings_.facts.account_host.text();
            next = ask(url_on(findings_.facts.account_host,
                              "/.well-known/webfinger?resource=acct:" + name + "@" + name),
                       "application/jrd+json, application/json",
                       kMostWellKnown,
                       true);
            break;
        }
        case Step::HostMeta:
            next = ask(url_on(findings_.facts.account_host, "/.well-known/host-meta"),
                       "application/xrd+xml",
                       kMostWellKnown,
                       true);
            break;
        case Step::Text:
            next = ask_text();
            break;
        case Step::Over:
            break;
    }
    asked_ = next ? next->url.text() : std::string{};
    return next;
}

std::optional<VisitQuestion> Visit::ask_text() {
    while (!places_.empty()) {
        const auto& place = places_.front();
        if (place.form == PolicyPlace::Form::Content) {
            return ask(place.url, kJson, kMostDocument * 2, true);
        }
        const auto* const robots = tools_.robots(place.url.host());
        if (robots == nullptr && !asked_robots_) {
            asked_robots_ = true;
            auto question = ask(url_on(place.url.host(), "/robots.txt"), "text/plain", kMostRobots, true);
            question.conditional = false;
            return question;
        }
        asked_robots_ = false;
        const auto query = std::string{place.url.query()};
        if (robots != nullptr &&
            robots->allow(std::string{place.url.path()} + (query.empty() ? "" : "?" + query))) {
            return ask(place.url, "text/html, text/plain;q=0.9", kMostPage, false);
        }
        places_.pop_front();
        hops_ = 0;
    }
    step_ = Step::Over;
    return std::nullopt;
}

void Visit::take(const RemoteResponse& response,
                 Instant now,
                 const std::function<void(const Host&, fediverse::Robots)>& learned) {
    if (!response.address.empty() && response.url.host() == at_) {
        findings_.address = response.address;
    }
    findings_.not_modified += same(response) ? 1 : 0;
    // Only what the server asks for itself: another one that is named by it cannot send us away.
    if (const auto rest = fediverse::rest_until(response.status, response.headers, now);
        rest && response.status >= 400 && Uri::parse(asked_).value_or(Uri{}).host() == state_.host) {
        findings_.rest = rest;
        findings_.answered = findings_.answered && step_ != Step::WellKnown;
        instance_kept_ = instance_kept_ || step_ == Step::Instance || step_ == Step::OlderInstance;
        if (step_ == Step::Instance || step_ == Step::OlderInstance) {
            after_facts();
        }
        step_ = Step::Over;
        return;
    }
    switch (step_) {
        case Step::WellKnown:
            take_well_known(response);
            return;
        case Step::NodeInfo:
            take_node_info(response);
            return;
        case Step::Instance:
        case Step::OlderInstance:
            take_instance(response, now);
            return;
        case Step::WebFinger:
        case Step::HostMeta:
            take_agreement(response);
            return;
        case Step::Text:
            if (asked_robots_) {
                learned(places_.front().url.host(),
                        fediverse::Robots::of(response.status, response.body, tools_.agent));
                return;
            }
            take_text(response, now);
            return;
        case Step::Over:
            return;
    }
}

void Visit::remember(const RemoteResponse& response, const std::string& url) {
    if (same(response)) {
        if (const auto* const known = remembered(url)) {
            answers_.push_back(*known);
        }
        return;
    }
    RememberedAnswer answer{url,
                            std::string{header_of(response.headers, "ETag")},
                            std::string{header_of(response.headers, "Last-Modified")}};
    if (is_tag(answer.etag) && is_tag(answer.last_modified) &&
        !(answer.etag.empty() && answer.last_modified.empty())) {
        answers_.push_back(std::move(answer));
    }
}

void Visit::take_well_known(const RemoteResponse& response) {
    step_ = Step::Over;
    auto link = same(response) ? Uri::parse(state_.node_info) : fail(ErrorKind::Unavailable, "no answer");
    if (fine(response)) {
        link = fediverse::node_info_link(response.body, state_.host);
        if (!link) {
            link = fediverse::node_info_link_anywhere(response.body);
        }
    }
    findings_.failing_how = response.status == 0 ? std::string{name_of(response.fault)} : std::string{};
    if (link) {
        remember(response, asked_);
        link_ = *link;
        at_ = link_.host();
        step_ = Step::NodeInfo;
    }
}

void Visit::take_node_info(const RemoteResponse& response) {
    step_ = Step::Over;
    if (same(response) && state_.node_info == link_.text()) {
        node_ = state_.node_facts;
    } else if (fine(response) && response.url.host() == at_) {
        auto facts = fediverse::read_node_info(response.body);
        if (!facts) {
            return;
        }
        node_ = std::move(*facts);
    }
    if (!node_.software.empty()) {
        remember(response, asked_);
        after_node_info();
    }
}

void Visit::after_node_info() {
    if (fediverse::instance_question(node_.software)) {
        step_ = Step::Instance;
        return;
    }
    instance_ = {};
    after_facts();
}

void Visit::take_instance(const RemoteResponse& response, Instant now) {
    if (same(response)) {
        instance_ = state_.instance_facts;
        remember(response, asked_);
    } else if (fine(response)) {
        fediverse::add_instance_facts(instance_, response.body);
        inside_ = inline_policies(node_.software, response.body);
        remember(response, asked_);
        for (auto& inside : inside_) {
            auto text = inside.html ? tools_.html.read(inside.text, "utf-8")
                                    : HtmlText{std::move(inside.text), {}, false, false};
            const auto page = usual_page(node_.software, inside.kind, at_);
            static_cast<void>(keep_text(inside.kind, page.empty() ? asked_ : page, std::move(text), now));
        }
    } else if (step_ == Step::Instance && (response.status == 404 || response.status == kGone) &&
               asked_.ends_with("/api/v2/instance")) {
        step_ = Step::OlderInstance;
        return;
    } else {
        instance_kept_ = true;
    }
    after_facts();
}

bool Visit::is_one_zone(const Host& a, const Host& b) const {
    const auto is_www_of = [this](const Host& www, const Host& bare) {
        return www.text() == "www." + bare.text() && !tools_.is_public_suffix(bare);
    };
    return is_www_of(a, b) || is_www_of(b, a);
}

void Visit::agree(const Host& other, const char* why, const Host& main) {
    findings_.aliases.push_back({other, why});
    findings_.main = main == state_.host ? Host{} : main;
}

void Visit::after_facts() {
    if (instance_kept_) {
        instance_ = state_.instance_facts;
    }
    auto facts = node_;
    fediverse::complete(facts, instance_);
    const auto named = facts.account_host;
    if (at_ != state_.host) {
        // The host says that another one answers for it: that one must say so, or lie in the same zone.
        if (is_one_zone(at_, state_.host)) {
            agree(at_, "www", at_);
        } else if (named == state_.host) {
            agree(at_, "nodeinfo", state_.host);
        } else {
            step_ = Step::Over;
            return;
        }
    }
    findings_.answered = true;
    findings_.failing_how.clear();
    findings_.contact_from_api = node_.contact.reveal().empty();
    findings_.facts = std::move(facts);
    const bool other_name = at_ == state_.host && !named.empty() && named != state_.host;
    if (other_name && is_one_zone(named, state_.host)) {
        agree(named, "www", named);
    } else if (other_name) {
        step_ = Step::WebFinger;
        return;
    }
    start_texts();
}

void Visit::take_agreement(const RemoteResponse& response) {
    const auto other = findings_.facts.account_host;
    const bool moved = response.fault == RemoteFault::None && response.url.host() == state_.host;
    const bool named = fine(response) && response.url.host() == other &&
                       (step_ == Step::WebFinger ? names_in_webfinger(response.body, state_.host)
                                                 : names_in_host_meta(response.body, state_.host));
    if (moved || named) {
        agree(other, step_ == Step::WebFinger ? "webfinger" : "host_meta", other);
    } else if (step_ == Step::WebFinger) {
        step_ = Step::HostMeta;
        return;
    }
    start_texts();
}

void Visit::start_texts() {
    step_ = Step::Over;
    auto& facts = findings_.facts;
    for (const auto& [uri, kind] : {std::pair{&facts.privacy_policy, PolicyKind::Privacy},
                                    std::pair{&facts.terms, PolicyKind::Terms}}) {
        const auto found = std::find_if(findings_.policies.begin(),
                                        findings_.policies.end(),
                                        [kind = kind](const auto& one) { return one.kind == kind; });
        if (uri->empty() && found != findings_.policies.end()) {
            *uri = found->url;
        }
    }
    if (!tools_.read_policies) {
        return;
    }
    for (auto& place : policy_places(facts, at_)) {
        const bool known = std::any_of(findings_.policies.begin(),
                                       findings_.policies.end(),
                                       [&](const auto& one) { return one.kind == place.kind; });
        if (!known) {
            places_.push_back(std::move(place));
        }
    }
    step_ = places_.empty() ? Step::Over : Step::Text;
}

bool Visit::keep_text(PolicyKind kind, const std::string& url, HtmlText text, Instant now) {
    text.text = clean_text(text.text);
    if (text.text.size() < kLeastText || is_no_policy(text)) {
        return false;
    }
    ReadPolicy read;
    read.host = state_.host;
    read.kind = kind;
    read.url = url;
    read.language = std::move(text.language);
    read.cut = text.cut || text.text.size() > kMostText;
    if (text.text.size() > kMostText) {
        text.text.resize(kMostText);
        while (!text.text.empty() && (static_cast<unsigned char>(text.text.back()) & 0xC0U) == 0x80U) {
            text.text.pop_back();
        }
    }
    read.sha256 = tools_.cipher.sha256(bytes_of(text.text));
    read.text = Personal{std::move(text.text)};
    read.at = now;
    findings_.policies.push_back(std::move(read));
    return true;
}

void Visit::take_text(const RemoteResponse& response, Instant now) {
    auto& place = places_.front();
    if (!response.redirect.empty() && place.form == PolicyPlace::Form::Page && hops_ < kMostHops) {
        auto next = Uri::parse(response.redirect);
        const bool leads_on = next && next->scheme() == "https";
        if (leads_on && leads_away(place.url, *next)) {
            places_.pop_front();
            hops_ = 0;
            return;
        }
        if (leads_on) {
            ++hops_;
            place.url = std::move(*next);
            return;
        }
    }
    if (same(response)) {
        findings_.unchanged.push_back(place.kind);
        remember(response, asked_);
    } else if (fine(response)) {
        const auto [type, charset] = type_of(response);
        HtmlText text;
        auto url = place.url.text();
        if (place.form == PolicyPlace::Form::Content) {
            text = tools_.html.read(content_in(response.body), "utf-8");
            const auto page = usual_page(node_.software, place.kind, at_);
            url = page.empty() ? url : page;
        } else if (type == "text/plain" || type == "text/markdown") {
            text.text = response.body;
        } else if (type == "text/html" || type == "application/xhtml+xml") {
            text = tools_.html.read(response.body, charset);
        }
        const bool kept = keep_text(place.kind, url, std::move(text), now);
        if (kept) {  // else a later "as it was" would speak of a text that was not kept
            remember(response, asked_);
        }
        const auto& facts = findings_.facts;
        if (kept && place.kind == PolicyKind::Privacy && facts.privacy_policy.empty()) {
            findings_.facts.privacy_policy = url;
        } else if (kept && place.kind == PolicyKind::Terms && facts.terms.empty()) {
            findings_.facts.terms = url;
        }
    }
    places_.pop_front();
    hops_ = 0;
}

RefreshState Visit::next_state() const {
    RefreshState next = state_;
    if (!findings_.answered) {
        return next;
    }
    next.node_info = link_.text();
    next.node_facts = node_;
    next.instance_facts = instance_;
    next.aliases = findings_.aliases;
    next.answers = answers_;
    if (next.answers.size() > kMostAnswers) {
        next.answers.resize(kMostAnswers);
    }
    return next;
}

}  // namespace fedtrail::recipients
