#include "api/report_cover.hpp"

namespace fedtrail::api {

Result<reports::ReportCover> report_cover(const erasure::Desk& desk,
                                          records::RequestNumber number,
                                          privacy::SubjectNumber subject) {
    const auto view = desk.row(number);
    if (!view && view.error().kind != ErrorKind::NotFound) {
        return fail(view);
    }
    if (!view || view->request.subject != subject) {
        return fail(ErrorKind::NotFound,
                    "this person has no request " + std::to_string(number.get()),
                    "Take a number from fedtrail requests list.");
    }
    // While a pause is open there is no day yet.
    const auto due = view->clock.running || view->overdue ? std::optional{view->due} : std::nullopt;
    return reports::ReportCover{number, view->received_day, due, desk.today(), view->request.state};
}

}  // namespace fedtrail::api
