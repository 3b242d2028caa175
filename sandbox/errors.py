"""What can go wrong with the sandbox itself, never with what runs in it.

    SandboxError
    ├── SandboxUnavailable    no isolation is possible here
    ├── LaunchError           a runner could not be started
    ├── RunnerLost            a runner died, hung or answered nonsense
    ├── Overloaded            there was no room, or no time left, to run it
    ├── UnknownLanguage       the table has no such language
    └── LanguageUnavailable   the runners have no toolchain for it

What a program did wrong is an `Execution`, not an exception.
"""


class SandboxError(Exception):
    """The sandbox failed; nothing may be concluded about the program."""

    retryable = True


class SandboxUnavailable(SandboxError):
    """No isolation is possible on this machine; the message says what to install."""

    retryable = False


class LaunchError(SandboxError):
    """A runner could not be started."""


class RunnerLost(SandboxError):
    """The runner died, hung or answered nonsense, on every try."""


class Overloaded(SandboxError):
    """The queue is full, or the deadline passed before the run could finish."""


class UnknownLanguage(SandboxError):
    """The language table has no entry of that name."""

    retryable = False


class LanguageUnavailable(SandboxError):
    """The language is in the table, but the runners lack its toolchain."""

    retryable = False
