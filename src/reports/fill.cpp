#include "reports/fill.hpp"

#include <sstream>

#include "reports/templates.hpp"

namespace fedtrail::reports {

std::string filled(const std::string& text,
                   const language::Forms& forms,
                   const FillValues& values,
                   const std::vector<FillCount>& counts,
                   const CountWords& counted) {
    kainjow::mustache::mustache parsed{text};
    parsed.set_custom_escape([](const std::string& plain) { return plain; });
    kainjow::mustache::data data;
    for (const auto& [name, value] : values) {
        data.set(name, value);
    }
    for (const auto& count : counts) {
        data.set(count.name, counted(count.noun, count.value));
        data.set(count.name + "_n", forms.number(count.value));
        data.set(forms.section(count.name, count.value), true);
    }
    std::ostringstream out;
    render_into(out, parsed, data);
    return std::move(out).str();
}

}  // namespace fedtrail::reports
