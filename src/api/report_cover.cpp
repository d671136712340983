#include "api/report_cover.hpp"

namespace fedtrail::api {

namespace {

/// While a pause is open there is none.
std::optional<privacy::Day> due_of(const erasure::RequestView& view) {
    if (!view.clock.running) {
        return std::nullopt;
    }
    const auto& clock = view.clock;
    return view.request.extended ? clock.paused_extension.value_or(clock.extension).due
                                 : clock.paused.value_or(clock.response).due;
}

}  // namespace

Result<reports::ReportCover> report_cover(const erasure::Desk& desk,
                                          records::RequestNumber number,
                                          privacy::SubjectNumber subject) {
    const auto view = desk.view(number);
    if (!view && view.error().kind != ErrorKind::NotFound) {
        return fail(view);
    }
    if (!view || view->request.subject != subject) {
        return fail(ErrorKind::NotFound,
                    "this person has no request " + std::to_string(number.get()),
                    "Take a number from fedtrail requests list.");
    }
    return reports::ReportCover{number, view->received_day, due_of(*view), desk.today()};
}

}  // namespace fedtrail::api
