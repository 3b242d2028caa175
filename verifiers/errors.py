"""Why a completion could not be judged.

    VerifierError
    ├── UnknownVerifier       no verifier of that name is registered
    ├── VerifierUnavailable   it is registered, but did not load
    ├── InvalidReference      the task is broken: bad gold answer, bad tests, a checker that crashes
    ├── InvalidOptions        the options cannot be followed, which only showed on the way
    └── WorkerError           a function in a worker process raised
        ├── WorkerTimeout     it used up its CPU time or memory and was killed
        └── WorkerLost        the worker died of something else, on every try

None of these is ever a reward of 0.
"""


class VerifierError(Exception):
    """Nothing may be concluded about the completion."""


class UnknownVerifier(VerifierError):
    """No verifier of that name is registered."""


class VerifierUnavailable(VerifierError):
    """The verifier is registered, but its package did not load."""


class InvalidReference(VerifierError):
    """The task itself is broken; no answer to it can be judged."""


class InvalidOptions(VerifierError):
    """What the options ask for cannot be done, such as a file of a name that is taken."""


class WorkerError(VerifierError):
    """A function in a worker process raised; the message is that of its exception."""


class WorkerTimeout(WorkerError):
    """The function used up its CPU time or memory, and its worker was killed."""


class WorkerLost(WorkerError):
    """The worker died of something that the function did not do, on every try."""
