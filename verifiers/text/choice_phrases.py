"""The words around the letter when somebody names a choice, in many languages."""

import re

_NOUNS = """
    answers?|choices?|options?|solutions?|responses?|selections?|conclusion|result|right one|it
    correct one|correct
    respuestas?|opci[óo]n(?:es)?|alternativas?|soluci[óo]n|respostas?|op[çc](?:ão|ões|ao)|letras?
    gabarito|r[ée]ponses?|choix|antwort(?:en)?|l[öo]sung(?:en)?|auswahl|rispost[ae]|opzion[ei]
    scelt[ae]|antwoord(?:en)?|odpowied[źz]i?|ответы?|варианты?|відповіді?|cevap|yan[ıi]t|jawaban
    đáp án|câu trả lời|الإجابة|الجواب|उत्तर|जवाब|คำตอบ
"""
_ANSWERS = """
    answers?|respuestas?|respostas?|gabarito|r[ée]ponses?|antwort(?:en)?|rispost[ae]|antwoord
    odpowied[źz]|ответы?|відповіді?|cevap|jawaban|đáp án|الإجابة|الجواب|उत्तर|जवाब|คำตอบ
"""
_COPULAS = """
    is|are|be|es|son|ser[íi]a|é|são|est|sont|ist|lautet|è|sono|to|это|adalah|là|هي|هو|है|คือ
"""
_VERBS = """
    choose|chose|pick|picked|select|selected|go with|going with|opt for|settle on
    elijo|escolho|choisis|wähle|scelgo|выбираю
"""
_VERBS_EN = "(?:choose|pick|select|go with|opt for|settle on)"
_FILLERS = """
    the|option|choice|letter|answer|number|thus|therefore|clearly|simply|just|indeed|definitely
    probably|likely|either|both|possibly|maybe|perhaps|also|even
    a letra|a opção|a alternativa|la|el|le|die|der|das|opci[óo]n|op[çc][ãa]o|letra|lettre|lettera
    вариант|буква
"""
_CONJUNCTIONS = "and|or|und|oder|y|o|ou|e|et|и|или|та|або|ve|veya|dan|atau|và|hoặc"
_CONCLUSIONS = "so|therefore|thus|hence|donc|daher|also|por lo tanto|portanto|quindi|поэтому"
# Languages that write no spaces between words.
_UNSPACED_ANSWERS = "答案|正解|正确选项|正確選項|答え|回答|解答|정답|답"
_UNSPACED_COPULAS = "应该是|应为|應為|是|为|為|は|은|는|이"
_UNSPACED_CONCLUSIONS = "因此|所以|故"
_UNSPACED_VERBS = "选择|選擇|选项|選項|选|選"
_UNSPACED_CONJUNCTIONS = "和|或者|或|与|與|及|と|または|및|또는|와|과"


def _word_of(table: str) -> str:
    """One of the words of a table, and no part of a longer one."""
    return rf"(?<!\w)(?:{'|'.join(_entries(table))})(?!\w)"


def _entries(table: str) -> list[str]:
    return [entry.strip() for entry in re.split(r"[|\n]", table) if entry.strip()]


_SPACE_AND_FILLERS = rf"\s*(?:{_word_of(_FILLERS)}\s*){{0,4}}"
_FILL = rf"[\s:=]*{_SPACE_AND_FILLERS}"

NOUN = re.compile(rf"{_word_of(_NOUNS)}|{_UNSPACED_ANSWERS}", re.IGNORECASE)
"""What a choice is called: the subject of a clause that names one."""

LEAD = re.compile(
    rf"(?P<copula>{_word_of(_COPULAS)}|{_UNSPACED_COPULAS}|(?<=it)['’]s"
    rf"|[:=→]|->|(?<=\s)[-–—]+(?=\s)){_FILL}"
    rf"|(?P<verb>{_word_of(_VERBS)}|{_UNSPACED_VERBS}){_FILL}"
    rf"|(?P<bare>{_word_of(_ANSWERS)}|{_UNSPACED_ANSWERS}"
    rf"|{_word_of(_CONCLUSIONS)},?|{_UNSPACED_CONCLUSIONS}){_SPACE_AND_FILLERS}",
    re.IGNORECASE,
)
"""What may come right before the letter: "is the option", "choose"; bare ones like "so" or "answer"
only if nothing comes after it."""

_NAMED = r"\s+(?:(?:the|option|choice|answer|letter)\s+){0,3}"
REJECTED = re.compile(rf"not{_NAMED}", re.IGNORECASE)
INSTEAD = re.compile(rf"\s*,?\s*but(?:\s+(?:rather|instead))?{_NAMED}", re.IGNORECASE)
"""What stands before the two letters of "not A but B"."""

PRAISE = re.compile(
    r"(?<=\S)\s{1,4}(?:is|are|must be|should be)"
    r"\s+(?:(?!not|never|hardly|far|wrong|incorrect|false|worst|least|opposite)[a-z]+\s+){0,3}?"
    r"(?:correct|right|best|answer)\b"
)
"""What may come right after it."""

JOINT = re.compile(
    rf"\s*(?:,\s*(?:{_word_of(_CONJUNCTIONS)})?|[;/|&+、]"
    rf"|{_word_of(_CONJUNCTIONS)}|{_UNSPACED_CONJUNCTIONS}){_SPACE_AND_FILLERS}",
    re.IGNORECASE,
)
"""What stands between two letters that are named together."""

