#include "fedtrail/fediverse/category.hpp"

namespace fedtrail::fediverse {

namespace {

constexpr std::array<std::pair<Visibility, std::string_view>, 5> kVisibilities{{
    {Visibility::Public, "public"},
    {Visibility::Unlisted, "unlisted"},
    {Visibility::Followers, "followers"},
    {Visibility::Direct, "direct"},
    {Visibility::Unknown, "unknown"},
}};

template <typename Value, std::size_t Size>
std::optional<Value> value_named(const std::array<std::pair<Value, std::string_view>, Size>& names,
                                 std::string_view name) {
    for (const auto& [value, text] : names) {
        if (text == name) {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace

std::string_view name_of(DataCategory category) {
    return kDataCategories.at(static_cast<std::size_t>(category)).second;
}

std::optional<DataCategory> category_named(std::string_view name) {
    return value_named(kDataCategories, name);
}

std::string_view name_of(Visibility visibility) {
    return kVisibilities.at(static_cast<std::size_t>(visibility)).second;
}

std::optional<Visibility> visibility_named(std::string_view name) {
    return value_named(kVisibilities, name);
}

}  // namespace fedtrail::fediverse
