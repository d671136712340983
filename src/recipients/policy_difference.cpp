#include "recipients/policy_difference.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include <dtl/dtl.hpp>

#include "recipients/sentences.hpp"

namespace fedtrail::recipients {

namespace {

using records::DifferencePiece;

constexpr std::size_t kMostPieces = 400;
constexpr std::size_t kAround = 2;

/// Sentences as numbers: equal numbers are equal sentences.
class Numbers {
public:
    std::vector<std::uint32_t> of(const std::vector<std::string_view>& sentences) {
        std::vector<std::uint32_t> numbers;
        numbers.reserve(sentences.size());
        for (const auto sentence : sentences) {
            const auto [place, fresh] =
                known_.try_emplace(sentence, static_cast<std::uint32_t>(known_.size()));
            numbers.push_back(place->second);
            if (fresh) {
                texts_.push_back(sentence);
            }
        }
        return numbers;
    }
    [[nodiscard]] std::string_view text(std::uint32_t number) const { return texts_[number]; }

private:
    std::unordered_map<std::string_view, std::uint32_t> known_;
    std::vector<std::string_view> texts_;
};

using Step = std::pair<DifferencePiece::Side, std::uint32_t>;

/// Between two sentences that stayed, what went comes before what came.
void old_first(std::vector<Step>& steps) {
    const auto stays = [](const Step& step) { return step.first == DifferencePiece::Side::Both; };
    for (auto begin = steps.begin(); begin != steps.end();) {
        begin = std::find_if_not(begin, steps.end(), stays);
        const auto end = std::find_if(begin, steps.end(), stays);
        std::stable_partition(
            begin, end, [](const Step& step) { return step.first == DifferencePiece::Side::Old; });
        begin = end;
    }
}

std::vector<Step> steps_between(const std::vector<std::uint32_t>& before,
                                const std::vector<std::uint32_t>& after) {
    dtl::Diff<std::uint32_t, std::vector<std::uint32_t>> diff{before, after};
    diff.onHuge();
    diff.compose();
    std::vector<Step> steps;
    for (const auto& [number, info] : diff.getSes().getSequence()) {
        const auto side = info.type == dtl::SES_DELETE ? DifferencePiece::Side::Old
                          : info.type == dtl::SES_ADD  ? DifferencePiece::Side::New
                                                       : DifferencePiece::Side::Both;
        steps.emplace_back(side, number);
    }
    old_first(steps);
    return steps;
}

/// What changed, and what stands near it.
std::vector<bool> shown(const std::vector<Step>& steps) {
    std::vector<bool> show(steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].first == DifferencePiece::Side::Both) {
            continue;
        }
        const auto last = std::min(i + kAround, steps.size() - 1);
        for (auto k = i - std::min(i, kAround); k <= last; ++k) {
            show[k] = true;
        }
    }
    return show;
}

}  // namespace

PolicyDifference difference_of(std::string_view before, std::string_view after) {
    const auto old_sentences = sentences_of(before, kMostSentences);
    const auto new_sentences = sentences_of(after, kMostSentences);
    PolicyDifference difference;
    difference.cut = old_sentences.size() == kMostSentences || new_sentences.size() == kMostSentences;
    Numbers numbers;
    const auto old_numbers = numbers.of(old_sentences);
    const auto new_numbers = numbers.of(new_sentences);
    const auto steps = steps_between(old_numbers, new_numbers);
    const auto show = shown(steps);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (!show[i]) {
            continue;
        }
        if (difference.pieces.size() == kMostPieces) {
            difference.cut = true;
            break;
        }
        difference.pieces.push_back({steps[i].first, Personal{std::string{numbers.text(steps[i].second)}}});
    }
    return difference;
}

}  // namespace fedtrail::recipients