NEGATION = re.compile(
    r"(?<!\w)(?:not|cannot|never|nicht|pas|non|não|не)(?!\w)|n['’]t\b|不", re.IGNORECASE
)

_WRONG = r"(?:wrong|incorrect|false|untrue|mistaken|mistake|erroneous|invalid|inaccurate)"
_NOT = r"(?:(?<!\w)(?:not|cannot|never|nor|neither|hardly|no)(?!\w)|n['’]t\b)"

CLAUSE_START = re.compile(
    r"[\n.?!;:]|,(?!(?:[^,]*,)?\s*(?:that|if|whether)\b)|\b(?:but|so|however|and|hence|thus|therefore|means)\b",
    re.IGNORECASE,
)
"""Before it, nothing is said of what follows; an inserted word between commas starts no clause."""

DENIAL = re.compile(
    # "I'm not sure that", "I don't think", "it's not the case that"
    rf"{_NOT}\s+(?:[\w'’]+\s+){{0,3}}?(?:sure|certain|convinced|confident|clear|true|correct|right"
    r"|likely|possible|case|thinks?|believes?|says?|claims?|agrees?|way)\b"
    # "I doubt that", but not "no doubt" or "without a doubt"
    rf"|(?<!no )(?<!not )(?<!never )(?<!n['’]t )(?<!a )(?<!any )\bdoubt(?:s|ed|ful)?\b"
    r"|\b(?:unsure|uncertain|unlikely|impossible|disagree|deny|nobody|no one)\b"
    rf"|\b{_WRONG}[\s,]+(?:that|to\s+\w+)\b"
    # "the wrong answer", "the least likely answer", "the answer that is wrong"
    rf"|\b(?:{_WRONG}|worst|least\s+\w+)\s+(?:\w+\s+)?(?:{NOUN.pattern})"
    rf"|\b(?:that|which)\s+(?:is|are)\s+(?:clearly\s+)?{_WRONG}\b|\b(?:opposite\s+of|contrary\s+to)\b"
    # "not choose B", "nor B is correct"
    rf"|{_NOT}\s+(?:{_VERBS_EN}\s+)?(?:(?:the|option|choice|answer|letter)\s+){{0,3}}$",
    re.IGNORECASE,
)
"""What in a clause, up to the letter, shows that the letter is rejected or doubted."""

RETRACTION = re.compile(
    r"\b(?:that|this|it|which|answer)(?:\s+(?:is|was|would\s+be|must\s+be|seems|looks)|['’]s)"
    r"\s+(?:\w+ly\s+|just\s+|of\s+course\s+)*"
    rf"(?:{_WRONG}|impossible|rejected|an?\s+(?:mistake|error)"
    r"|not\s+(?:it|right|correct|true|possible|valid|the\s+(?:case|answer)))\b"
    r"|\b(?:that|this|it|which)\s+(?:isn['’]t|wasn['’]t|can['’]?t\s+be|cannot\s+be)\b"
    r"|\b(?:wait|oops|scratch\s+that|correction|just\s+kidding|on\s+second\s+thoughts?"
    r"|let\s+me\s+(?:re\w+|correct|double)|i\s+made\s+an?|(?:maybe|perhaps|or)\s+not)\b"
    r"|(?:^|[,.!?]\s+|\n)\s*(?:no\s*[,.!-]|hmm\b|actually\b|sorry\b|not\s+(?:quite|really|so)\b)",
    re.IGNORECASE,
)
"""What behind an answer takes it back."""

CONCLUSION = re.compile(
    rf"(?:and\s+)?(?:{_word_of(_CONCLUSIONS)}|{_UNSPACED_CONCLUSIONS})[\s,:，：]*", re.IGNORECASE
)
"""What a last sentence begins with that says what is chosen: "hence, B) 42"."""

ELSEWHERE = re.compile(
    r"(?<!\w)(?:by|from|see|in|of|to|with|than|events?|steps?|cases?|parts?|equations?|eqs?|lines?|figures?"
    r"|tables?|lemmas?|theorems?|conditions?|sections?|properties|property|formulas?|rules?)\.?\s*$",
    re.IGNORECASE,
)
"""What a letter in brackets comes after that stands for no choice: "by (B)", "step (B)"."""

UNDECIDED = re.compile(
    rf"{_NOT}|\b{_WRONG}\b|\b(?:reject|eliminat|exclud|discard|contradict|dismiss|refut|doubt|consider)\w*\b"
    r"|\brul\w+\s+out\b|\b(?:unlike|except|instead|anything|worst|least|opposite|contrary|unless|if)\b"
    r"|[?？]",
    re.IGNORECASE,
)
"""What shows that a sentence may name a choice for another reason than to choose it."""

PREFIX = rf"(?:{_word_of(_FILLERS)}\s*|选项\s*|選項\s*)?"
"""What a letter may be called where it stands alone: "option B"."""

GOES_ON = frozenset(
    _entries(
        """
        because|since|as|is|which|for|due|given|by|with|but|while|in|from|based|if|when|not
        instead|per|however|although|then|option|choice
        """
    )
    + _entries(_CONJUNCTIONS)
)
"""After a lone capital that is also a word, these show that it was a letter."""

NEUTRAL = frozenset(
    _entries("""
        the|a|and|or|also|my|final|correct|best|so|another|alternatively|maybe|perhaps|possibly|either
        it|is|option|answer|choice
    """)
)
"""Words that do not take anything back: letters with no other words between are named together."""
