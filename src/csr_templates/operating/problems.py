"""The ways in which a command ends without having done everything."""


class Stop(Exception):  # noqa: N818  # the end of a command, not an error of the program
    """The command ends with status 1; the message says why and what to do."""


class WrongInput(Exception):  # noqa: N818
    """The command ends with status 2; the message says what is wrong with the input and what is allowed."""


class NoAnswer(Exception):  # noqa: N818
    """A wait ends with status 1 because its status cannot be read; the message says why and how to go on."""


class StoppedWaiting(Exception):  # noqa: N818
    """Ctrl-C ended a wait; the message says how to go on. What was started goes on in AWS."""
