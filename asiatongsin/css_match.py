"""Whether elements are what a selector means: for each of its parts a test that asks no more than the part says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lxml.etree import _Element

from asiatongsin.css import Attribute, Compound, Place

Test = Callable[[_Element], bool]


class Matcher:
    """Picks what a selector means out of elements that may be it."""

    def __init__(self, place: Place) -> None:
        self._tests = [test_of(compound) for compound in place.compounds]
        self._directly = place.directly

    def among(self, candidates: Iterable[_Element], top: _Element, known: int = 0) -> Iterator[_Element]:
        """Those of the elements inside of `top` that fit; they lie in the first `known` compounds for certain."""
        fits, last = self._tests[-1], len(self._directly)
        asked: object = self
        lies = True
        for element in candidates:
            if not fits(element):
                continue
            if last != known and (parent := element.getparent()) is not asked:  # children of one lie in the same
                asked, lies = parent, self._lies_in(element, last, top)
            if lies:
                yield element

    def _lies_in(self, element: _Element, number: int, top: _Element) -> bool:
        """Whether what is around the element, up to the one that is looked into, is what the compounds before say."""
        before = self._tests[number - 1]
        while element is not top:
            above = element.getparent()
            if above is None:
                return False
            if before(above) and (number == 1 or self._lies_in(above, number - 1, top)):
                return True
            if self._directly[number - 1]:
                return False
            element = above
        return False


def test_of(compound: Compound) -> Test:
    """The test of one element."""
    tests = list(_tests(compound))
    return tests[0] if len(tests) == 1 else lambda element: all(test(element) for test in tests)


def _tests(compound: Compound) -> Iterator[Test]:
    """What fails most often comes first."""
    if (tag := compound.tag) is not None:
        yield lambda element: element.tag == tag
    yield from map(_has_class, compound.names)
    if (identity := compound.identity) is not None:
        yield lambda element: element.get("id") == identity
    yield from map(_has_attribute, compound.attributes)
    if compound.is_last:
        yield lambda element: element.getnext() is None
    yield from (_not(test_of(other)) for other in compound.without)


def _not(test: Test) -> Test:
    return lambda element: not test(element)


def _has_class(name: str) -> Test:
    def has(element: _Element) -> bool:
        given = element.get("class")
        if given is None or name not in given:
            return False
        return given == name or name in given.split()

    return has


def _has_attribute(attribute: Attribute) -> Test:
    name, value = attribute.name, attribute.value
    tests: dict[str, Callable[[str], bool]] = {
        "exists": lambda given: True,
        "=": lambda given: given == value,
        "*=": lambda given: value in given,
        "^=": lambda given: given.startswith(value),
    }
    test = tests[attribute.operator]

    def has(element: _Element) -> bool:
        given = element.get(name)
        return given is not None and test(given)

    return has
