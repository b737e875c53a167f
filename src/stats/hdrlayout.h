#pragma once

#include <QtGlobal>

#include <bit>
#include <cstdint>

// The bucket layout of HdrHistogram for (lowest 1, highest 3,600,000,000, 3 significant digits).
//
// Values below 2048 have a counter each. Above, bucket b (1, 2, ...) covers [1024 << (b + 1), 2048
// << (b + 1)) halved downwards: its 1024 counters are 2^b wide, so a value is known to 1 part in
// 1024 or better. Bucket 0 has 2048 counters, each further one 1024 (its lower half would repeat
// the bucket before).
//
//   bucket(v)  = bits(v | 2047) - 11            bits(x): position of the highest one bit, from 1
//   sub(v)     = v >> bucket(v)                 0 .. 2047 in bucket 0, 1024 .. 2047 in the others
//   index(v)   = (bucket(v) + 1) * 1024 + sub(v) - 1024
namespace lowtide::hdr {

inline constexpr qint64 lowestValue = 1;
inline constexpr qint64 highestValue = 3'600'000'000;
inline constexpr int significantDigits = 3;
inline constexpr int halfCount = 1024; ///< Counters of a bucket.
inline constexpr int halfMagnitude = 10; ///< log2 of it.
inline constexpr int bucketCount = 22; ///< 2048 << 21 is the first above highestValue.
inline constexpr int counterCount = (bucketCount + 1) * halfCount;

/// `value` from 0 to highestValue.
[[nodiscard]] constexpr int indexOf(qint64 value)
{
    const auto bits = static_cast<std::uint64_t>(value);
    const int bucket =
        static_cast<int>(std::bit_width(bits | (2U * halfCount - 1U))) - halfMagnitude - 1;
    return (bucket << halfMagnitude) + static_cast<int>(value >> bucket);
}

/// Log2 of the width of the values that share a counter.
[[nodiscard]] constexpr int widthMagnitude(int index)
{
    return index < 2 * halfCount ? 0 : (index >> halfMagnitude) - 1;
}

[[nodiscard]] constexpr qint64 lowestAt(int index)
{
    const int bucket = widthMagnitude(index);
    return qint64(index - (bucket << halfMagnitude)) << bucket;
}

[[nodiscard]] constexpr qint64 highestAt(int index)
{
    return lowestAt(index) + (qint64(1) << widthMagnitude(index)) - 1;
}

/// The middle of the values that share a counter, as the reference rounds it.
[[nodiscard]] constexpr qint64 medianAt(int index)
{
    return lowestAt(index) + ((qint64(1) << widthMagnitude(index)) >> 1);
}

} // namespace lowtide::hdr
