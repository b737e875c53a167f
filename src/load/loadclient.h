#pragma once

#include "load/operation.h"

namespace lowtide {

/// Where a client reports the end of each operation. Called in the load worker's thread. The sink
/// may send the next operation from within completed(): what carried the ended one is free by then.
class CompletionSink {
public:
    virtual void completed(const Completion &completion) noexcept = 0;

protected:
    ~CompletionSink() = default;
};

/// Sends operations and reports each one's end exactly once. Free of QObject and of allocation in
/// its signatures, so that no single client shapes it; lives in the load worker's thread.
class LoadClient {
public:
    virtual ~LoadClient() = default;

    /// How many operations it can carry at once without queueing inside.
    [[nodiscard]] virtual int capacity() const noexcept = 0;
    /// Sends now. The caller never has more than capacity() open. The end is reported through the
    /// sink, never from within this call. `deadline` is when it counts as timed out.
    virtual void send(const Operation &operation, SteadyTime deadline) noexcept = 0;
    /// Ends every open operation as Outcome::Cancelled, reported through the sink before it
    /// returns.
    virtual void cancelAll() noexcept = 0;
};

} // namespace lowtide
