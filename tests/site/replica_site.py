"""The replica as tests see it: what it holds, and what happens to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from .chrome import Chrome, Moment
from .draft import draft_of, revised
from .fates import BROKEN, REMOVED_FORMS, WHOLE, Fate, Fates, RemovedForm
from .markup import read_lead
from .sections import find_section, list_page, page_count
from .skins import LOOSE, skin_of
from .story import Story, photos_of
from .teasers import Block, lead_of, nameless_block, popular_block, related_block
from .timeline import Timeline
from .truth import TrueArticle, TrueReading
from .weather import hour_of, readings_at

KST = ZoneInfo("Asia/Seoul")
DEFAULT_NOW = datetime(2025, 10, 5, 9, 52, tzinfo=KST)


class ReplicaSite:
    """A news site of any size: articles are computed from their numbers, only what happened to them is kept."""

    first_no = 100_001
    """Number of the oldest article."""

    def __init__(
        self,
        articles: int = 500,
        seed: int = 1,
        *,
        per_page: int = 20,
        now: datetime | None = None,
        removed_every: int = 0,
        unreadable_every: int = 0,
        validators: bool = False,
        page_bytes: int = 10_000,
    ) -> None:
        """`page_bytes` is about the size of a page; those of real sites have 60 kB.

        `removed_every` and `unreadable_every` spare the newest `per_page` articles; 0 spares all.
        """
        self.seed = seed
        self.per_page = per_page
        self.validators = validators
        self.now = now or DEFAULT_NOW
        self.last_no = self.first_no + articles - 1
        self.chrome = Chrome(seed, page_bytes)
        self._timeline = Timeline(seed, self.numbers(), self.now)
        self._fates = Fates(self.numbers()[:-per_page], removed_every, unreadable_every)
        self._edits: dict[int, tuple[int, datetime]] = {}
        self._touched: dict[int, datetime] = {}
        self._frozen: tuple[TrueReading, ...] | None = None
        self._story = lru_cache(maxsize=2048)(self._write)  # a page shows nine others, often the same ones

    @property
    def now(self) -> datetime:
        """The site's clock, Asia/Seoul. Stands still unless set."""
        return self._clock()

    @now.setter
    def now(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError(f"the clock of the site needs a time zone: {now}")
        moment = now.astimezone(KST)
        self._clock: Callable[[], datetime] = lambda: moment

    def follow_clock(self) -> None:
        """From now on the site's clock is the real one."""
        self._clock = lambda: datetime.now(KST)

    def numbers(self) -> range:
        """All articles, oldest first."""
        return range(self.first_no, self.last_no + 1)

    def publish(self, count: int = 1) -> range:
        """Adds newer articles, published between the newest one and `now`; their numbers."""
        new = range(self.last_no + 1, self.last_no + 1 + count)
        if new:
            self._timeline.extend(new, self.now)
            self.last_no = new[-1]
        return new

    def article(self, no: int) -> TrueArticle:
        """What a parser should read from the page of an article, as it stands now."""
        story = self.story(no)
        draft = story.draft
        return TrueArticle(
            no=no,
            section=story.section,
            headline=draft.headline,
            subheadline=draft.subheadline,
            reporter=draft.reporter,
            reporter_email=draft.email,
            published_at=story.published_at,
            modified_at=story.modified_at,
            paragraphs=draft.paragraphs,
            images=tuple((photo.path, photo.caption) for photo in story.photos),
            related=tuple(one for block in self.blocks(no) for one in block.truth()),
        )

    def lead(self, no: int) -> str:
        """What a reader gets out of the lead that lists and teasers print for an article."""
        return read_lead(lead_of(self.story(no)))

    def skin(self, no: int) -> str:
        """The skin an article's page wears: one of `classic`, `sticky`, `bare`, `loose`, `desk`."""
        return skin_of(no)

    def listing(self, sec_no: int | None = None, page: int = 1) -> list[int]:
        """The articles on one list page, newest first; None or an unknown section lists all."""
        return list_page(find_section(sec_no), self.numbers(), self.per_page, page)

    def pages(self, sec_no: int | None = None) -> int:
        """How many list pages a section has."""
        return page_count(find_section(sec_no), self.numbers(), self.per_page)

    def edit(self, no: int) -> None:
        """Changes headline and one paragraph, and sets the 수정 time to `now`."""
        self._check(no)
        revision, _ = self._edits.get(no, (0, self.now))
        self._edits[no] = (revision + 1, self.now.replace(microsecond=0))

    def remove(self, no: int, form: RemovedForm) -> None:
        """From now on the article answers as removed ones do; lists go on showing it."""
        if form not in REMOVED_FORMS:
            raise ValueError(f"{form!r} is no form of removal: {', '.join(REMOVED_FORMS)}")
        self._meet(no, form)

    def break_page(self, no: int) -> None:
        """Renames the containers of headline and body on the article's pages."""
        self._meet(no, BROKEN)

    def restore(self, no: int) -> None:
        """Makes a removed or broken article whole again."""
        self._meet(no, WHOLE)

    def fate(self, no: int) -> Fate:
        """`whole`, `broken`, or the form in which the article is removed."""
        return self._fates.of(no)

    def weather(self) -> tuple[TrueReading, ...]:
        """The weather strip as it is printed now."""
        frozen = self._frozen
        return frozen if frozen is not None else readings_at(self.seed, hour_of(self.now))

    def freeze_weather(self) -> None:
        """The strip stays as it is, whatever the clock says: seen for weeks on real sites."""
        self._frozen = self.weather()

    def thaw_weather(self) -> None:
        """The strip follows the clock again."""
        self._frozen = None

    def story(self, no: int) -> Story:
        """An article as pages print it, edits included."""
        self._check(no)
        return self._story(no, self._edits.get(no))

    def blocks(self, no: int) -> tuple[Block, Block, Block]:
        """The teaser blocks around an article, in the order of the page; empty ones are not printed."""
        around = (self.story, self.seed, no, self.first_no)
        return related_block(*around), nameless_block(*around), popular_block(*around)

    def version(self, no: int) -> tuple[str, datetime]:
        """A name for what the article's page says, apart from its surroundings, and since when it says so."""
        revision, _ = self._edits.get(no, (0, None))
        story = self.story(no)
        since = max(story.modified_at or story.published_at, self._touched.get(no, story.published_at))
        return f"{self.seed}-{no}-{revision}-{self.fate(no)}", since

    def moment(self) -> Moment:
        """What header and footer print now."""
        update = self._timeline.published(self.last_no) if self.numbers() else self.now
        return Moment(today=self.now, readings=self.weather(), update=update)

    def _write(self, no: int, edit: tuple[int, datetime] | None) -> Story:
        draft = draft_of(self.seed, no)
        modified_at = None if skin_of(no) == LOOSE else self._timeline.modified(no)
        published_at = self._timeline.published(no)
        if edit is not None:
            revision, modified_at = edit
            draft = revised(draft, self.seed, no, revision)
        photos = photos_of(no, draft, published_at)
        return Story(no=no, draft=draft, published_at=published_at, modified_at=modified_at, photos=photos)

    def _meet(self, no: int, fate: Fate) -> None:
        self._check(no)
        self._fates.give(no, fate)
        self._touched[no] = self.now.replace(microsecond=0)

    def _check(self, no: int) -> None:
        if no not in self.numbers():
            raise LookupError(f"the site has no article {no}: its numbers are {self.first_no} to {self.last_no}")
