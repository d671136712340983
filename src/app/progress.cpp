#include "app/progress.hpp"

#include <cmath>
#include <ostream>

#include "fedtrail/core/count.hpp"

namespace fedtrail::app {

namespace {

std::string span_text(double seconds) {
    const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
    if (whole < 120) {
        return std::to_string(whole) + " s";
    }
    return whole < 7200 ? std::to_string(whole / 60) + " min" : std::to_string(whole / 3600) + " h";
}

}  // namespace

std::string progress_text(std::uint64_t lines,
                          std::chrono::duration<double> took,
                          std::uint64_t done,
                          std::uint64_t already,
                          std::uint64_t whole,
                          const std::string& noun) {
    const double seconds = took.count() > 0 ? took.count() : 1e-9;
    std::string text = grouped(lines) + " " + noun + "   " +
                       grouped(static_cast<std::uint64_t>(static_cast<double>(lines) / seconds)) +
                       " a second";
    if (whole > 0 && done > already && done <= whole) {
        const double rate = static_cast<double>(done - already) / seconds;
        text += "   " + std::to_string(done * 100 / whole) + " %   " +
                span_text(static_cast<double>(whole - done) / rate) + " left";
    }
    return text;
}

Progress::Progress(std::ostream& out,
                   bool shown,
                   std::uint64_t already,
                   std::uint64_t whole,
                   SteadyInstant now,
                   std::string noun)
    : out_(out), shown_(shown), already_(already), whole_(whole), begun_(now), noun_(std::move(noun)) {}

void Progress::update(std::uint64_t done, std::uint64_t lines, SteadyInstant now) {
    if (!shown_ || now - drawn_ < kRedraw) {
        return;
    }
    drawn_ = now;
    visible_ = true;
    out_ << "\r\x1b[K" << progress_text(lines, now - begun_, done, already_, whole_, noun_) << std::flush;
}

void Progress::end() {
    if (visible_) {
        out_ << "\r\x1b[K" << std::flush;
        visible_ = false;
    }
}

}  // namespace fedtrail::app
