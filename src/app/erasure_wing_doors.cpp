#include "app/due.hpp"
#include "app/erasure_options.hpp"
#include "app/erasure_wing.hpp"

namespace fedtrail::app {

std::shared_ptr<erasure::Desk> ErasureWing::desk() const {
    auto room = desk_room();
    auto* const desk = &room->desk();
    return std::shared_ptr<erasure::Desk>{std::move(room), desk};
}

api::RequestDoors ErasureWing::doors() {
    api::RequestDoors doors{
        [this] { return desk(); },
        *cases_,
        *cases_,
        *directory_,
        answer_controller(ports_.config),
        [this](const std::string& language) { return load_answer_words(folders_, language); },
        [this] {
            look_for_keys();
            sending_.wake();
            watching_.wake();
        }};
    doors.max_own_requests = ports_.config.erasure.max_own_requests;
    doors.letters = ports_.config.erasure.letters.string();
    doors.decisions = [this](records::RequestNumber number) {
        const auto room = desk_room();  // with the policies of now
        return erasure::Escalation{{*cases_,
                                    *cases_,
                                    *declared_,
                                    ports_.vault,
                                    ports_.ledger,
                                    nullptr,
                                    *letter_folder_,
                                    ports_.clock},
                                   room->policies().escalation,
                                   room->policies().letters,
                                   escalation_options(ports_.config)}
            .decisions(number);
    };
    return doors;
}

void ErasureWing::add_figures(std::vector<api::Figure>& out) const {
    RequestFilter open;
    open.open_only = true;
    open.limit = kCountedRequests;
    if (const auto requests = cases_->whole_requests(open)) {
        out.push_back({"fedtrail_erasure_requests_open",
                       "Erasure requests that are open.",
                       requests->rows.size() + requests->passed_over});
    }
    const auto sent = courier_->figures();
    out.push_back(
        {"fedtrail_erasure_messages_total", "Messages of erasures given to the network.", sent.sent});
    out.push_back({"fedtrail_erasure_messages_accepted_total", "Of them, answered 2xx.", sent.accepted});
    out.push_back({"fedtrail_erasure_messages_declined_total", "Of them, refused for good.", sent.declined});
    out.push_back(
        {"fedtrail_erasure_messages_failed_total", "Of them, to be tried again or given up.", sent.failed});
    out.push_back({"fedtrail_erasure_messages_in_flight", "Messages under way.", sent.in_flight});
    out.push_back({"fedtrail_erasure_people_damaged",
                   "People whose rows or key are damaged: what cannot be read of their erasures waits.",
                   damaged_.count()});
    out.push_back({"fedtrail_erasure_looks_total", "Looks at copies.", looks_});
    out.push_back({"fedtrail_erasure_questions_total", "Questions asked for them.", questions_});
    const auto spotted = spotter_->figures();
    out.push_back({"fedtrail_erasure_spotted_deletions_total",
                   "Deletes of the origin itself that were seen to pass.",
                   spotted.deletions});
    out.push_back({"fedtrail_erasure_spotted_fetches_total",
                   "Signed fetches of something that was erased.",
                   spotted.fetches});
    out.push_back({"fedtrail_erasure_spotted_lost_total",
                   "Deletes and fetches that passed unnoticed, for lack of room.",
                   spotted.lost});
    out.push_back({"fedtrail_erasure_deleted_again_total",
                   "Accounts deleted once more soon after that was taken back, for which nothing was opened.",
                   deleted_again_});
    const auto network = http_->figures();
    out.push_back(
        {"fedtrail_erasure_connections_total", "Connections made to other servers.", network.connections});
    out.push_back({"fedtrail_erasure_guard_refused_total",
                   "Connections to private addresses, not made.",
                   network.refused});
}

}  // namespace fedtrail::app
