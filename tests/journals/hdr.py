"""A histogram of microseconds in HdrHistogram's layout (1, 3600000000, 3), apart from the one in src/stats,
so that the golden journals check that one too."""
import base64
import struct
import zlib


def index_of(value):
    bucket = (value | 2047).bit_length() - 11
    return (bucket << 10) + (value >> bucket)


def bucket_of(index):
    return 0 if index < 2048 else (index >> 10) - 1


def lowest_at(index):
    bucket = bucket_of(index)
    return (index - (bucket << 10)) << bucket


def highest_at(index):
    return lowest_at(index) + (1 << bucket_of(index)) - 1


def zigzag_leb128(number):
    rest = number << 1 if number >= 0 else (-number << 1) - 1
    out = bytearray()
    while rest >= 0x80:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


class Histogram:
    def __init__(self, values_us=()):
        self.counts = {}
        for value in values_us:
            index = index_of(max(1, value))
            self.counts[index] = self.counts.get(index, 0) + 1

    def total(self):
        return sum(self.counts.values())

    def percentile_us(self, percentile):
        target = max(1, int(percentile / 100 * self.total() + 0.5))
        reached = 0
        for index in sorted(self.counts):
            reached += self.counts[index]
            if reached >= target:
                return highest_at(index)

    def mean_us(self):
        middle = {index: lowest_at(index) + (1 << bucket_of(index) >> 1) for index in self.counts}
        return sum(count * middle[index] for index, count in self.counts.items()) / self.total()

    def figures(self):
        """The members of LatencyFigures."""
        if not self.counts:
            return {"count": 0}
        result = {"count": self.total()}
        for percentile in (50, 90, 95, 99):
            result[f"p{percentile}_ms"] = self.percentile_us(percentile) / 1000
        result["max_ms"] = highest_at(max(self.counts)) / 1000
        result["mean_ms"] = self.mean_us() / 1000
        return result

    def base64(self):
        counts, following = b"", 0
        for index in sorted(self.counts):
            if index > following:
                counts += zigzag_leb128(following - index)
            counts += zigzag_leb128(self.counts[index])
            following = index + 1
        inner = struct.pack(">IIiiqqd", 0x1C849313, len(counts), 0, 3, 1, 3_600_000_000, 1.0) + counts
        stream = zlib.compress(inner)
        return base64.b64encode(struct.pack(">II", 0x1C849314, len(stream)) + stream).decode()
