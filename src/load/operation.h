#pragma once

#include "base/clock.h"
#include "model/outcome.h"

#include <cstdint>

namespace lowtide {

/// One operation as the schedule hands it to a client. A value; no allocation.
struct Operation {
    std::uint64_t id = 0; ///< Unique within a load; stands in the request id header.
    std::uint32_t request = 0; ///< Index into the request list that the client was prepared with.
    SteadyTime due{}; ///< When it should be sent; response time counts from here.
};

/// How an operation that a client accepted ended. A value; no allocation.
struct Completion {
    std::uint64_t id = 0;
    std::uint32_t request = 0;
    Outcome outcome = Outcome::Ok;
    FailureKind failure = FailureKind::Other; ///< Meaningful for Outcome::Failed.
    std::uint16_t status = 0; ///< HTTP status, 0 when none came.
    SteadyTime due{};
    SteadyTime sent{}; ///< When the client handed it to the network.
    SteadyTime ended{}; ///< Last byte of the answer, or the failure.
    std::uint64_t receivedBytes = 0; ///< Body bytes.
};

} // namespace lowtide
