#pragma once

#include "base/error.h"

#include <QtGlobal>

#include <type_traits>
#include <utility>
#include <variant>

namespace lowtide {

/// Wraps an error so that it converts into any Result; spelled like std::unexpected (C++23).
template <typename E> class Unexpected {
public:
    explicit Unexpected(E error)
        : m_error(std::move(error))
    {
    }
    [[nodiscard]] E &&take() && { return std::move(m_error); }

private:
    E m_error;
};

template <typename E> Unexpected(E) -> Unexpected<E>;

/// A value or an error, with the spelling of std::expected so that it can become an alias of it.
/// Reading the side that is not there is a programmer's error (asserted).
template <typename T, typename E = Error> class [[nodiscard]] Result {
public:
    using value_type = T;
    using error_type = E;

    Result(T value) // NOLINT(google-explicit-constructor): as std::expected
        : m_state(std::in_place_index<0>, std::move(value))
    {
    }
    Result(Unexpected<E> error) // NOLINT(google-explicit-constructor): as std::expected
        : m_state(std::in_place_index<1>, std::move(error).take())
    {
    }

    [[nodiscard]] bool has_value() const { return m_state.index() == 0; }
    explicit operator bool() const { return has_value(); }

    [[nodiscard]] const T &value() const &
    {
        Q_ASSERT(has_value());
        return *std::get_if<0>(&m_state);
    }
    [[nodiscard]] T &value() &
    {
        Q_ASSERT(has_value());
        return *std::get_if<0>(&m_state);
    }
    [[nodiscard]] T &&value() &&
    {
        Q_ASSERT(has_value());
        return std::move(*std::get_if<0>(&m_state));
    }
    [[nodiscard]] const E &error() const
    {
        Q_ASSERT(!has_value());
        return *std::get_if<1>(&m_state);
    }
    [[nodiscard]] T value_or(T other) const { return has_value() ? value() : std::move(other); }

    const T &operator*() const & { return value(); }
    T &operator*() & { return value(); }
    const T *operator->() const { return &value(); }
    T *operator->() { return &value(); }

private:
    std::variant<T, E> m_state;
};

/// Success without a value: `Result<void>`.
template <typename E> class [[nodiscard]] Result<void, E> {
public:
    Result() = default;
    Result(Unexpected<E> error) // NOLINT(google-explicit-constructor): as std::expected
        : m_error(std::in_place_index<1>, std::move(error).take())
    {
    }
    [[nodiscard]] bool has_value() const { return m_error.index() == 0; }
    explicit operator bool() const { return has_value(); }
    [[nodiscard]] const E &error() const
    {
        Q_ASSERT(!has_value());
        return *std::get_if<1>(&m_error);
    }

private:
    std::variant<std::monostate, E> m_error;
};

} // namespace lowtide
