#pragma once

namespace lowtide {

enum class StopMode {
    Drain, ///< No new operations; open ones may end within the drain time, the rest is cancelled.
    Now, ///< Everything open is cancelled at once.
};

} // namespace lowtide
