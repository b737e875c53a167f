#include "model/runreport.h"

#include <algorithm>

namespace lowtide {

std::optional<double> errorRatePercent(const OperationCounts &counts)
{
    const qint64 ended = counts.planned - counts.cancelled - counts.inFlight;
    if (ended <= 0)
        return std::nullopt;
    return 100.0 * double(counts.notOk()) / double(ended);
}

qint64 RunReport::successfulTests() const
{
    return std::count_if(tests.cbegin(), tests.cend(),
                         [](const TestReport &test) { return test.success; });
}

OperationCounts RunReport::counts() const
{
    OperationCounts sum;
    for (const TestReport &test : tests) {
        sum.planned += test.counts.planned;
        sum.sent += test.counts.sent;
        sum.ok += test.counts.ok;
        sum.failed += test.counts.failed;
        sum.timedOut += test.counts.timedOut;
        sum.dropped += test.counts.dropped;
        sum.cancelled += test.counts.cancelled;
        sum.inFlight += test.counts.inFlight;
    }
    return sum;
}

std::optional<double> RunReport::avgResponseMs() const
{
    double sumMs = 0.0;
    qint64 count = 0;
    for (const TestReport &test : tests) {
        sumMs += toMs(test.responseTime.mean()) * double(test.responseTime.count());
        count += test.responseTime.count();
    }
    if (count == 0)
        return std::nullopt;
    return sumMs / double(count);
}

} // namespace lowtide
