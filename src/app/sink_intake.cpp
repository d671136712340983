#include "app/sink_intake.hpp"

#include <sstream>
#include <string>

#include "intake/events/import.hpp"

namespace fedtrail::app {

Result<IntakeReceipt> SinkIntake::take(std::string_view ndjson) {
    IntakeReceipt receipt;
    std::istringstream lines{std::string{ndjson}};
    intake::events::ImportOptions options;
    options.clock = &clock_;
    options.own_hosts = own_hosts_;
    options.rejected = [&](const intake::events::RejectedLine& line) {
        receipt.reject(line.line, line.reason.what);
    };
    const auto summary = intake::events::import_ndjson(lines, sink_, options);
    if (!summary) {
        return fail(summary);
    }
    receipt.fresh = summary->fresh;
    receipt.duplicate = summary->duplicate;
    receipt.without_subject = summary->without_subject;
    receipt.to_own_origin = summary->to_own_origin;
    return receipt;
}

}  // namespace fedtrail::app
