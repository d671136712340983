#include <algorithm>

#include "reports/decimal.hpp"
#include "reports/html_page.hpp"

namespace fedtrail::reports {

namespace {

namespace mustache = kainjow::mustache;

constexpr double kWidth = 1000.0;
constexpr double kHeight = 100.0;
constexpr double kBarShare = 0.8;  ///< Of its place; the rest is the gap.
constexpr std::size_t kLabels = 5;

std::string long_label(const Timeline& timeline, const Bucket& bucket, const ReportTexts& texts) {
    switch (timeline.step) {
        case Step::Day:
            return texts.forms().day(bucket.start);
        case Step::Week:
            return texts.fill("sentence.week_of", {{"day", texts.forms().day(bucket.start)}});
        case Step::Month:
            return texts.forms().month(bucket.start);
        case Step::Year:
            return format_rfc3339(bucket.start).substr(0, 4);
    }
    return {};
}

std::string axis_label(const Timeline& timeline, const Bucket& bucket, const ReportTexts& texts) {
    switch (timeline.step) {
        case Step::Day:
        case Step::Week:
            return texts.forms().short_day(bucket.start);
        case Step::Month:
            return texts.forms().short_month(bucket.start);
        case Step::Year:
            return format_rfc3339(bucket.start).substr(0, 4);
    }
    return {};
}

const char* title_key(Step step) {
    switch (step) {
        case Step::Day:
            return "sentence.chart_day";
        case Step::Week:
            return "sentence.chart_week";
        case Step::Month:
            return "sentence.chart_month";
        case Step::Year:
            return "sentence.chart_year";
    }
    return "sentence.chart_day";
}

mustache::data bars(const Timeline& timeline, const ReportTexts& texts, std::uint64_t highest) {
    mustache::data list{mustache::data::type::list};
    const double place = kWidth / static_cast<double>(timeline.buckets.size());
    for (std::size_t i = 0; i < timeline.buckets.size(); ++i) {
        const auto& bucket = timeline.buckets[i];
        const double height = kHeight * static_cast<double>(bucket.servers) / static_cast<double>(highest);
        const auto when = long_label(timeline, bucket, texts);
        mustache::data bar;
        bar.set("x", decimal(place * (static_cast<double>(i) + (1.0 - kBarShare) / 2), 2));
        bar.set("y", decimal(kHeight - height, 2));
        bar.set("width", decimal(place * kBarShare, 2));
        bar.set("height", decimal(height, 2));
        bar.set("when", when);
        bar.set("servers", texts.forms().number(bucket.servers));
        bar.set("title",
                texts.fill("sentence.bar", {{"when", when}}, {{"servers", bucket.servers, "servers"}}));
        list.push_back(bar);
    }
    return list;
}

mustache::data labels(const Timeline& timeline, const ReportTexts& texts) {
    mustache::data list{mustache::data::type::list};
    const auto count = timeline.buckets.size();
    const auto shown = std::min(count, kLabels);
    for (std::size_t i = 0; i < shown; ++i) {
        const auto at = shown == 1 ? 0 : i * (count - 1) / (shown - 1);
        const bool first = i == 0;
        const bool last = shown > 1 && i + 1 == shown;
        mustache::data label;
        label.set("text", axis_label(timeline, timeline.buckets[at], texts));
        label.set("left", decimal(100.0 * (static_cast<double>(at) + 0.5) / static_cast<double>(count), 2));
        label.set("edge", first ? "first" : (last ? "last" : "inner"));
        list.push_back(label);
    }
    return list;
}

}  // namespace

mustache::data chart_data(const Timeline& timeline, const ReportTexts& texts) {
    const auto highest = std::max_element(
        timeline.buckets.begin(), timeline.buckets.end(), [](const Bucket& a, const Bucket& b) {
            return a.servers < b.servers;
        });
    mustache::data chart;
    chart.set("title", texts.at(title_key(timeline.step)));
    chart.set("highest", texts.forms().number(highest->servers));
    chart.set("alt",
              texts.fill("sentence.chart_alt",
                         {{"from", texts.forms().day(timeline.first)},
                          {"to", texts.forms().day(timeline.last)},
                          {"peak", long_label(timeline, *highest, texts)}},
                         {{"servers", highest->servers, "servers"}}));
    chart.set("bars", bars(timeline, texts, highest->servers));
    chart.set("labels", labels(timeline, texts));
    return chart;
}

}  // namespace fedtrail::reports
