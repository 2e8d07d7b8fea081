"""Markup that would take seconds or gigabytes: told apart from pages that are merely large."""

from __future__ import annotations

import pytest

from asiatongsin.html.limits import MOST_TAGS, excess_of_body, excess_of_tree
from asiatongsin.html.parse import parse, text_of

PHOTO = "data:image/jpeg;base64," + "/9j/4AAQSkZJRgABAQAAAQABAAD" * 20_000
MANY = range(30_000)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<p>글</p>" * 12_000,
        "<table>" + f"<tr>{'<td class=c style=x>1</td>' * 10}</tr>" * 2_000 + "</table>",
        f'<div><img src="{PHOTO}" alt="사진"></div>' * 10,
        "<p title='" + "말 " * 300_000 + "'>글</p>",
        f"<p>{'글이 이어진다. ' * 300_000}</p>",
        "<div a=1 b='2' c>글</div>" * 20_000,
        "<script>" + "for (i = 0; i<n; i++) { go(1, 2, 3) }\n" * 1_000 + "if (m>n) { go(4) }\n" * 5_000 + "</script>",
        "<font>" * 2_000 + "<p>글</p>",
    ],
    ids=[
        "nothing",
        "long",
        "table",
        "photos inside",
        "long attribute",
        "long text",
        "attributes",
        "script",
        "open tags",
    ],
)
def test_lets_pages_pass_that_are_merely_large(body: str) -> None:
    assert excess_of_body(body.encode()) is None
    assert excess_of_tree(parse(body.encode()).tree) is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<b>" * (MOST_TAGS + 1), "more than 50000 tags"),
        *(
            (f"<div {attributes}>글</div>", "too many attributes")
            for attributes in (
                " ".join(f"a{n}" for n in MANY),
                "/".join(f"a{n}" for n in MANY),
                "\n".join(f"a{n}=1" for n in MANY),
                "".join(f"a{n}='>' " for n in MANY),
                "".join(f'a{n}="<" ' for n in MANY),
                "".join(f"a{n}" + '="x"' for n in MANY),
                '" ' + " ".join(f"a{n}" for n in MANY),
                "=" + " =".join(f"a{n}" for n in MANY),
            )
        ),
        ("".join(f"<p {' '.join(f'a{n}' for n in range(2_000))}>" for _ in range(60)), "too many attributes"),
    ],
)
def test_stops_a_page_before_it_is_parsed(body: str, why: str) -> None:
    assert why in (excess_of_body(body.encode()) or "")
    parsed = parse(body.encode())
    assert why in (parsed.excess or "")
    assert text_of(parsed.tree) is None


@pytest.mark.parametrize("body", ["<div>" * 2_000 + "<p>글</p>" * 2_000, "<font><p>글</p>" * 2_000])
def test_stops_a_page_in_which_too_much_is_within_too_much(body: str) -> None:
    parsed = parse(body.encode())
    assert parsed.excess == "nested too deeply to be read"
    assert text_of(parsed.tree) is None
