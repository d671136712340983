#include "audit/shown_check.hpp"

#include <algorithm>

#include "fedtrail/records/by.hpp"

#include "audit/cursor.hpp"
#include "audit/request_of.hpp"
#include "audit/withheld_by.hpp"

namespace fedtrail::audit {

namespace {

using records::LeafKind;

void first_fault(std::string& fault, std::string what) {
    if (fault.empty()) {
        fault = std::move(what);
    }
}

bool may_be_of_request(LeafKind kind) {
    return kind >= LeafKind::RequestEvent && kind <= LeafKind::Objection;
}

std::string record_of_kind(LeafKind kind) {
    return "a record \"" + std::string{records::name_of(kind)} + "\"";
}

/// In a claim, which has each key once at most, and no quotation mark in a text without a "\" before it.
std::optional<std::uint64_t> number_behind(std::string_view claim, std::string_view key) {
    const auto at = claim.find(key);
    return at == std::string_view::npos ? std::nullopt : Cursor{claim.substr(at + key.size())}.number();
}

}  // namespace

bool ShownCheck::needs_body(LeafKind kind) const {
    return (is_personal() && level_ != Level::Minimal) ||
           (level_ == Level::Full && may_be_of_request(kind)) ||
           (level_ == Level::Pseudonymised && says_by(kind));
}

void ShownCheck::record(const RecordLine& line, records::LeafBody* body) {
    level_of(line, body);
    events_ = events_ || line.head.kind == LeafKind::RequestEvent;
    std::optional<About> said;
    if (body != nullptr) {
        said = about(*body);
    } else if (line.claimed && is_personal()) {
        said = about(line.head.kind, line.claim);
    }
    if (level_ == Level::Full && said && said->request != 0) {
        paper_of(said->request);
    }
    if (const auto* event = body == nullptr ? nullptr : std::get_if<records::RequestEventLeaf>(body);
        event != nullptr && level_ == Level::Full) {
        told_with(*event);
    }
    span_of(line, said);
    scope_of(line, said);
}

ShownCheck::About ShownCheck::about(const records::LeafBody& body) {
    About said;
    if (const auto subject = records::subject_of(body)) {
        said.subject = subject->get();
    }
    said.request = request_of(body);
    if (const auto* event = std::get_if<records::RequestEventLeaf>(&body)) {
        said.place = event->place;
    }
    return said;
}

ShownCheck::About ShownCheck::about(LeafKind kind, std::string_view claim) {
    About said;
    said.subject = number_behind(claim, "\"subject\":");
    if (may_be_of_request(kind)) {
        said.request = number_behind(claim, "\"request\":").value_or(0);
    }
    if (kind == LeafKind::RequestEvent) {
        said.place = number_behind(claim, "\"place\":");
    }
    return said;
}

void ShownCheck::level_of(const RecordLine& line, records::LeafBody* body) {
    const auto kind = line.head.kind;
    const bool opened = line.form == RecordLine::Form::Opened;
    const auto* const by = body != nullptr && level_ == Level::Pseudonymised ? by_in(*body) : nullptr;
    const bool too_much = level_ == Level::Minimal
                              ? opened && kind != LeafKind::Window && kind != LeafKind::PolicyChange
                              : opened && level_ == Level::Pseudonymised &&
                                    (kind == LeafKind::Activity || kind == LeafKind::Access);
    if (too_much) {
        first_fault(level_fault_, record_of_kind(kind) + " is opened");
    } else if (line.claimed && level_ != Level::Pseudonymised) {
        first_fault(level_fault_, "something is claimed of " + record_of_kind(kind));
    } else if (by != nullptr && records::names_operator(*by)) {
        first_fault(level_fault_, record_of_kind(kind) + " names an operator");
    }
}

void ShownCheck::scope_of(const RecordLine& line, const std::optional<About>& about) {
    const auto kind = line.head.kind;
    if (const auto* period = std::get_if<Period>(&scope_)) {
        const bool opened_window = kind == LeafKind::Window && line.form == RecordLine::Form::Opened;
        const bool in_time = kind == LeafKind::PolicyChange ? !period->until || line.head.at < *period->until
                                                            : of_period(line.head.at);
        if (!in_time && !opened_window && kind != LeafKind::RecipientName) {
            first_fault(scope_fault_, record_of_kind(kind) + " is of another time");
        }
    }
    if (!is_personal() || level_ == Level::Minimal || kind == LeafKind::Window ||
        kind == LeafKind::PolicyChange || kind == LeafKind::RecipientName) {
        return;
    }
    if (!about) {
        first_fault(scope_fault_, "nothing shows what " + record_of_kind(kind) + " is about");
        return;
    }
    person_of(line, *about);
}

void ShownCheck::person_of(const RecordLine& line, const About& about) {
    const auto* request = std::get_if<records::RequestNumber>(&scope_);
    if (const auto* subject = std::get_if<privacy::SubjectNumber>(&scope_)) {
        subject_ = subject->get();
    }
    if (about.place || about.request == 0) {
        if (!subject_) {
            subject_ = about.subject;
        }
        if (!about.subject || about.subject != subject_) {
            first_fault(scope_fault_, record_of_kind(line.head.kind) + " is about somebody else");
        }
    }
    if (about.request == 0) {
        return;
    }
    if (request != nullptr && about.request != request->get()) {
        first_fault(scope_fault_,
                    record_of_kind(line.head.kind) + " is about request " + std::to_string(about.request));
    } else if (about.place) {
        event_of(about);
    } else if (!lost_count_ && !next_.contains(about.request)) {
        first_fault(scope_fault_,
                    "request " + std::to_string(about.request) + " is not shown to be received before " +
                        record_of_kind(line.head.kind) + " of it");
    }
}

void ShownCheck::event_of(const About& about) {
    auto next = next_.find(about.request);
    if (next == next_.end()) {
        if (next_.size() == kMaxFollowed) {
            lost_count_ = true;
            return;
        }
        next = next_.emplace(about.request, 0).first;
    }
    if (about.place != next->second) {
        first_fault(scope_fault_,
                    "of the events of request " + std::to_string(about.request) + " the one at place " +
                        std::to_string(next->second) + " is not there");
    }
    next->second = *about.place + 1;
}

void ShownCheck::paper_of(std::uint64_t request) {
    unshown_.erase(request);
    if (!answered_.contains(request)) {
        first_fault(
            papers_fault_,
            "the answer of request " + std::to_string(request) + " is neither there nor said to be missing");
    }
}

void ShownCheck::told_with(const records::RequestEventLeaf& event) {
    if (event.kind != privacy::RequestEventKind::Answered || !event.words) {
        return;
    }
    const std::pair place{event.request.get(), event.place};
    if (listed_told_.contains(place)) {
        told_.insert_or_assign(place, *event.words);
    } else if (!needs_told_) {
        ++untold_;
    } else {
        first_fault(papers_fault_,
                    "what the person of request " + std::to_string(place.first) +
                        " was told is neither there nor said to be missing");
    }
}

void ShownCheck::span_of(const RecordLine& line, const std::optional<About>& about) {
    const auto* request = std::get_if<records::RequestNumber>(&scope_);
    const auto kind = line.head.kind;
    // At level minimal nothing tells which request an objection is about.
    const bool counts = level_ == Level::Minimal
                            ? may_be_of_request(kind) && kind != LeafKind::Objection
                            : about && request != nullptr && about->request == request->get();
    if (request != nullptr && counts) {
        first_ = std::min(first_.value_or(line.head.at), line.head.at);
        last_ = std::max(last_.value_or(line.head.at), line.head.at);
    }
}

void ShownCheck::window(const records::WindowLeaf& window, bool has_tree) {
    const auto name = "window " + std::to_string(window.number);
    if (level_ == Level::Minimal && has_tree) {
        first_fault(level_fault_, name + " shows what is in it");
    }
    if (level_ != Level::Minimal && !has_tree && window.leaves > 0 && touches(window)) {
        first_fault(scope_fault_, name + " does not show what is in it");
    }
}

bool ShownCheck::of_period(Instant at) const {
    const auto* period = std::get_if<Period>(&scope_);
    return period == nullptr ||
           ((!period->since || at >= *period->since) && (!period->until || at < *period->until));
}

/// In seconds: those of a window are whatever a record says, and more than an Instant may hold.
bool ShownCheck::touches(const records::WindowLeaf& window) const {
    const auto seconds = [](Instant at) {
        return std::chrono::ceil<std::chrono::seconds>(at).time_since_epoch().count();
    };
    const auto* period = std::get_if<Period>(&scope_);
    return period == nullptr || ((!period->until || window.first_at < seconds(*period->until)) &&
                                 (!period->since || window.last_at >= seconds(*period->since)));
}

std::string ShownCheck::scope_fault() const {
    if (scope_fault_.empty() && std::holds_alternative<records::RequestNumber>(scope_) && !events_) {
        return "no record of the request is there";
    }
    return scope_fault_;
}

std::string ShownCheck::papers_fault() const {
    if (papers_fault_.empty() && !unshown_.empty()) {
        return "there are papers of request " + std::to_string(*unshown_.begin()) +
               ", of which no record is shown";
    }
    return papers_fault_;
}

}  // namespace fedtrail::audit
