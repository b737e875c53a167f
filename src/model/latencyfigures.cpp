#include "model/latencyfigures.h"

namespace lowtide {

LatencyFigures figuresOf(const LatencyHistogram &histogram)
{
    LatencyFigures figures{.count = histogram.count()};
    if (histogram.isEmpty())
        return figures;
    figures.p50Ms = toMs(histogram.valueAtPercentile(50));
    figures.p90Ms = toMs(histogram.valueAtPercentile(90));
    figures.p95Ms = toMs(histogram.valueAtPercentile(95));
    figures.p99Ms = toMs(histogram.valueAtPercentile(99));
    figures.maxMs = toMs(histogram.max());
    figures.meanMs = toMs(histogram.mean());
    return figures;
}

} // namespace lowtide
