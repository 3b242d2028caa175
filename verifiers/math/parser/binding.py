"""How tightly operators bind: the higher the power, the tighter."""

from verifiers.math import table

ANYTHING = 0
RELATION, SET, RATIO, SUM, NEGATION, PRODUCT, APPLICATION, POWER = range(10, 90, 10)

RELATION_SIGNS = frozenset({*table.RELATIONS.values(), *table.RELATION_COMMANDS.values()})
SCRIPT_SIGNS = frozenset({"^", "_", "!", "'"})

BINDING_POWERS = {
    **dict.fromkeys(RELATION_SIGNS, RELATION),
    **dict.fromkeys(("union", "intersection", "difference"), SET),
    ":": RATIO,
    **dict.fromkeys(("+", "-", "±", "∓"), SUM),
    **dict.fromkeys(("*", "/", "mod"), PRODUCT),
    **dict.fromkeys(SCRIPT_SIGNS, POWER),
    "unit": POWER,
}
