"""The tables behind reading: Unicode signs, LaTeX commands, names of functions and relations."""

import re

_UNICODE = """
√ \\sqrt|∛ \\cbrt|π \\pi|∞ \\infty|° ^\\circ|º ^\\circ|˚ ^\\circ|− -|– -|— -|‐ -|‑ -|﹣ -|⁄ /|∕ /
÷ \\div|× \\times|✕ \\times
⋅ \\cdot|· \\cdot|∙ \\cdot|• \\cdot|∗ *|∶ :|± \\pm|∓ \\mp|≤ \\le|≦ \\le|⩽ \\le
≥ \\ge|≧ \\ge|⩾ \\ge|≠ \\ne|≈ \\approx|≃ \\approx|≅ \\cong|≡ \\equiv|∈ \\in|∪ \\cup|∩ \\cap
∖ \\setminus|∅ \\emptyset|⌀ \\emptyset|ℝ \\mathbb{R}|ℤ \\mathbb{Z}|ℕ \\mathbb{N}|ℚ \\mathbb{Q}
ℂ \\mathbb{C}|→ \\to|⇒ \\implies|∑ \\sum|∏ \\prod|∫ \\int|∠ \\angle|△ \\triangle|⌊ \\lfloor
⌋ \\rfloor|⌈ \\lceil|⌉ \\rceil|⟨ \\langle|⟩ \\rangle|′ '|″ ''|’ '|‘ '|… \\ldots|⋯ \\cdots|∣ |
½ \\frac{1}{2}|⅓ \\frac{1}{3}|⅔ \\frac{2}{3}|¼ \\frac{1}{4}|¾ \\frac{3}{4}|⅕ \\frac{1}{5}
⅖ \\frac{2}{5}|⅗ \\frac{3}{5}|⅘ \\frac{4}{5}|⅙ \\frac{1}{6}|⅚ \\frac{5}{6}|⅛ \\frac{1}{8}
⅜ \\frac{3}{8}|⅝ \\frac{5}{8}|⅞ \\frac{7}{8}|⅑ \\frac{1}{9}|⅒ \\frac{1}{10}
α \\alpha|β \\beta|γ \\gamma|δ \\delta|ε \\epsilon|θ \\theta|λ \\lambda|σ \\sigma|τ \\tau
φ \\phi|ϕ \\phi|ω \\omega|ρ \\rho|η \\eta|ζ \\zeta|ξ \\xi|ψ \\psi|χ \\chi|κ \\kappa|ν \\nu|µ μ
Δ \\Delta|Γ \\Gamma|Ω \\Omega|Ω \\Omega|Σ \\Sigma|Φ \\Phi|Ψ \\Psi|Λ \\Lambda|Θ \\Theta|∆ \\Delta
，,|。.|；;|：:|（ (|） )|［ [|］ ]|｛ {|｝ }|、 ,|＝ =|％ %|“ |” |「 |」 |« |»
"""

#: Signs that mean nothing: byte order mark, zero-width spaces, soft hyphen, word joiner.
_INVISIBLE = "\ufeff\u200b\u2060\u00ad\u2062\u2061\u2063\u2064\ufe0e\ufe0f"
_SPACES = "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _unicode_map() -> dict[int, str]:
    table: dict[int, str] = {}
    for entry in re.split(r"[|\n]", _UNICODE):
        if entry:
            sign, replacement = entry[0], entry[1:].strip()
            is_command = "\\" in replacement and replacement[-1].isalpha()
            table[ord(sign)] = replacement + " " if is_command else replacement
    table[ord("∣")] = "|"
    table.update({ord(sign): "" for sign in _INVISIBLE})
    table.update({ord(sign): " " for sign in _SPACES})
    for code in range(0xFF01, 0xFF5F):  # full-width forms of ASCII
        table.setdefault(code, chr(code - 0xFEE0))
    return table


UNICODE = _unicode_map()
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n")
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")

GREEK = _names("""
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau
    upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Sigma Upsilon Phi Psi Omega ell hbar
    aleph Re Im
""")
GREEK_VARIANTS = {
    "varepsilon": "epsilon",
    "varphi": "phi",
    "vartheta": "theta",
    "varrho": "rho",
    "varsigma": "sigma",
}

