#pragma once

#include <QtGlobal>

#include <chrono>
#include <compare>

namespace lowtide {

/// A number of bytes. "MB" in profiles and reports is 1024 x 1024 bytes, as docker counts limits.
class Bytes {
public:
    constexpr Bytes() = default;
    constexpr explicit Bytes(qint64 count)
        : m_count(count)
    {
    }
    [[nodiscard]] static constexpr Bytes fromMb(double mb)
    {
        return Bytes(static_cast<qint64>(mb * 1048576.0));
    }
    [[nodiscard]] constexpr qint64 count() const { return m_count; }
    [[nodiscard]] constexpr double mb() const { return static_cast<double>(m_count) / 1048576.0; }

    friend constexpr auto operator<=>(Bytes,
                                      Bytes) = default; // NOLINT(modernize-use-nullptr): LLVM 14
    friend constexpr Bytes operator+(Bytes a, Bytes b) { return Bytes(a.m_count + b.m_count); }
    friend constexpr Bytes operator-(Bytes a, Bytes b) { return Bytes(a.m_count - b.m_count); }

private:
    qint64 m_count = 0;
};

/// How often something happens, in operations a second. Zero means "never".
class Rate {
public:
    constexpr Rate() = default;
    [[nodiscard]] static constexpr Rate perSecond(double value) { return Rate(value); }
    [[nodiscard]] constexpr double perSecond() const { return m_perSecond; }
    friend constexpr auto operator<=>(Rate, Rate) = default; // NOLINT(modernize-use-nullptr)

private:
    constexpr explicit Rate(double value)
        : m_perSecond(value)
    {
    }
    double m_perSecond = 0.0;
};

/// A share of a whole, 0 to 100 (more where the whole can be exceeded, as CPU of several cores).
class Percent {
public:
    constexpr Percent() = default;
    constexpr explicit Percent(double value)
        : m_value(value)
    {
    }
    [[nodiscard]] static constexpr Percent ofWhole(double part, double whole)
    {
        return Percent(whole > 0.0 ? 100.0 * part / whole : 0.0);
    }
    [[nodiscard]] constexpr double value() const { return m_value; }
    friend constexpr auto operator<=>(Percent, Percent) = default; // NOLINT(modernize-use-nullptr)

private:
    double m_value = 0.0;
};

} // namespace lowtide
