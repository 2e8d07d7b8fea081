"""A set of numbers holds what was put into it, and takes little memory."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from asiatongsin.number_set import NumberSet

NUMBERS = st.one_of(st.integers(0, 3000), st.integers(0, 10**18))


@given(st.lists(NUMBERS), st.lists(NUMBERS))
def test_holds_what_was_put_into_it_and_nothing_else(put: list[int], others: list[int]) -> None:
    numbers = NumberSet()
    for number in put:
        numbers.add(number)
    asked = [*put, *others, *(number + 1 for number in put), *(number ^ 512 for number in put)]
    assert [number for number in asked if number in numbers] == [number for number in asked if number in set(put)]


def test_takes_a_byte_at_most_for_each_of_many_numbers_that_lie_close_together() -> None:
    tracemalloc.start()
    numbers = NumberSet()
    for number in range(100_000, 200_000):
        numbers.add(number)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 100_000
