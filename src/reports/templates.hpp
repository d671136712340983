#pragma once

#include <ostream>
#include <string>

#include <kainjow/mustache.hpp>

#include "fedtrail/core/utf8.hpp"

namespace fedtrail::reports {

/// `text` as it stands in a page: nothing in it is markup, nor turns what follows it.
inline std::string page_text(const std::string& text) {
    return kainjow::mustache::html_escape(without_turns(text));
}

/// Writes `text` filled with `values`. (The library's own overload for values pushes them from a
/// constructor.)
inline void render_into(std::ostream& out,
                        kainjow::mustache::mustache& text,
                        const kainjow::mustache::data& values) {
    kainjow::mustache::context<std::string> context;
    context.push(&values);
    text.render(context, out);
}

}  // namespace fedtrail::reports
