#pragma once

#include <ostream>
#include <string>

#include <kainjow/mustache.hpp>

namespace fedtrail::reports {

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
