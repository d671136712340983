/// What `fedtrail status` says, over HTTP.

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/status_json.hpp"

namespace fedtrail::api {

HttpResponse Api::status(const Call& /*call*/) {
    const auto view = doors_.status();
    return view ? json_answer(status_json(*view)) : problem(view.error());
}

}  // namespace fedtrail::api
