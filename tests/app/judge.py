"""Stands in for verifiers where it matters who asks for a judgement, and when."""

import asyncio

from app.cache.judgement import Judgement, Made
from verifiers import Score, Verdict

KEY = b"key"


def made(reward=1.0, *, message="", **fields):
    score = Score(reward=reward, verdict=Verdict.ACCEPTED, run_s=2.0, message=message)
    return Made(judgement=Judgement(score=score), **fields)


class Judge:
    """Judges when it is told to, and counts."""

    def __init__(self, answer=None):
        self.asked = 0
        self.answer = answer or made()
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()

    async def __call__(self):
        self.asked += 1
        self.begun.set()
        await self.may_end.wait()
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer
