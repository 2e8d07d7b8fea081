-- The tables of the first release. Times are timestamptz; unknown is NULL, never '' or 0.

CREATE TABLE articles (
    site            text        NOT NULL CHECK (site <> ''),
    no              bigint      NOT NULL CHECK (no > 0),
    url             text        NOT NULL CHECK (url <> ''),
    section         text        CHECK (section <> ''),
    headline        text        NOT NULL CHECK (headline <> ''),
    subheadline     text        CHECK (subheadline <> ''),
    reporter        text        CHECK (reporter <> ''),
    reporter_email  text        CHECK (reporter_email <> ''),
    published_at    timestamptz,
    modified_at     timestamptz,
    body            text        CHECK (body <> ''),
    language        text        CHECK (language <> ''),
    content_hash    text        NOT NULL CHECK (length(content_hash) = 64),
    revision        integer     NOT NULL DEFAULT 1 CHECK (revision > 0),
    first_seen_at   timestamptz NOT NULL,
    fetched_at      timestamptz NOT NULL,
    gone_at         timestamptz,
    PRIMARY KEY (site, no),
    CHECK (first_seen_at <= fetched_at)
);
CREATE INDEX articles_by_time ON articles (site, published_at DESC);

COMMENT ON TABLE articles IS 'One row per article: its newest captured text.';
COMMENT ON COLUMN articles.site IS 'Host of the site without www., with the port where there is one.';
COMMENT ON COLUMN articles.no IS 'Number of the article on its site; with site its identity.';
COMMENT ON COLUMN articles.url IS 'Canonical address, whatever form it was met under.';
COMMENT ON COLUMN articles.section IS 'Name of the section printed above the headline.';
COMMENT ON COLUMN articles.headline IS 'Headline.';
COMMENT ON COLUMN articles.subheadline IS 'Sub-headline; several printed lines stay several lines.';
COMMENT ON COLUMN articles.reporter IS 'Person of the info line, else of the byline in the body, without the title 기자; never a desk.';
COMMENT ON COLUMN articles.reporter_email IS 'E-mail address printed for the reporter or the desk.';
COMMENT ON COLUMN articles.published_at IS 'Printed time of 등록, else of the page''s metadata, else of the list page.';
COMMENT ON COLUMN articles.modified_at IS 'Printed time of 수정.';
COMMENT ON COLUMN articles.body IS 'Paragraphs as printed, joined by a blank line; NULL for a photo or video alone.';
COMMENT ON COLUMN articles.language IS 'Language the page declares, such as ko.';
COMMENT ON COLUMN articles.content_hash IS 'SHA-256 of headline, sub-headline and body with white space folded.';
COMMENT ON COLUMN articles.revision IS '1, 2, …: goes up when the content hash changes.';
COMMENT ON COLUMN articles.first_seen_at IS 'When the article was fetched first.';
COMMENT ON COLUMN articles.fetched_at IS 'When the article was fetched last.';
COMMENT ON COLUMN articles.gone_at IS 'When the site was found to have removed the article; its text stays.';

CREATE TABLE article_images (
    site      text    NOT NULL,
    no        bigint  NOT NULL,
    position  integer NOT NULL CHECK (position > 0),
    url       text    NOT NULL CHECK (url <> ''),
    caption   text    CHECK (caption <> ''),
    PRIMARY KEY (site, no, position),
    FOREIGN KEY (site, no) REFERENCES articles ON DELETE CASCADE
);
COMMENT ON TABLE article_images IS 'The photos of an article, in the order of the page.';
COMMENT ON COLUMN article_images.site IS 'Host of the site.';
COMMENT ON COLUMN article_images.no IS 'Number of the article.';
COMMENT ON COLUMN article_images.position IS 'Place among the photos of the article, from 1.';
COMMENT ON COLUMN article_images.url IS 'Absolute address of the photo.';
COMMENT ON COLUMN article_images.caption IS 'Text printed with the photo.';

CREATE TABLE weather_stations (
    station_id  integer          PRIMARY KEY,
    name_ko     text             NOT NULL UNIQUE,
    name_en     text             NOT NULL,
    latitude    double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude   double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180)
);
COMMENT ON TABLE weather_stations IS 'Stations of the Korea Meteorological Administration that the strip is known to name.';
COMMENT ON COLUMN weather_stations.station_id IS 'Number of the station at the Korea Meteorological Administration.';
COMMENT ON COLUMN weather_stations.name_ko IS 'Korean name, as the strip prints it.';
COMMENT ON COLUMN weather_stations.name_en IS 'Romanised name.';
COMMENT ON COLUMN weather_stations.latitude IS 'Degrees north.';
COMMENT ON COLUMN weather_stations.longitude IS 'Degrees east.';

CREATE TABLE weather_snapshots (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site              text        NOT NULL CHECK (site <> ''),
    page_date         text        CHECK (page_date <> ''),
    first_fetched_at  timestamptz NOT NULL,
    last_fetched_at   timestamptz NOT NULL,
    pages             integer     NOT NULL CHECK (pages > 0),
    readings_hash     text        NOT NULL CHECK (length(readings_hash) = 64),
    CHECK (first_fetched_at <= last_fetched_at)
);
CREATE INDEX weather_snapshots_by_time ON weather_snapshots (site, first_fetched_at);
COMMENT ON TABLE weather_snapshots IS 'One row per change of the weather strip. It prints no time of observation: the times are those of the downloads.';
COMMENT ON COLUMN weather_snapshots.id IS 'Number of the snapshot.';
COMMENT ON COLUMN weather_snapshots.site IS 'Host of the site whose pages showed the strip.';
COMMENT ON COLUMN weather_snapshots.page_date IS 'Date printed beside the strip when it was seen first: the day of the download.';
COMMENT ON COLUMN weather_snapshots.first_fetched_at IS 'When a page first showed these readings.';
COMMENT ON COLUMN weather_snapshots.last_fetched_at IS 'When a page last showed these readings, unchanged since.';
COMMENT ON COLUMN weather_snapshots.pages IS 'How many pages showed these readings.';
COMMENT ON COLUMN weather_snapshots.readings_hash IS 'SHA-256 of the readings: tells an unchanged strip.';

CREATE TABLE weather_readings (
    snapshot_id    bigint       NOT NULL REFERENCES weather_snapshots ON DELETE CASCADE,
    position       integer      NOT NULL CHECK (position > 0),
    city           text         NOT NULL CHECK (city <> ''),
    condition      text         CHECK (condition <> ''),
    icon           text         CHECK (icon <> ''),
    temperature_c  numeric(4,1),
    station_id     integer      REFERENCES weather_stations,
    PRIMARY KEY (snapshot_id, position)
);
CREATE INDEX weather_readings_by_city ON weather_readings (city);
COMMENT ON TABLE weather_readings IS 'The cities of a weather strip, in printed order.';
COMMENT ON COLUMN weather_readings.snapshot_id IS 'The snapshot the reading belongs to.';
COMMENT ON COLUMN weather_readings.position IS 'Place in the strip, from 1.';
COMMENT ON COLUMN weather_readings.city IS 'Name as printed.';
COMMENT ON COLUMN weather_readings.condition IS 'Sky as a word; NULL where the strip prints none or -: unknown, not clear.';
COMMENT ON COLUMN weather_readings.icon IS 'Class of the icon, such as iw04.';
COMMENT ON COLUMN weather_readings.temperature_c IS 'Air temperature in degrees Celsius.';
COMMENT ON COLUMN weather_readings.station_id IS 'Station with exactly this name, where it is known.';

CREATE TABLE related_stories (
    site        text        NOT NULL,
    no          bigint      NOT NULL,
    block       text        NOT NULL CHECK (block <> ''),
    position    integer     NOT NULL CHECK (position > 0),
    related_no  bigint      NOT NULL CHECK (related_no > 0),
    title       text        CHECK (title <> ''),
    lead        text        CHECK (lead <> ''),
    image_url   text        CHECK (image_url <> ''),
    fetched_at  timestamptz NOT NULL,
    PRIMARY KEY (site, no, block, position),
    FOREIGN KEY (site, no) REFERENCES articles ON DELETE CASCADE
);
CREATE INDEX related_stories_by_target ON related_stories (site, related_no);
COMMENT ON TABLE related_stories IS 'Teasers around an article when it was fetched last.';
COMMENT ON COLUMN related_stories.site IS 'Host of the site.';
COMMENT ON COLUMN related_stories.no IS 'Number of the article whose page showed the teaser.';
COMMENT ON COLUMN related_stories.block IS 'Printed title of the block, or its widget class.';
COMMENT ON COLUMN related_stories.position IS 'Place within the block, from 1.';
COMMENT ON COLUMN related_stories.related_no IS 'Number of the other article; it may be older than everything stored.';
COMMENT ON COLUMN related_stories.title IS 'Title as printed.';
COMMENT ON COLUMN related_stories.lead IS 'Start of the other article''s body, cut by the site at 600 characters of its source.';
COMMENT ON COLUMN related_stories.image_url IS 'Absolute address of the thumbnail.';
COMMENT ON COLUMN related_stories.fetched_at IS 'When the page was fetched.';

CREATE TABLE crawls (
    id               text        PRIMARY KEY CHECK (id <> ''),
    site             text        NOT NULL CHECK (site <> ''),
    arguments        jsonb       NOT NULL DEFAULT '{}',
    job              text,
    started_at       timestamptz NOT NULL,
    finished_at      timestamptz,
    outcome          text        CHECK (outcome IN ('ok', 'error', 'spooled', 'unreachable', 'drift')),
    walked           bigint[]    NOT NULL DEFAULT '{}',
    list_pages       integer     NOT NULL DEFAULT 0 CHECK (list_pages >= 0),
    article_pages    integer     NOT NULL DEFAULT 0 CHECK (article_pages >= 0),
    new              integer     NOT NULL DEFAULT 0 CHECK (new >= 0),
    changed          integer     NOT NULL DEFAULT 0 CHECK (changed >= 0),
    unchanged        integer     NOT NULL DEFAULT 0 CHECK (unchanged >= 0),
    unreadable       integer     NOT NULL DEFAULT 0 CHECK (unreadable >= 0),
    spooled          integer     NOT NULL DEFAULT 0 CHECK (spooled >= 0),
    drained_segment  integer     NOT NULL DEFAULT 0 CHECK (drained_segment >= 0),
    version          text        NOT NULL,
    statistics       jsonb       NOT NULL DEFAULT '{}',
    CHECK (started_at <= finished_at)
);
CREATE INDEX crawls_by_time ON crawls (site, started_at DESC);
COMMENT ON TABLE crawls IS 'One row per crawl, also for those that failed.';
COMMENT ON COLUMN crawls.id IS 'Start time and a random part; also the name of the spool folder.';
COMMENT ON COLUMN crawls.site IS 'Host of the site.';
COMMENT ON COLUMN crawls.arguments IS 'Spider arguments as given.';
COMMENT ON COLUMN crawls.job IS 'Job id of scrapyd, where it started the crawl.';
COMMENT ON COLUMN crawls.started_at IS 'When the crawl began.';
COMMENT ON COLUMN crawls.finished_at IS 'When it ended; NULL while it runs, or when it was killed and no later run has closed it.';
COMMENT ON COLUMN crawls.outcome IS 'How it ended: ok, error, spooled, unreachable or drift; NULL while it runs.';
COMMENT ON COLUMN crawls.walked IS 'Lists that were walked as far as asked (section numbers, 0 for the list of all articles); behind known articles of the others something may be missing.';
COMMENT ON COLUMN crawls.list_pages IS 'List pages that arrived.';
COMMENT ON COLUMN crawls.article_pages IS 'Article pages that arrived.';
COMMENT ON COLUMN crawls.new IS 'Articles stored for the first time.';
COMMENT ON COLUMN crawls.changed IS 'Articles whose text differed from the stored one.';
COMMENT ON COLUMN crawls.unchanged IS 'Articles whose text was stored already.';
COMMENT ON COLUMN crawls.unreadable IS 'Pages that arrived and could not be read.';
COMMENT ON COLUMN crawls.spooled IS 'Pages that waited in the spool when the crawl ended.';
COMMENT ON COLUMN crawls.drained_segment IS 'Last spool file that is stored: makes storing one twice harmless.';
COMMENT ON COLUMN crawls.version IS 'Version of this program.';
COMMENT ON COLUMN crawls.statistics IS 'All statistics of Scrapy and of the pipelines.';

CREATE TABLE rejected_pages (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site          text        NOT NULL CHECK (site <> ''),
    no            bigint      CHECK (no > 0),
    url           text        NOT NULL,
    fetched_at    timestamptz NOT NULL,
    reason        text        NOT NULL CHECK (reason <> ''),
    missing       text[]      NOT NULL DEFAULT '{}',
    raw_path      text        CHECK (raw_path <> ''),
    is_transient  boolean     NOT NULL DEFAULT false,
    version       text        NOT NULL
);
CREATE INDEX rejected_pages_by_article ON rejected_pages (site, no);
COMMENT ON TABLE rejected_pages IS 'Pages that should have become an article or a list and did not.';
COMMENT ON COLUMN rejected_pages.id IS 'Number of the rejection.';
COMMENT ON COLUMN rejected_pages.site IS 'Host of the site.';
COMMENT ON COLUMN rejected_pages.no IS 'Number of the article that was asked for; NULL for other pages.';
COMMENT ON COLUMN rejected_pages.url IS 'Address that answered.';
COMMENT ON COLUMN rejected_pages.fetched_at IS 'When the page was fetched.';
COMMENT ON COLUMN rejected_pages.reason IS 'What went wrong, in words.';
COMMENT ON COLUMN rejected_pages.missing IS 'Parts that were not found on the page.';
COMMENT ON COLUMN rejected_pages.raw_path IS 'File below the data folder that keeps the raw page; NULL where none arrived.';
COMMENT ON COLUMN rejected_pages.is_transient IS 'The download failed: the next crawl tries again.';
COMMENT ON COLUMN rejected_pages.version IS 'Version of this program that could not read it; a newer one tries again.';

CREATE TABLE removed_articles (
    site           text        NOT NULL CHECK (site <> ''),
    no             bigint      NOT NULL CHECK (no > 0),
    form           text        NOT NULL CHECK (form <> ''),
    first_seen_at  timestamptz NOT NULL,
    last_seen_at   timestamptz NOT NULL,
    sightings      integer     NOT NULL DEFAULT 1 CHECK (sightings > 0),
    PRIMARY KEY (site, no),
    CHECK (first_seen_at <= last_seen_at)
);
COMMENT ON TABLE removed_articles IS 'Articles that answered as removed, whether they were ever stored or not.';
COMMENT ON COLUMN removed_articles.site IS 'Host of the site.';
COMMENT ON COLUMN removed_articles.no IS 'Number of the article.';
COMMENT ON COLUMN removed_articles.form IS 'How the site said so last: 404, 410, alert, front page or empty body.';
COMMENT ON COLUMN removed_articles.first_seen_at IS 'When it was found removed first.';
COMMENT ON COLUMN removed_articles.last_seen_at IS 'When it was found removed last.';
COMMENT ON COLUMN removed_articles.sightings IS 'How many times it was found removed.';
