"""Which section an article belongs to, and the n-th article of a section, by arithmetic on the number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the site: of every ten numbers in a row, those with its last digits belong to it."""

    no: int
    """The `sec_no` of addresses."""

    name: str
    """The printed name."""

    digits: tuple[int, ...]
    """Last digits of its articles, ascending."""

    def count(self, up_to: int) -> int:
        """How many numbers from 0 to `up_to` belong to it."""
        return up_to // 10 * len(self.digits) + sum(digit <= up_to % 10 for digit in self.digits)

    def number(self, rank: int) -> int:
        """The number with `rank` numbers of this section below it."""
        tens, place = divmod(rank, len(self.digits))
        return tens * 10 + self.digits[place]


ALL = Section(0, "전체기사", tuple(range(10)))
SECTIONS = (
    Section(22, "정치", (1, 6, 9)),
    Section(34, "사회", (0, 2, 5, 7)),
    Section(37, "문화", (4,)),
    Section(45, "경제", (3, 8)),
)
_BY_NO = {section.no: section for section in SECTIONS}
_BY_DIGIT = {digit: section for section in SECTIONS for digit in section.digits}


def section_of(no: int) -> Section:
    """The section of an article."""
    return _BY_DIGIT[no % 10]


def find_section(sec_no: int | None) -> Section:
    """The section of an address; the list of all articles without one, and for unknown ones as the site does."""
    return ALL if sec_no is None else _BY_NO.get(sec_no, ALL)


def page_count(section: Section, numbers: range, per_page: int) -> int:
    """How many list pages a section has, at least one."""
    return max(1, -(-_total(section, numbers) // per_page))


def list_page(section: Section, numbers: range, per_page: int, page: int) -> list[int]:
    """The articles of one list page, newest first; a page out of range gives the nearest one."""
    page = min(max(page, 1), page_count(section, numbers, per_page))
    newest = section.count(numbers.stop - 1) - 1
    oldest = newest - _total(section, numbers) + 1
    start = newest - (page - 1) * per_page
    return [section.number(rank) for rank in range(start, max(start - per_page, oldest - 1), -1)]


def _total(section: Section, numbers: range) -> int:
    return section.count(numbers.stop - 1) - section.count(numbers.start - 1)
