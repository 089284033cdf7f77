"""The metrics as Prometheus reads them, by its own parser."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from src.infra.metrics.metrics import (
    BOUNDS_S,
    Counter,
    Histogram,
    LatestGauge,
    Metric,
    SumGauge,
    text_of,
)
from src.infra.metrics.numbers import Numbers

Samples = dict[tuple[str, tuple[str, ...]], float]


@contextmanager
def process(*metrics: Metric) -> Iterator[Numbers]:
    """The numbers of one process, which counts in the block."""
    numbers = Numbers()
    for metric in metrics:
        metric.keep_in(numbers)
    yield numbers


def samples(metric: Metric, *processes: tuple[bool, Numbers]) -> Samples:
    """What Prometheus makes of the metric: each sample by its name and the values of its labels."""
    text = text_of([metric], [(lives, numbers.read()) for lives, numbers in processes])
    (family,) = text_string_to_metric_families(text)
    assert family.type == metric.kind
    assert family.documentation == metric.help
    return {(each.name, tuple(each.labels.values())): each.value for each in family.samples}


@given(
    st.lists(st.tuples(st.text(max_size=20), st.integers(0, 9)), max_size=20),
    st.lists(st.tuples(st.text(max_size=20), st.integers(0, 9)), max_size=20),
)
def test_a_counter_adds_up_what_all_have_counted(
    here: list[tuple[str, int]], there: list[tuple[str, int]]
) -> None:
    """Whether they live or not, and whatever a label holds."""
    counter = Counter("asked_total", "Pedidos", ("kind",))
    with process(counter) as living:
        for kind, times in here:
            counter.add(kind, by=times)
    with process(counter) as dead:
        for kind, times in there:
            counter.add(kind, by=times)

    found = samples(counter, (True, living), (False, dead))

    expected: dict[tuple[str, tuple[str, ...]], float] = {}
    for kind, times in here + there:
        key = ("asked_total", (kind,))
        expected[key] = expected.get(key, 0) + times
    assert found == expected


def test_a_histogram_has_in_each_bucket_those_below_it() -> None:
    """A time that is a bucket's bound belongs to it."""
    histogram = Histogram("took_seconds", "Tempo", ("route",))
    with process(histogram) as first:
        for seconds in (0.0004, BOUNDS_S[0], 0.02):
            histogram.add("/", seconds=seconds)
    with process(histogram) as second:
        histogram.add("/", seconds=60)

    found = samples(histogram, (True, first), (True, second))

    assert found["took_seconds_bucket", ("/", "0.001")] == 2
    assert found["took_seconds_bucket", ("/", "0.01")] == 2
    assert found["took_seconds_bucket", ("/", "0.025")] == 3
    assert found["took_seconds_bucket", ("/", "10.0")] == 3
    assert found["took_seconds_bucket", ("/", "+Inf")] == 4
    assert found["took_seconds_count", ("/",)] == 4
    assert found["took_seconds_sum", ("/",)] == pytest.approx(60.0214)


def test_a_histogram_needs_no_labels() -> None:
    """Its buckets have one all the same."""
    histogram = Histogram("took_seconds", "Tempo")
    with process(histogram) as numbers:
        histogram.add(seconds=1)

    found = samples(histogram, (True, numbers))

    assert found["took_seconds_bucket", ("+Inf",)] == found["took_seconds_count", ()] == 1


def test_a_sum_is_of_the_living() -> None:
    """What an ended process held is held by nobody, also if another goes on with its numbers."""
    gauge = SumGauge("held", "Em uso")
    with process(gauge) as living:
        gauge.add(by=3)
    with process(gauge) as dead:
        gauge.add(by=4)

    assert samples(gauge, (True, living), (False, dead)) == {("held", ()): 3}

    gauge.keep_in(dead)
    gauge.add(by=1)

    assert samples(gauge, (True, living), (True, dead)) == {("held", ()): 4}


def test_the_latest_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has said it, and as it is to be shown."""
    gauge = LatestGauge("age_seconds", "Idade", shown=lambda number: 100 - number)
    times = iter([5.0, 9.0, 7.0])
    monkeypatch.setattr("src.infra.metrics.metrics.time.time", lambda: next(times))
    with process(gauge) as one:
        gauge.set(to=10)
        gauge.set(to=20)
    with process(gauge) as other:
        gauge.set(to=30)

    assert samples(gauge, (True, one), (False, other)) == {("age_seconds", ()): 80}


def test_series_of_another_version_are_left_out() -> None:
    """A release may change what a metric consists of while an older one still runs."""
    counter = Counter("asked_total", "Pedidos")
    with process(counter) as newer:
        counter.add()
    older = Numbers()
    older.view[older.place("asked_total", 3)] = 7
    older.view[older.place("gone_total", 1)] = 7

    assert samples(counter, (True, newer), (True, older)) == {("asked_total", ()): 1}


def test_a_metric_that_nobody_has_met_has_no_samples() -> None:
    """Its name and its help are shown."""
    assert samples(Counter("asked_total", "Pedidos")) == {}
