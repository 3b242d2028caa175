"""The expression that says of the next token which kind it is, and where it ends."""

import re

from verifiers.math.figures import BASE_WORDS

_GROUP = r"\d{1,3}(?:\{,\}\d{3})+|\d{1,3}(?:\\[,;! ]|~)\s?\d{3}(?:(?:\\[,;! ]|~)\s?\d{3})*"
SCANNER = re.compile(
    r"(?P<space>(?:\s|\\[,;:!> ]|~|&(?=\s*(?:[=<>]|\\[lg]eq?\b))|\{\s*\}(?=\s*[_^]))+)"
    r"|(?P<degree>\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![A-Za-z])))"
    rf"|(?P<based>\d+_(?:\{{\s*\d+\s*\}}|\d+|\{{?(?:\\[a-z]+\{{)?(?:{BASE_WORDS})\}}{{0,2}})"
    r"|(?<![0-9A-Za-z])(?=[0-9A-Z]{0,64}\d)[0-9A-Z]{1,64}"  # bounded, or each letter looks far
    r"_(?:\{\s*(?:1[1-9]|2\d|3[0-6])\s*\}|1[1-9]|2\d|3[0-6])(?!\d)"
    r"|(?<![0-9A-Za-z])(?:[0-9a-f]{2,64}|[A-F]{2,64})_\{\s*16\s*\}"
    r"|\(\s*\d[0-9A-Za-z]*\s*\)_(?:\{\s*\d+\s*\}|\d+))"
    r"|(?P<repeating>\d*\.\d*(?:\\(?:overline|bar|dot|overbar)\s*\{?\d+\}?(?:\d*\\dot\{?\d\}?)?"
    r"|\(\d+\)))"
    rf"|(?P<grouped>(?:{_GROUP})(?!\d)(?:\.\d+)?)"
    r"|(?P<comma>\d+\{,\}\d+)"
    r"|(?P<thousands>\d{1,3}(?:,(?:\\!\s*)?\d{3})+(?!\d)(?:\.\d+)?"
    r"|(?<![_^])[1-9]\d{0,2}(?: \d{3})+(?![\d/])"
    r"|[1-9]\d{0,2}(?:'\d{3})+(?![\d'])|[1-9]\d{0,2}(?:\.\d{3}){2,}(?![\d.]))"
    r"|(?P<scientific>(?:\d+(?:\.\d*)?|\.\d+)[eE][+-]?\d+(?![\d.A-Za-z]))"
    r"|(?P<number>\d+(?:\.\d+)?|\.\d+)"
    r"|(?P<command>\\[A-Za-z]+\*?)"
    r"|(?P<escape>\\[^A-Za-z])"
    r"|(?P<word>[A-Za-zµμ]+(?:'(?:s|t)\b)?)"
    r"|(?P<sign>\*\*|:=|==|[<>=!]=|=<|\.\.+|[-+*/^_=<>!|:;,()\[\]{}'%$€£¥₹¢≈%&.?])",
    re.ASCII,
)
