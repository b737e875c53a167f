#pragma once

#include <tuple>

namespace lowtide::codec {

/// One member of a struct as it stands in an event: its JSON key, and whether it is always there.
template <typename Struct, typename Value> struct Field {
    const char *key;
    Value Struct::*member;
    bool required;
};

/// A member that each line of this kind has.
template <typename Struct, typename Value>
constexpr Field<Struct, Value> required(const char *key, Value Struct::*member)
{
    return {key, member, true};
}

/// A member that is left out where it has the value of a default-constructed struct (nothing,
/// empty, ...).
template <typename Struct, typename Value>
constexpr Field<Struct, Value> orDefault(const char *key, Value Struct::*member)
{
    return {key, member, false};
}

/// The members of a struct, in the order in which they are written. Writer and reader both go by
/// it, so a new member is one line here (and one in resources/schema/event.schema.json).
/// Specialisations have `static constexpr auto fields = std::tuple{...}`; those of event payloads
/// also `static constexpr const char *kind`.
template <typename Struct> struct Description;

template <typename Struct>
concept Described = requires
{
    Description<Struct>::fields;
};

/// Specialised for enums: `static QString id(Enum)` and `static std::optional<Enum> fromId(const
/// QString &)`.
template <typename Enum> struct EnumIds;

/// Calls `visit(field)` for each member in order, until one returns false.
template <Described Struct, typename Visit> constexpr bool forEachField(Visit &&visit)
{
    return std::apply([&visit](const auto &...field) { return (visit(field) && ...); },
                      Description<Struct>::fields);
}

} // namespace lowtide::codec
