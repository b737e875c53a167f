#include "stats/hdrlayout.h"
#include "stats/latencyhistogram.h"

#include <QtEndian>

#include <bit>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

// HdrHistogram's V2 compressed encoding, all numbers big-endian:
//
//   outer  u32 cookie, u32 length, zlib stream of the inner part
//   inner  u32 cookie, u32 length of the counts, i32 normalizing offset (0), i32 significant
//   digits,
//          i64 lowest value, i64 highest value, f64 conversion ratio (1.0), counts
//   counts one number a counter, up to the last that is not zero: the count, or -n for n zeros in a
//   row;
//          zigzag, then LEB128 of at most 9 bytes (the ninth carries 8 bits)
namespace lowtide {

namespace {

constexpr quint32 outerCookie = 0x1c849304U | 0x10U;
constexpr quint32 innerCookie = 0x1c849303U | 0x10U;
constexpr int outerHeaderBytes = 8;
constexpr int innerHeaderBytes = 40;
constexpr int qtHeaderBytes = 4; ///< qCompress() puts the uncompressed size before the zlib stream.
constexpr int longestNumberBytes = 9;
constexpr qsizetype largestInner =
    innerHeaderBytes + qsizetype(hdr::counterCount) * longestNumberBytes;

template <typename T> void put(QByteArray &out, T value)
{
    const T bigEndian = qToBigEndian(value);
    out.append(reinterpret_cast<const char *>(&bigEndian), sizeof bigEndian);
}

void putNumber(QByteArray &out, qint64 value)
{
    auto rest = (static_cast<quint64>(value) << 1U) ^ static_cast<quint64>(value >> 63);
    for (int i = 1; i < longestNumberBytes && rest >= 0x80U; ++i) {
        out += static_cast<char>(static_cast<unsigned char>(rest | 0x80U));
        rest >>= 7U;
    }
    out += static_cast<char>(static_cast<unsigned char>(rest));
}

/// Takes numbers off the front of a byte array. Once something was missing, `failed` stays set.
struct Source {
    QByteArrayView bytes;
    bool failed = false;

    template <typename T> T take()
    {
        if (bytes.size() < qsizetype(sizeof(T))) {
            failed = true;
            return T(0);
        }
        const T value = qFromBigEndian<T>(bytes.data());
        bytes = bytes.sliced(sizeof(T));
        return value;
    }

    qint64 takeNumber()
    {
        quint64 value = 0;
        for (int i = 0; i < longestNumberBytes; ++i) {
            const bool ninth = i == longestNumberBytes - 1;
            const auto byte = take<quint8>();
            value |= quint64(ninth ? byte : byte & 0x7fU) << (7U * static_cast<unsigned>(i));
            if (failed || ninth || byte < 0x80U)
                break;
        }
        return static_cast<qint64>(value >> 1U) ^ -static_cast<qint64>(value & 1U);
    }
};

using IndexedCounts = std::vector<std::pair<int, qint64>>;

std::optional<QByteArray> innerOf(const QByteArray &text)
{
    const auto decoded =
        QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return std::nullopt;
    Source source{*decoded};
    const bool known = source.take<quint32>() == outerCookie;
    const auto length = source.take<quint32>();
    // A zlib stream of ours is never longer than what it holds; more would be made to fill the
    // memory.
    if (source.failed || !known || length != source.bytes.size() || length > largestInner)
        return std::nullopt;
    QByteArray stream;
    put(stream, quint32(largestInner));
    stream += source.bytes;
    QByteArray inner = qUncompress(stream);
    if (inner.size() < innerHeaderBytes)
        return std::nullopt;
    return inner;
}

bool takeHeader(Source &source)
{
    const bool cookie = source.take<quint32>() == innerCookie;
    const auto length = source.take<quint32>();
    const bool offset = source.take<qint32>() == 0;
    const bool digits = source.take<qint32>() == hdr::significantDigits;
    const bool lowest = source.take<qint64>() == hdr::lowestValue;
    const bool highest = source.take<qint64>() == hdr::highestValue;
    const bool ratio = source.take<quint64>() == std::bit_cast<quint64>(1.0);
    return cookie && offset && digits && lowest && highest && ratio
        && length == source.bytes.size();
}

std::optional<IndexedCounts> takeCounts(Source &source, qint64 mostTotal)
{
    IndexedCounts counts;
    qint64 index = 0;
    while (!source.bytes.isEmpty()) {
        const qint64 number = source.takeNumber();
        if (source.failed || number < -hdr::counterCount || number > mostTotal)
            return std::nullopt;
        if (number > 0) {
            counts.emplace_back(static_cast<int>(index), number);
            mostTotal -= number;
        }
        index += number < 0 ? -number : 1;
        if (index > hdr::counterCount)
            return std::nullopt;
    }
    return counts;
}

} // namespace

QByteArray LatencyHistogram::toBase64() const
{
    QByteArray counts;
    int next = 0;
    m_counts.forEach([&](int index, qint64 count) {
        if (index > next)
            putNumber(counts, next - index);
        putNumber(counts, count);
        next = index + 1;
        return true;
    });
    if (next == 0)
        putNumber(counts, -1); // as the reference: an empty histogram still has its first counter

    QByteArray inner;
    inner.reserve(innerHeaderBytes + counts.size());
    put(inner, innerCookie);
    put(inner, static_cast<quint32>(counts.size()));
    put(inner, qint32(0));
    put(inner, qint32(hdr::significantDigits));
    put(inner, hdr::lowestValue);
    put(inner, hdr::highestValue);
    put(inner, std::bit_cast<quint64>(1.0));
    inner += counts;

    const QByteArray compressed = qCompress(inner);
    QByteArray outer;
    put(outer, outerCookie);
    put(outer, static_cast<quint32>(compressed.size() - qtHeaderBytes));
    outer += QByteArrayView(compressed).sliced(qtHeaderBytes);
    return outer.toBase64();
}

bool LatencyHistogram::addBase64(const QByteArray &text)
{
    const std::optional<QByteArray> inner = innerOf(text);
    if (!inner)
        return false;
    Source source{*inner};
    if (!takeHeader(source))
        return false;
    const auto counts = takeCounts(source, std::numeric_limits<qint64>::max() - m_total);
    if (!counts)
        return false;
    for (const auto &[index, count] : *counts) {
        m_counts.add(index, count);
        m_total += count;
    }
    return true;
}

} // namespace lowtide