_FUNCTIONS = """
    sin cos tan cot sec csc sinh cosh tanh coth sech csch ln log exp det gcd lcm max min arg erf
    arcsin arccos arctan arccot arcsec arccsc arsinh arcosh artanh sqrt cbrt abs floor ceil sgn
    binom factorial lg cis round dim
    cosec=csc ctg=cot tg=tan sh=sinh ch=cosh th=tanh arctg=arctan ceiling=ceil sign=sgn comb=binom
    asin=arcsin acos=arccos atan=arctan acot=arccot asec=arcsec acsc=arccsc log10=lg
    asinh=arsinh acosh=arcosh atanh=artanh arcsinh=arsinh arccosh=arcosh arctanh=artanh
"""
FUNCTIONS = {
    name: meaning or name
    for name, _, meaning in (entry.partition("=") for entry in _FUNCTIONS.split())
}
"""Spelling to the name that nodes carry."""

NEEDS_BRACKETS = frozenset(
    [
        "max",
        "min",
        "gcd",
        "lcm",
        "binom",
        "abs",
        "floor",
        "ceil",
        "round",
        "factorial",
        "det",
        "dim",
    ]
)
"""Functions whose arguments are always written in brackets."""

OF_A_NAME = frozenset({"max", "min", "det", "dim"})
"""Those that may stand before a name without brackets."""

RELATIONS = {
    "=": "=",
    "==": "=",
    ":=": "=",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
    "=<": "<=",
    "!=": "!=",
    "≈": "≈",
}
RELATION_COMMANDS = {
    "le": "<=",
    "leq": "<=",
    "leqslant": "<=",
    "leqq": "<=",
    "lt": "<",
    "ge": ">=",
    "geq": ">=",
    "geqslant": ">=",
    "geqq": ">=",
    "gt": ">",
    "ne": "!=",
    "neq": "!=",
    "approx": "≈",
    "simeq": "≈",
    "doteq": "≈",
    "sim": "~",
    "equiv": "≡",
    "cong": "≡",
    "in": "in",
    "mid": "mid",
    "to": "to",
    "rightarrow": "to",
    "mapsto": "to",
    "longrightarrow": "to",
    "parallel": "parallel",
    "perp": "perp",
    "subset": "subset",
    "subseteq": "subset",
}

OPERATOR_COMMANDS = {
    "cdot": "*",
    "times": "*",
    "ast": "*",
    "div": "/",
    "pm": "±",
    "mp": "∓",
    "cup": "union",
    "bigcup": "union",
    "cap": "intersection",
    "bigcap": "intersection",
    "setminus": "difference",
    "smallsetminus": "difference",
    "backslash": "difference",
    "colon": ":",
    "bmod": "mod",
    "mod": "mod",
    "prime": "'",
    "land": "and",
    "wedge": "and",
    "lor": "or",
    "vee": "or",
    "dots": "…",
    "ldots": "…",
    "cdots": "…",
    "dotsc": "…",
}

FRACTIONS = _names("frac dfrac tfrac cfrac nicefrac sfrac")

OPENING = {"lfloor": "⌊", "lceil": "⌈", "langle": "<", "lbrace": "{", "lbrack": "["}
CLOSING = {"rfloor": "⌋", "rceil": "⌉", "rangle": ">", "rbrace": "}", "rbrack": "]"}
BARS = frozenset(["|", "vert", "lvert", "rvert", "Vert", "lVert", "rVert", "mid"])

IGNORED = _names("""
    left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr
    displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits quad qquad hfill
    checkmark blacksquare qed qedhere mathstrut strut noindent centering nonumber notag
    large Large small normalsize
""")
"""Commands that only change how things look."""

WITHOUT_THEIR_ARGUMENT = frozenset(
    ["phantom", "hphantom", "vphantom", "hspace", "vspace", "color", "textcolor"]
)
"""Commands that only change how things look, with the argument in braces that says how."""

TEXT_COMMANDS = _names("""
    text textbf textit textrm textsf texttt textnormal textup mbox hbox emph mathrm
    operatorname operatorname* mathsf mathit mathbf
""")
DECORATIONS = frozenset(["hat", "vec", "tilde", "widehat", "overrightarrow", "bar", "dot"])
TRANSPARENT = frozenset(
    ["boldsymbol", "bm", "boxed", "fbox", "underline", "mathop", "mathbin", "ensuremath"]
)
"""Commands that say nothing about what they enclose."""
