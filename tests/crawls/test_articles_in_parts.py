"""An article that is printed on several pages: a whole crawl of a server that has some."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Scrapy
from tests.crawls.test_politeness import NO_DATABASE, serving

PART = '<div class="art_top"><h2>제목</h2></div><div id="news_body_area">{}</div>{}'


def test_fetches_all_pages_of_an_article_and_tells_of_one_that_does_not_come(scrapy: Scrapy, tmp_path: Path) -> None:
    pager = "".join(f'<a href="/news/article.html?no={{0}}&page={page}">{page}</a>' for page in (1, 2, 3))
    written = tmp_path / "pages.jsonl"
    with serving() as site:
        for no in (5, 6):
            for page, text in ((1, "하나"), (2, "둘"), (3, "셋")):
                address = f"/news/article.html?no={no}" + (f"&page={page}" if page > 1 else "")
                site.bodies[address] = PART.format(text, pager.format(no))
        site.prepared["/news/article.html?no=6&page=3"] = [(500, {})] * 9
        ask = ("-a", f"site={site.url}", "-a", "no=5,6", "-O", str(written))
        scrapy("crawl", "asiatongsin", *ask, ASIATONGSIN_RETRY_PAUSE="0", **NO_DATABASE)
        assert len(site.times["/news/article.html?no=5&page=2"]) == 1
    lines = [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()]
    bodies = {line["no"]: line["article"]["body"] for line in lines if line["article"]}
    assert bodies == {5: ["하나", "둘", "셋"], 6: ["하나", "둘"]}
    assert [line["no"] for line in lines if line["rejected"]] == [6]
