"""Members of a gzip file one by one: those of a damaged file that are whole, and where each of them is."""

from __future__ import annotations

import gzip
from io import BytesIO

import pytest

from pipelines.archive import gzip_members
from pipelines.archive.gzip_members import CUT_OFF, Member, UnpackedMember, members
from tests.samples import present

TEXTS = [b"first" * 100, "둘째".encode() * 3000, b"", bytes(range(256)) * 300]
PACKED = [gzip.compress(text, mtime=0) for text in TEXTS]
FILE = b"".join(PACKED)
STARTS = [sum(map(len, PACKED[:number])) for number in range(len(PACKED))]


def found(content: bytes, start: int = 0) -> list[Member]:
    return list(members(BytesIO(content), start))


def test_gives_every_member_with_its_place() -> None:
    expected = [Member(*one) for one in zip(STARTS, map(len, PACKED), TEXTS, strict=True)]
    assert found(FILE) == expected
    assert found(FILE, STARTS[2]) == expected[2:]
    assert found(b"") == []


@pytest.mark.parametrize("at", range(1, len(FILE), 7))
def test_gives_what_is_whole_of_a_file_that_is_cut_off(at: int) -> None:
    whole = [start + len(packed) <= at for start, packed in zip(STARTS, PACKED, strict=True)].count(True)
    torn = found(FILE[:at])
    assert [member.plain for member in torn[:whole]] == TEXTS[:whole]
    assert [member.trouble for member in torn[whole:]] == ([] if at in STARTS else [CUT_OFF])
    assert all(TEXTS[whole].startswith(present(member.plain)) for member in torn[whole:])


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_a_flipped_bit_costs_the_member_it_is_in(number: int) -> None:
    others = [text for text in TEXTS if text is not TEXTS[number]]
    for at in (0, 2, 10, len(PACKED[number]) // 2, len(PACKED[number]) - 5):
        damaged = bytearray(FILE)
        damaged[STARTS[number] + at] ^= 0x10
        members_of_it = found(bytes(damaged))
        assert [member.plain for member in members_of_it if not member.trouble] == others, at
        assert [member.offset for member in members_of_it if member.trouble][:1] == [STARTS[number]]


@pytest.mark.parametrize("junk", [b"\0" * 1000, b"no gzip at all", b"\x1f\x8b\x08", b"\x1f\x8b\x08" * 5_000])
def test_passes_over_what_is_no_member(junk: bytes) -> None:
    content = PACKED[0] + junk + PACKED[1]
    assert [member.plain for member in found(content) if not member.trouble] == TEXTS[:2]
    assert [member.plain for member in found(junk) if not member.trouble] == []


def test_finds_a_member_that_begins_across_two_blocks_of_reading() -> None:
    for shift in range(4):
        junk = b"x" * (64 * 1024 - shift)
        assert [member.offset for member in found(junk + PACKED[0]) if not member.trouble] == [len(junk)]


def test_holds_nothing_in_memory_of_a_member_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gzip_members, "LARGEST_MEMBER", 10_000)
    first, large, *_, last = found(FILE)
    assert (first.plain, first.is_large) == (TEXTS[0], False)
    assert (large.plain, large.is_large, large.length, large.trouble) == (None, True, len(PACKED[1]), "")
    assert (last.plain, last.is_large) == (None, True)
    [_, torn] = found(FILE[: STARTS[2] - 1])
    assert (torn.plain, torn.is_large, torn.trouble) == (None, True, CUT_OFF)


TORN, DAMAGED = PACKED[1][:-20], PACKED[1][:60] + b"damage" + PACKED[1][66:]


@pytest.mark.parametrize("content", [PACKED[1] + PACKED[2], TORN, DAMAGED, b"none", b""])
@pytest.mark.parametrize("size", [1, 1000, 1_000_000])
def test_unpacks_a_member_piece_by_piece_up_to_its_end_or_its_damage(content: bytes, size: int) -> None:
    unpacked = UnpackedMember(BytesIO(content), 0)
    parts = list(iter(lambda: unpacked.read(size), b""))
    assert max(map(len, parts), default=0) <= size
    assert unpacked.tell() == sum(map(len, parts))
    assert content == DAMAGED or TEXTS[1].startswith(b"".join(parts))
    assert not content.startswith(PACKED[1]) or b"".join(parts) == TEXTS[1]
