#include "app/log_import.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "fedtrail/core/utf8.hpp"

#include "intake/access_log/line_splitter.hpp"

namespace fedtrail::app {

namespace {

using intake::access_log::LineSplitter;
using intake::access_log::LogReader;
using intake::access_log::Rejected;
using intake::events::ImportOptions;
using intake::events::ImportSummary;

constexpr std::size_t kLogPiece = std::size_t{64} << 10U;
constexpr std::size_t kLogLinesAtOnce = 20'000;  // most lines of a log are about nobody

class LogImport {
public:
    LogImport(std::istream& stream, LogReader& reader, DeliverySink& sink, const ImportOptions& options)
        : stream_(stream), reader_(reader), sink_(sink), options_(options), lines_(options.resume.offset) {
        summary_.position = options.resume;
        read_ = options.resume;
    }

    Result<ImportSummary> run() {
        while (!stopped()) {
            const auto more = collect();
            if (!more) {
                return fail(more);
            }
            if (auto durable = hand_on(); !durable) {
                return fail(durable);
            }
            if (!*more) {
                summary_.stopped = cut_short_;
                return summary_;
            }
        }
        summary_.stopped = true;
        return summary_;
    }

private:
    [[nodiscard]] bool stopped() const {
        return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
    }

    /// Nothing also where more has to be waited for while something is held: `waits_` then.
    std::optional<LineSplitter::Line> line() {
        for (;;) {
            if (auto next = lines_.next()) {
                return next;
            }
            const bool holds = !batch_.empty() || read_ != summary_.position;
            if (waits_ = holds && stream_.rdbuf()->in_avail() <= 0; waits_) {
                return std::nullopt;
            }
            if (cut_short_ = stopped(); cut_short_) {  // a line may have no end
                return std::nullopt;
            }
            const auto got = read_what_is_there();
            if (got == 0) {
                cut_short_ = stopped();  // a pipe that was waited for ends the waiting so
                const bool whole = !stream_.bad() && !cut_short_;  // else the rest of it was not read
                return whole ? lines_.last() : std::nullopt;
            }
            lines_.feed({piece_.data(), got});
        }
    }

    /// Waits for one octet, not for a whole piece: a log may be handed on line by line.
    std::size_t read_what_is_there() {
        if (stream_.peek() == std::istream::traits_type::eof()) {
            return 0;
        }
        const auto most = static_cast<std::streamsize>(piece_.size());
        stream_.read(piece_.data(), std::clamp<std::streamsize>(stream_.rdbuf()->in_avail(), 1, most));
        return static_cast<std::size_t>(stream_.gcount());
    }

    /// Fills the batch; false at the end. Never waits for more while it holds something.
    Result<bool> collect() {
        for (std::size_t i = 0; i < kLogLinesAtOnce && batch_.size() < options_.batch; ++i) {
            const auto found = line();
            if (!found) {
                return waits_;
            }
            read_ = {found->end, read_.lines + 1};
            if (auto taken = take(read_.lines == 1 ? without_byte_order_mark(found->text) : found->text);
                !taken) {
                return fail(taken);
            }
        }
        return true;
    }

    Result<void> take(std::string_view text) {
        if (text.empty()) {
            return {};
        }
        auto outcome = reader_.take(text);
        if (!outcome) {
            return fail(outcome);
        }
        ++summary_.lines;
        if (auto* const seen = std::get_if<records::Observation>(&*outcome)) {
            if (const auto refusal = options_.refusal(*seen)) {
                reject(text, *refusal);
            } else {
                batch_.push_back(std::move(*seen));
            }
        } else if (const auto* const bad = std::get_if<Rejected>(&*outcome)) {
            reject(text, bad->reason);
        }
        return {};
    }

    void reject(std::string_view text, const Error& reason) {
        ++summary_.rejected;
        if (options_.rejected) {
            options_.rejected({read_.lines, text, reason});
        }
    }

    Result<void> hand_on() {
        if (!batch_.empty()) {
            const auto observed = sink_.observe(batch_);
            if (!observed) {
                return fail(observed);
            }
            summary_.add(*observed, batch_.size());
            batch_.clear();
        }
        if (read_ != summary_.position) {
            summary_.position = read_;
            if (options_.progress) {
                options_.progress(summary_);
            }
        }
        return {};
    }

    std::istream& stream_;
    LogReader& reader_;
    DeliverySink& sink_;
    const ImportOptions& options_;
    LineSplitter lines_;
    std::array<char, kLogPiece> piece_{};
    ImportSummary summary_;
    intake::events::Position read_;
    std::vector<records::Observation> batch_;
    bool cut_short_{};
    bool waits_{};
};

}  // namespace

Result<ImportSummary> import_log(std::istream& stream,
                                 LogReader& reader,
                                 DeliverySink& sink,
                                 const ImportOptions& options) {
    if (auto there = intake::events::go_behind(stream, options.resume.offset); !there) {
        return fail(there);
    }
    return LogImport{stream, reader, sink, options}.run();
}

}  // namespace fedtrail::app
