/// A map that forgets what was used least recently. Not thread-safe.

#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

namespace fedtrail::sqlite {

/// `View` is what is looked up by; it must be made from a `Key` and stay valid while the key stands still.
template <typename Key, typename Value, typename View = Key>
class LruMap {
public:
    explicit LruMap(std::size_t capacity) : capacity_(capacity) {}

    /// The value, now the youngest; or null.
    [[nodiscard]] Value* find(const View& key) {
        const auto found = places_.find(key);
        if (found == places_.end()) {
            return nullptr;
        }
        entries_.splice(entries_.begin(), entries_, found->second);
        return &found->second->second;
    }

    /// Puts or replaces; the oldest entry goes when there is no room.
    void put(const View& key, Value value) {
        if (auto* present = find(key)) {
            *present = std::move(value);
            return;
        }
        if (capacity_ == 0) {
            return;
        }
        if (entries_.size() >= capacity_) {
            places_.erase(View{entries_.back().first});
            entries_.pop_back();
        }
        entries_.emplace_front(Key{key}, std::move(value));
        places_.emplace(View{entries_.front().first}, entries_.begin());
    }

    void clear() {
        places_.clear();
        entries_.clear();
    }

private:
    using Entries = std::list<std::pair<Key, Value>>;
    std::size_t capacity_;
    Entries entries_;
    std::unordered_map<View, typename Entries::iterator> places_;
};

}  // namespace fedtrail::sqlite
