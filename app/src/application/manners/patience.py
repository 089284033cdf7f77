"""How long to wait for one answer: far longer than for others, and no longer."""

# No answer is given up sooner, in seconds: a server may pause for its own reasons, and so may we.
LEAST_S = 5.0

# How many times the usual bound is "far longer".
FAR = 3.0


class Patience:
    """A time limit for one try, learnt from the answers of others as TCP learns its own.

    The bound is RFC 6298's retransmission time-out (smoothed time plus four times its mean
    deviation, section 2), times three, so that only a try far behind its peers is given up. It
    doubles with each try of a request (section 5.5), since some answers are slow by nature.

    `first_s` stands for it until something was answered, in seconds.
    """

    def __init__(self, *, first_s: float) -> None:
        self._first_s = first_s
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget how long answers have taken."""
        self._smoothed_s = 0.0
        self._deviation_s = 0.0

    def limit_s(self, attempt: int) -> float:
        """For how many seconds to wait for an answer to a request's first (1) or later try."""
        limit_s = self._first_s
        if self._smoothed_s > 0:
            limit_s = max(FAR * (self._smoothed_s + 4 * self._deviation_s), LEAST_S)
        doubled: float = limit_s * 2 ** (attempt - 1)
        return doubled

    def answered(self, after_s: float) -> None:
        """An answer took this long."""
        if self._smoothed_s == 0:
            self._smoothed_s, self._deviation_s = after_s, after_s / 2
        else:
            self._deviation_s += (abs(self._smoothed_s - after_s) - self._deviation_s) / 4
            self._smoothed_s += (after_s - self._smoothed_s) / 8
