#include "app/remote_import.hpp"

#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/intake_json.hpp"
#include "intake/events/observation_line.hpp"

namespace fedtrail::app {

namespace {

using intake::events::ImportOptions;
using intake::events::ImportSummary;
using intake::events::kMaxLineBytes;

constexpr std::size_t kLinesAtOnce = 2000;
constexpr std::size_t kOctetsAtOnce = std::size_t{4} * 1024 * 1024;

/// Whole lines as they came, so many as go into one request.
struct Batch {
    std::string text;
    std::vector<std::pair<std::size_t, std::size_t>> lines;  ///< Begin and length in `text`.
};

/// One line, without its end; what is longer than a line may be is cut, which makes it a bad one. Its octets,
/// with its end; 0 at the end of the stream, and where the rest of a line cannot be read: then it is bad().
std::uint64_t read_line(std::istream& stream, std::string& line) {
    line.clear();
    auto* const from = stream.rdbuf();
    std::uint64_t octets = 0;
    if (stream.bad()) {
        return 0;  // what comes now may begin anywhere
    }
    try {
        for (int c = from->sbumpc(); c != std::char_traits<char>::eof(); c = from->sbumpc()) {
            ++octets;
            if (c == '\n') {
                return octets;
            }
            if (line.size() <= kMaxLineBytes) {
                line += static_cast<char>(c);
            }
        }
        stream.setstate(std::ios::eofbit);
    } catch (const std::ios_base::failure&) {  // a stream would have caught it
        stream.setstate(std::ios::badbit);
    }
    return stream.bad() ? 0 : octets;
}

Batch read_batch(std::istream& stream, std::uint64_t& octets) {
    Batch batch;
    std::string line;
    while (batch.lines.size() < kLinesAtOnce && batch.text.size() < kOctetsAtOnce) {
        const auto read = read_line(stream, line);
        if (read == 0) {
            break;
        }
        octets += read;
        batch.lines.emplace_back(batch.text.size(), line.size());
        batch.text += line;
        batch.text += '\n';
    }
    return batch;
}

Error intake_refused(const HttpResponse& answer) {
    const auto problem = nlohmann::json::parse(answer.body, nullptr, false);
    const auto detail = problem.is_object() ? problem.value("detail", "") : "";
    const bool denied = answer.status == 401 || answer.status == 403;
    return {denied ? ErrorKind::Denied : ErrorKind::Unavailable,
            "the running sidecar answered " + std::to_string(answer.status) +
                (detail.empty() ? "" : ": " + detail),
            denied
                ? "Run as the user of the sidecar, or set FEDTRAIL_TOKEN to a token with observations:write."
                : "Run the same command again: what is in already counts once."};
}

void tell_rejected(const Batch& batch,
                   const IntakeReceipt& receipt,
                   std::uint64_t before,
                   const ImportOptions& options) {
    for (const auto& line : receipt.rejected) {
        if (!options.rejected || line.line == 0 || line.line > batch.lines.size()) {
            continue;
        }
        const auto& [begin, length] = batch.lines[line.line - 1];
        const Error reason{ErrorKind::Invalid, line.reason, {}};
        options.rejected({before + line.line, std::string_view{batch.text}.substr(begin, length), reason});
    }
}

}  // namespace

Result<IntakeReceipt> hand_in(const Sidecar& sidecar, const std::string& ndjson) {
    const auto answer = sidecar.client.send(
        {"POST",
         "/api/v1/observations",
         {{"Content-Type", "application/x-ndjson"}, {"Authorization", "Bearer " + sidecar.token}},
         ndjson});
    if (!answer) {
        return fail(answer);
    }
    if (answer->status != 200) {
        return tl::unexpected<Error>{intake_refused(*answer)};
    }
    return api::receipt_from(answer->body);
}

Result<ImportSummary> import_through(const Sidecar& sidecar,
                                     std::istream& stream,
                                     const ImportOptions& options) {
    if (auto there = intake::events::go_behind(stream, options.resume.offset); !there) {
        return fail(there);
    }
    ImportSummary summary;
    summary.position = options.resume;
    for (;;) {
        if (options.stop != nullptr && *options.stop) {
            summary.stopped = true;
            return summary;
        }
        std::uint64_t octets = 0;
        const auto batch = read_batch(stream, octets);
        if (batch.lines.empty()) {
            return summary;
        }
        const auto receipt = hand_in(sidecar, batch.text);
        if (!receipt) {
            return fail(receipt);
        }
        tell_rejected(batch, *receipt, summary.position.lines, options);
        summary.lines += receipt->accepted() + receipt->without_subject + receipt->rejected.size();
        summary.fresh += receipt->fresh;
        summary.duplicate += receipt->duplicate;
        summary.without_subject += receipt->without_subject;
        summary.to_own_origin += receipt->to_own_origin;
        summary.rejected += receipt->rejected.size();
        summary.position.lines += batch.lines.size();
        summary.position.offset += octets;
        if (options.progress) {
            options.progress(summary);
        }
    }
}

}  // namespace fedtrail::app
