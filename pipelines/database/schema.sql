-- The schema as it is after all migrations, to be read: `asiatongsin migrate` makes it out of schema/*.sql.
-- Written by `make schema`; a test fails where it says something else than the migrations do.

CREATE FUNCTION article_terms(site text, section text, reporter text, published_at timestamp with time zone, headline text, subheadline text, body text)
 RETURNS tsvector
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE COST 10000
AS $function$
DECLARE
    day timestamp := CASE WHEN pg_catalog.isfinite(published_at) THEN published_at AT TIME ZONE 'Asia/Seoul' END;
    year int := pg_catalog.date_part('year', day);
    terms text[] := pg_catalog.array_remove(ARRAY[
        'S' || pg_catalog.left(site, 200), 'C' || pg_catalog.left(section, 200), 'R' || pg_catalog.left(reporter, 200),
        coalesce('Y' || year, 'N'), 'M' || (year * 100 + pg_catalog.date_part('month', day)::int)], NULL);
    prefix text := 'T';
    given text;
    folded text;
    found text;
BEGIN
    FOREACH given IN ARRAY ARRAY[
        pg_catalog.left(headline, 2000), pg_catalog.left(pg_catalog.concat_ws(' ', headline, subheadline, body), 60000)
    ] LOOP
        folded := pg_catalog.regexp_replace(pg_catalog.lower(given COLLATE "C"), '[^가-힣一-龥0-9a-z]+', ' ', 'g');
        IF folded ~ '[0-9a-z]{41}' THEN
            folded := pg_catalog.regexp_replace(folded, '[0-9a-z]{41,}', ' ', 'g');
            folded := pg_catalog.regexp_replace(folded, ' +', ' ', 'g');
        END IF;
        folded := pg_catalog.ltrim(folded);
        -- The pairs that begin at the first syllable, the third …, then those that begin at the second, the fourth …
        found := pg_catalog.regexp_replace(
            folded || '|' || pg_catalog.regexp_replace(folded, '(^|[0-9a-z]) ?[가-힣一-龥] ?', '\1 ', 'g'),
            '[가-힣一-龥] ?[가-힣一-龥]|[0-9a-z]+|[가-힣一-龥]', '\&|', 'g');
        found := prefix || pg_catalog.replace(pg_catalog.replace(found, '| ', '|'), '|', '|' || prefix);
        terms := terms || pg_catalog.array_remove(pg_catalog.string_to_array(found, '|'), prefix);
        prefix := '';
    END LOOP;
    RETURN pg_catalog.array_to_tsvector(terms);
END $function$;
COMMENT ON FUNCTION article_terms(text,text,text,timestamptz,text,text,text) IS 'What an article can be found by: pairs of syllables, Latin words, site, section, reporter, year and month.';

CREATE FUNCTION change_time()
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 SET search_path TO '$user', 'public'
AS $function$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('asiatongsin changes', 0));
    RETURN greatest(clock_timestamp(), (SELECT max(begun_until) + interval '1 microsecond' FROM export_marks));
END $function$;
COMMENT ON FUNCTION change_time() IS 'The time that is stamped on what is changed now: behind every export that has begun.';

CREATE FUNCTION count_articles()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM article_counts;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO article_counts AS s (site, articles, edited, gone)
        SELECT site, count(*), count(*) FILTER (WHERE revision > 1), count(gone_at) FROM added GROUP BY site ORDER BY site
        ON CONFLICT (site) DO UPDATE SET articles = s.articles + excluded.articles,
            edited = s.edited + excluded.edited, gone = s.gone + excluded.gone;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE article_counts SET edited = edited + (NEW.revision > 1)::int - (OLD.revision > 1)::int,
            gone = gone + (NEW.gone_at IS NOT NULL)::int - (OLD.gone_at IS NOT NULL)::int
        WHERE site = NEW.site;
    ELSE
        UPDATE article_counts AS s SET articles = s.articles - d.articles, edited = s.edited - d.edited, gone = s.gone - d.gone
        FROM (
            SELECT site, count(*) AS articles, count(*) FILTER (WHERE revision > 1) AS edited, count(gone_at) AS gone
            FROM deleted GROUP BY site
        ) AS d
        WHERE s.site = d.site;
    END IF;
    RETURN NULL;
END $function$;
COMMENT ON FUNCTION count_articles() IS 'Keeps article_counts in step with articles.';

CREATE FUNCTION note_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO '$user', 'public'
AS $function$
BEGIN
    NEW.changed_at := change_time();
    RETURN NEW;
END $function$;
COMMENT ON FUNCTION note_change() IS 'Stamps a row that is changed.';

CREATE FUNCTION note_change_of_articles()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO '$user', 'public'
AS $function$
DECLARE
    now timestamptz := change_time();
BEGIN
    UPDATE article_texts AS a SET changed_at = now FROM (SELECT DISTINCT site, no FROM changed) AS c
    WHERE a.site = c.site AND a.no = c.no
        AND coalesce(a.changed_at, '-infinity') <= (SELECT max(begun_until) FROM export_marks);
    RETURN NULL;
END $function$;
COMMENT ON FUNCTION note_change_of_articles() IS 'Stamps the articles to which changed rows belong.';

CREATE TABLE article_counts (
    site      text    NOT NULL CHECK (site <> ''),
    articles  bigint  NOT NULL,
    edited    bigint  NOT NULL,
    gone      bigint  NOT NULL,
    PRIMARY KEY (site)
) WITH (fillfactor=50);
COMMENT ON TABLE article_counts IS 'How much is stored of each site. Triggers on articles keep the counts.';
COMMENT ON COLUMN article_counts.site IS 'Host of the site.';
COMMENT ON COLUMN article_counts.articles IS 'Articles.';
COMMENT ON COLUMN article_counts.edited IS 'Articles with more than one revision.';
COMMENT ON COLUMN article_counts.gone IS 'Articles that the site has removed.';

CREATE TABLE article_texts (
    site                 text         NOT NULL CHECK (site <> ''),
    no                   bigint       NOT NULL CHECK (no > 0),
    url                  text         NOT NULL CHECK (url <> ''),
    section              text         CHECK (section <> ''),
    headline             text         NOT NULL CHECK (headline <> ''),
    subheadline          text         CHECK (subheadline <> ''),
    reporter             text         CHECK (reporter <> ''),
    reporter_email       text         CHECK (reporter_email <> ''),
    published_at         timestamptz,
    modified_at          timestamptz,
    body                 text         CHECK (body <> ''),
    language             text         CHECK (language <> ''),
    content_hash         text         NOT NULL CHECK (length(content_hash) = 64),
    revision             integer      NOT NULL DEFAULT 1 CHECK (revision > 0),
    first_seen_at        timestamptz  NOT NULL,
    fetched_at           timestamptz  NOT NULL,
    gone_at              timestamptz,
    archive_file         text         CHECK (archive_file <> ''),
    archive_offset       bigint       CHECK (archive_offset >= 0),
    archive_length       bigint       CHECK (archive_length > 0),
    payload_digest       text         CHECK (payload_digest <> ''),
    returned             boolean      NOT NULL DEFAULT false,
    text_fetched_at      timestamptz,
    text_archive_file    text         CHECK (text_archive_file <> ''),
    text_archive_offset  bigint       CHECK (text_archive_offset >= 0),
    text_archive_length  bigint       CHECK (text_archive_length > 0),
    changed_at           timestamptz  DEFAULT change_time(),
    PRIMARY KEY (site, no),
    CHECK (first_seen_at <= fetched_at)
) WITH (toast_tuple_target=700);
CREATE INDEX article_texts_by_edit ON article_texts (COALESCE(text_fetched_at, fetched_at)) WHERE revision > 1;
CREATE INDEX articles_by_change ON article_texts (changed_at);
CREATE INDEX articles_by_terms ON article_texts USING gin (article_terms(site, section, reporter, published_at, headline, subheadline, body)) WITH (gin_pending_list_limit='512');
CREATE INDEX articles_by_time ON article_texts (site, published_at DESC);
CREATE INDEX articles_gone ON article_texts (site, no) WHERE gone_at IS NOT NULL;
CREATE TRIGGER articles_added AFTER INSERT ON article_texts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_articles();
CREATE TRIGGER articles_changed BEFORE UPDATE ON article_texts FOR EACH ROW WHEN (old.url IS DISTINCT FROM new.url OR old.section IS DISTINCT FROM new.section OR old.headline IS DISTINCT FROM new.headline OR old.subheadline IS DISTINCT FROM new.subheadline OR old.reporter IS DISTINCT FROM new.reporter OR old.reporter_email IS DISTINCT FROM new.reporter_email OR old.published_at IS DISTINCT FROM new.published_at OR old.modified_at IS DISTINCT FROM new.modified_at OR old.body IS DISTINCT FROM new.body OR old.language IS DISTINCT FROM new.language OR old.content_hash IS DISTINCT FROM new.content_hash OR old.revision IS DISTINCT FROM new.revision OR old.gone_at IS DISTINCT FROM new.gone_at) EXECUTE FUNCTION note_change();
CREATE TRIGGER articles_deleted AFTER DELETE ON article_texts REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION count_articles();
CREATE TRIGGER articles_edited AFTER UPDATE ON article_texts FOR EACH ROW WHEN ((old.revision > 1) <> (new.revision > 1) OR (old.gone_at IS NULL) <> (new.gone_at IS NULL)) EXECUTE FUNCTION count_articles();
CREATE TRIGGER articles_emptied AFTER TRUNCATE ON article_texts FOR EACH STATEMENT EXECUTE FUNCTION count_articles();
COMMENT ON TABLE article_texts IS 'One row per article: its newest captured text. The view articles adds what article_checks notes of later visits that found the same.';
COMMENT ON COLUMN article_texts.site IS 'Host of the site without www., with the port where there is one.';
COMMENT ON COLUMN article_texts.no IS 'Number of the article on its site; with site its identity.';
COMMENT ON COLUMN article_texts.url IS 'Canonical address, however a page wrote it.';
COMMENT ON COLUMN article_texts.section IS 'Name of the section printed above the headline.';
COMMENT ON COLUMN article_texts.headline IS 'Headline.';
COMMENT ON COLUMN article_texts.subheadline IS 'Sub-headline; several printed lines stay several lines.';
COMMENT ON COLUMN article_texts.reporter IS 'Person of the info line, else of the byline in the body, without the title 기자; never a desk.';
COMMENT ON COLUMN article_texts.reporter_email IS 'E-mail address printed for the reporter or the desk.';
COMMENT ON COLUMN article_texts.published_at IS 'Printed time of 등록, else of the list page, else of the page''s metadata.';
COMMENT ON COLUMN article_texts.modified_at IS 'Printed time of 수정.';
COMMENT ON COLUMN article_texts.body IS 'Paragraphs as printed, joined by a blank line; NULL for a photo or video alone.';
COMMENT ON COLUMN article_texts.language IS 'Language the page declares, such as ko.';
COMMENT ON COLUMN article_texts.content_hash IS 'SHA-256 of headline, sub-headline and body with white space folded.';
COMMENT ON COLUMN article_texts.revision IS '1, 2, …: goes up when the content hash changes.';
COMMENT ON COLUMN article_texts.first_seen_at IS 'When the article was fetched first.';
COMMENT ON COLUMN article_texts.fetched_at IS 'When the page was fetched by which this row was written.';
COMMENT ON COLUMN article_texts.gone_at IS 'When the site was found to have removed the article; its text stays.';
COMMENT ON COLUMN article_texts.archive_file IS 'WARC file below the data folder that holds that page; NULL where it was not archived.';
COMMENT ON COLUMN article_texts.archive_offset IS 'Byte of that file at which the record of that page begins.';
COMMENT ON COLUMN article_texts.archive_length IS 'Bytes of that record, compressed.';
COMMENT ON COLUMN article_texts.payload_digest IS 'Digest of that page as received: sha1: and Base32, as in WARC-Payload-Digest.';
COMMENT ON COLUMN article_texts.returned IS 'The article had been gone before this text was fetched. The text may be that of the revision before.';
COMMENT ON COLUMN article_texts.text_fetched_at IS 'When this text was fetched first; NULL where that was at fetched_at.';
COMMENT ON COLUMN article_texts.text_archive_file IS 'WARC file of the page that was fetched at text_fetched_at; NULL where it was not archived.';
COMMENT ON COLUMN article_texts.text_archive_offset IS 'Byte of that file at which the record of that page begins.';
COMMENT ON COLUMN article_texts.text_archive_length IS 'Bytes of that record, compressed.';
COMMENT ON COLUMN article_texts.changed_at IS 'When the article changed last: a text, a photo or other content that was not stored before, or it was found gone or back. A visit that finds the same does not count. NULL: not since version 24 of the schema.';

CREATE TABLE former_articles (
    site            text         NOT NULL CHECK (site <> ''),
    no              bigint       NOT NULL CHECK (no > 0),
    url             text         NOT NULL CHECK (url <> ''),
    section         text         CHECK (section <> ''),
    headline        text         NOT NULL CHECK (headline <> ''),
    subheadline     text         CHECK (subheadline <> ''),
    reporter        text         CHECK (reporter <> ''),
    reporter_email  text         CHECK (reporter_email <> ''),
    published_at    timestamptz,
    modified_at     timestamptz,
    body            text         CHECK (body <> ''),
    language        text         CHECK (language <> ''),
    content_hash    text         NOT NULL CHECK (length(content_hash) = 64),
    revision        integer      NOT NULL DEFAULT 1 CHECK (revision > 0),
    first_seen_at   timestamptz  NOT NULL,
    fetched_at      timestamptz  NOT NULL,
    gone_at         timestamptz,
    archive_file    text         CHECK (archive_file <> ''),
    archive_offset  bigint       CHECK (archive_offset >= 0),
    archive_length  bigint       CHECK (archive_length > 0),
    payload_digest  text         CHECK (payload_digest <> ''),
    replaced_at     timestamptz  NOT NULL,
    PRIMARY KEY (site, no, replaced_at),
    CHECK (first_seen_at <= fetched_at)
);
COMMENT ON TABLE former_articles IS 'Articles whose number the site has given to another article, as they were stored last. Their texts are in article_revisions as well: those fetched before replaced_at.';
COMMENT ON COLUMN former_articles.site IS 'Host of the site without www., with the port where there is one.';
COMMENT ON COLUMN former_articles.no IS 'Number of the article on its site; with site its identity.';
COMMENT ON COLUMN former_articles.url IS 'Canonical address, however a page wrote it.';
COMMENT ON COLUMN former_articles.section IS 'Name of the section printed above the headline.';
COMMENT ON COLUMN former_articles.headline IS 'Headline.';
COMMENT ON COLUMN former_articles.subheadline IS 'Sub-headline; several printed lines stay several lines.';
COMMENT ON COLUMN former_articles.reporter IS 'Person of the info line, else of the byline in the body, without the title 기자; never a desk.';
COMMENT ON COLUMN former_articles.reporter_email IS 'E-mail address printed for the reporter or the desk.';
COMMENT ON COLUMN former_articles.published_at IS 'Printed time of 등록, else of the list page, else of the page''s metadata.';
COMMENT ON COLUMN former_articles.modified_at IS 'Printed time of 수정.';
COMMENT ON COLUMN former_articles.body IS 'Paragraphs as printed, joined by a blank line; NULL for a photo or video alone.';
COMMENT ON COLUMN former_articles.language IS 'Language the page declares, such as ko.';
COMMENT ON COLUMN former_articles.content_hash IS 'SHA-256 of headline, sub-headline and body with white space folded.';
COMMENT ON COLUMN former_articles.revision IS '1, 2, …: goes up when the content hash changes.';
COMMENT ON COLUMN former_articles.first_seen_at IS 'When the article was fetched first.';
COMMENT ON COLUMN former_articles.fetched_at IS 'When the article was fetched last.';
COMMENT ON COLUMN former_articles.gone_at IS 'When the site was found to have removed the article; its text stays.';
COMMENT ON COLUMN former_articles.archive_file IS 'WARC file below the data folder that holds the page; NULL where it was not archived.';
COMMENT ON COLUMN former_articles.archive_offset IS 'Byte of that file at which the record of the page begins.';
COMMENT ON COLUMN former_articles.archive_length IS 'Bytes of that record, compressed.';
COMMENT ON COLUMN former_articles.payload_digest IS 'Digest of the page as received: sha1: and Base32, as in WARC-Payload-Digest.';
COMMENT ON COLUMN former_articles.replaced_at IS 'When the other article was fetched first.';

CREATE TABLE article_images (
    site      text     NOT NULL,
    no        bigint   NOT NULL,
    position  integer  NOT NULL CHECK (position > 0),
    url       text     NOT NULL CHECK (url <> ''),
    caption   text     CHECK (caption <> ''),
    PRIMARY KEY (site, no, position),
    FOREIGN KEY (site, no) REFERENCES article_texts(site, no) ON DELETE CASCADE
);
CREATE TRIGGER article_images_added AFTER INSERT ON article_images REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
CREATE TRIGGER article_images_changed AFTER UPDATE ON article_images REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
CREATE TRIGGER article_images_deleted AFTER DELETE ON article_images REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
COMMENT ON TABLE article_images IS 'The photos of an article, in the order of the page.';
COMMENT ON COLUMN article_images.site IS 'Host of the site.';
COMMENT ON COLUMN article_images.no IS 'Number of the article.';
COMMENT ON COLUMN article_images.position IS 'Place among the photos of the article, from 1.';
COMMENT ON COLUMN article_images.url IS 'Absolute address of the photo.';
COMMENT ON COLUMN article_images.caption IS 'Text printed with the photo.';

CREATE TABLE article_links (
    site      text     NOT NULL,
    no        bigint   NOT NULL,
    position  integer  NOT NULL CHECK (position > 0),
    kind      text     NOT NULL CHECK (kind = ANY (ARRAY['attachment', 'embed', 'link'])),
    url       text     NOT NULL CHECK (url <> ''),
    text      text     CHECK (text <> ''),
    PRIMARY KEY (site, no, position),
    FOREIGN KEY (site, no) REFERENCES article_texts(site, no) ON DELETE CASCADE
);
CREATE TRIGGER article_links_added AFTER INSERT ON article_links REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
CREATE TRIGGER article_links_changed AFTER UPDATE ON article_links REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
CREATE TRIGGER article_links_deleted AFTER DELETE ON article_links REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
COMMENT ON TABLE article_links IS 'Where an article leads: its attachments, what is embedded in it, and the links in its text. For articles stored before version 13 of the schema, asiatongsin reparse fills it.';
COMMENT ON COLUMN article_links.site IS 'Host of the site.';
COMMENT ON COLUMN article_links.no IS 'Number of the article.';
COMMENT ON COLUMN article_links.position IS 'Place among the links of the article, from 1: in the order of the text, then the files that are offered beside it.';
COMMENT ON COLUMN article_links.kind IS 'attachment: a file such as .hwp or .pdf; embed: a video, audio or frame within the text; link: any other address.';
COMMENT ON COLUMN article_links.url IS 'Absolute address.';
COMMENT ON COLUMN article_links.text IS 'Text of the link. NULL for embeds and for links around a photo.';

CREATE TABLE replaced_texts (
    site            text         NOT NULL,
    no              bigint       NOT NULL,
    revision        integer      NOT NULL CHECK (revision > 0),
    fetched_at      timestamptz  NOT NULL,
    headline        text         NOT NULL CHECK (headline <> ''),
    subheadline     text         CHECK (subheadline <> ''),
    body            text         CHECK (body <> ''),
    modified_at     timestamptz,
    content_hash    text         NOT NULL CHECK (length(content_hash) = 64),
    archive_file    text         CHECK (archive_file <> ''),
    archive_offset  bigint       CHECK (archive_offset >= 0),
    archive_length  bigint       CHECK (archive_length > 0),
    returned        boolean      NOT NULL DEFAULT false,
    PRIMARY KEY (site, no, revision),
    FOREIGN KEY (site, no) REFERENCES article_texts(site, no) ON DELETE CASCADE
);
CREATE INDEX replaced_texts_by_edit ON replaced_texts (fetched_at) WHERE revision > 1;
CREATE TRIGGER replaced_texts_added AFTER INSERT ON replaced_texts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
CREATE TRIGGER replaced_texts_changed AFTER UPDATE ON replaced_texts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
CREATE TRIGGER replaced_texts_deleted AFTER DELETE ON replaced_texts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
COMMENT ON TABLE replaced_texts IS 'Texts that article_texts does not hold as they were fetched first, above all older ones. The view article_revisions shows all texts.';
COMMENT ON COLUMN replaced_texts.site IS 'Host of the site.';
COMMENT ON COLUMN replaced_texts.no IS 'Number of the article.';
COMMENT ON COLUMN replaced_texts.revision IS '1, 2, …: a new one where the content hash differs from that of the one before.';
COMMENT ON COLUMN replaced_texts.fetched_at IS 'When this text was fetched first.';
COMMENT ON COLUMN replaced_texts.headline IS 'Headline.';
COMMENT ON COLUMN replaced_texts.subheadline IS 'Sub-headline; several printed lines stay several lines.';
COMMENT ON COLUMN replaced_texts.body IS 'Paragraphs as printed, joined by a blank line; NULL for a photo or video alone.';
COMMENT ON COLUMN replaced_texts.modified_at IS 'Printed time of 수정.';
COMMENT ON COLUMN replaced_texts.content_hash IS 'SHA-256 of headline, sub-headline and body with white space folded.';
COMMENT ON COLUMN replaced_texts.archive_file IS 'WARC file below the data folder that holds the page with this text; NULL where it was not archived.';
COMMENT ON COLUMN replaced_texts.archive_offset IS 'Byte of that file at which the record of the page begins.';
COMMENT ON COLUMN replaced_texts.archive_length IS 'Bytes of that record, compressed.';
COMMENT ON COLUMN replaced_texts.returned IS 'The article had been gone before this capture. The text may be that of the revision before.';

CREATE TABLE article_checks (
    site            text         NOT NULL,
    no              bigint       NOT NULL,
    checked_at      timestamptz  NOT NULL,
    next_check_at   timestamptz,
    dated_at        timestamptz  NOT NULL,
    etag            text         CHECK (etag <> ''),
    last_modified   text         CHECK (last_modified <> ''),
    listed_as       text         CHECK (listed_as <> ''),
    fetched_at      timestamptz,
    archive_offset  bigint       CHECK (archive_offset >= 0),
    archive_length  bigint       CHECK (archive_length > 0),
    archive_file    text         CHECK (archive_file <> ''),
    payload_digest  text         CHECK (payload_digest <> ''),
    PRIMARY KEY (site, no),
    FOREIGN KEY (site, no) REFERENCES article_texts(site, no) ON DELETE CASCADE
) WITH (autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.05);
CREATE INDEX article_checks_by_date ON article_checks (site, next_check_at, no) WHERE next_check_at IS NOT NULL;
COMMENT ON TABLE article_checks IS 'The last visit of an article, and when the next one is due.';
COMMENT ON COLUMN article_checks.site IS 'Host of the site.';
COMMENT ON COLUMN article_checks.no IS 'Number of the article.';
COMMENT ON COLUMN article_checks.checked_at IS 'When the article was asked for last, whatever the answer.';
COMMENT ON COLUMN article_checks.next_check_at IS 'When it is due again; NULL where it is old enough to be left alone.';
COMMENT ON COLUMN article_checks.dated_at IS 'What its age counts from: the later of its printed times, else its first download or that of a changed text.';
COMMENT ON COLUMN article_checks.etag IS 'ETag of the stored page: with it the server answers a page that is still the same without a body.';
COMMENT ON COLUMN article_checks.last_modified IS 'Last-Modified of the stored page, for the same purpose.';
COMMENT ON COLUMN article_checks.listed_as IS 'What a list printed about the article, as 16 hexadecimal digits, where that differed from what is stored. The article was fetched for it, and is not fetched again while the list prints the same. NULL where the two agree.';
COMMENT ON COLUMN article_checks.fetched_at IS 'When the article was fetched last, if its page held what is stored already and article_texts does not note that. NULL otherwise.';
COMMENT ON COLUMN article_checks.archive_offset IS 'Byte of that file at which the record of the page begins.';
COMMENT ON COLUMN article_checks.archive_length IS 'Bytes of that record, compressed.';
COMMENT ON COLUMN article_checks.archive_file IS 'WARC file below the data folder that holds that page; NULL where it was not archived.';
COMMENT ON COLUMN article_checks.payload_digest IS 'Digest of that page as received: sha1: and Base32, as in WARC-Payload-Digest.';

CREATE TABLE teasers (
    site        text    NOT NULL CHECK (site <> ''),
    related_no  bigint  NOT NULL CHECK (related_no > 0),
    variant     bigint  NOT NULL,
    title       text    CHECK (title <> ''),
    lead        text    CHECK (lead <> ''),
    image_url   text    CHECK (image_url <> ''),
    PRIMARY KEY (site, related_no, variant)
);
COMMENT ON TABLE teasers IS 'Teasers that pages have shown around their articles, each text once.';
COMMENT ON COLUMN teasers.site IS 'Host of the site.';
COMMENT ON COLUMN teasers.related_no IS 'Number of the article to which it leads; it may be older than everything stored.';
COMMENT ON COLUMN teasers.variant IS 'Tells the teasers of one article apart: the first 64 bits of a SHA-256. It is that of title, lead and image_url, each with a zero byte behind it.';
COMMENT ON COLUMN teasers.title IS 'Title as printed.';
COMMENT ON COLUMN teasers.lead IS 'Start of the other article''s body, cut by the site at 600 characters of its source.';
COMMENT ON COLUMN teasers.image_url IS 'Absolute address of the thumbnail.';

CREATE TABLE shown_teasers (
    site           text         NOT NULL,
    no             bigint       NOT NULL,
    first_seen_at  timestamptz  NOT NULL,
    last_seen_at   timestamptz,
    blocks         text[]       NOT NULL CHECK ('' <> ALL (blocks)),
    starts         integer[]    NOT NULL,
    positions      integer[]    CHECK (0 < ALL (positions)),
    related_nos    bigint[]     NOT NULL CHECK (0 < ALL (related_nos)),
    variants       bigint[]     NOT NULL,
    changed_at     timestamptz  DEFAULT change_time(),
    PRIMARY KEY (site, no),
    FOREIGN KEY (site, no) REFERENCES article_texts(site, no) ON DELETE CASCADE,
    CHECK (cardinality(starts) = cardinality(blocks)),
    CHECK (cardinality(positions) = cardinality(related_nos)),
    CHECK (cardinality(variants) = cardinality(related_nos))
);
CREATE TRIGGER shown_teasers_changed BEFORE UPDATE ON shown_teasers FOR EACH ROW WHEN (old.blocks IS DISTINCT FROM new.blocks OR old.starts IS DISTINCT FROM new.starts OR old.positions IS DISTINCT FROM new.positions OR old.related_nos IS DISTINCT FROM new.related_nos OR old.variants IS DISTINCT FROM new.variants) EXECUTE FUNCTION note_change();
COMMENT ON TABLE shown_teasers IS 'Which teasers were around an article when it was fetched last; the view related_stories shows them one by one.';
COMMENT ON COLUMN shown_teasers.site IS 'Host of the site.';
COMMENT ON COLUMN shown_teasers.no IS 'Number of the article.';
COMMENT ON COLUMN shown_teasers.first_seen_at IS 'When the page was first seen to show these, and no others until now.';
COMMENT ON COLUMN shown_teasers.last_seen_at IS 'When it was seen so last; NULL where that was when the article was fetched last (articles.fetched_at).';
COMMENT ON COLUMN shown_teasers.blocks IS 'Printed titles of the blocks, or their widget classes, in the order of their UTF-8 bytes.';
COMMENT ON COLUMN shown_teasers.starts IS 'For each block, the place in related_nos of its first teaser, from 1.';
COMMENT ON COLUMN shown_teasers.positions IS 'For each teaser its place within its block; NULL where each block is whole: 1, 2, 3 and so on.';
COMMENT ON COLUMN shown_teasers.related_nos IS 'Numbers of the articles to which the teasers lead, block after block.';
COMMENT ON COLUMN shown_teasers.variants IS 'For each of them, teasers.variant.';
COMMENT ON COLUMN shown_teasers.changed_at IS 'When these teasers were stored first, and no others until now. NULL: not since version 24 of the schema.';

CREATE TABLE formerly_shown_teasers (
    site           text         NOT NULL,
    no             bigint       NOT NULL,
    first_seen_at  timestamptz  NOT NULL,
    last_seen_at   timestamptz  NOT NULL,
    blocks         text[]       NOT NULL CHECK ('' <> ALL (blocks)),
    starts         integer[]    NOT NULL,
    positions      integer[]    CHECK (0 < ALL (positions)),
    related_nos    bigint[]     NOT NULL CHECK (0 < ALL (related_nos)),
    variants       bigint[]     NOT NULL,
    PRIMARY KEY (site, no, first_seen_at),
    FOREIGN KEY (site, no) REFERENCES article_texts(site, no) ON DELETE CASCADE,
    CHECK (first_seen_at <= last_seen_at),
    CHECK (cardinality(starts) = cardinality(blocks)),
    CHECK (cardinality(positions) = cardinality(related_nos)),
    CHECK (cardinality(variants) = cardinality(related_nos))
);
COMMENT ON TABLE formerly_shown_teasers IS 'Which teasers were around an article before it showed others.';
COMMENT ON COLUMN formerly_shown_teasers.site IS 'Host of the site.';
COMMENT ON COLUMN formerly_shown_teasers.no IS 'Number of the article.';
COMMENT ON COLUMN formerly_shown_teasers.first_seen_at IS 'When the page was first seen to show these.';
COMMENT ON COLUMN formerly_shown_teasers.last_seen_at IS 'When it was last seen so.';
COMMENT ON COLUMN formerly_shown_teasers.blocks IS 'As in shown_teasers.';
COMMENT ON COLUMN formerly_shown_teasers.starts IS 'As in shown_teasers.';
COMMENT ON COLUMN formerly_shown_teasers.positions IS 'As in shown_teasers.';
COMMENT ON COLUMN formerly_shown_teasers.related_nos IS 'As in shown_teasers.';
COMMENT ON COLUMN formerly_shown_teasers.variants IS 'As in shown_teasers.';

CREATE TABLE weather_stations (
    station_id  integer           NOT NULL,
    name_ko     text              NOT NULL,
    name_en     text              NOT NULL,
    latitude    double precision  NOT NULL CHECK (latitude >= '-90'::integer::double precision AND latitude <= 90::double precision),
    longitude   double precision  NOT NULL CHECK (longitude >= '-180'::integer::double precision AND longitude <= 180::double precision),
    PRIMARY KEY (station_id),
    UNIQUE (name_ko)
);
COMMENT ON TABLE weather_stations IS 'Stations of the Korea Meteorological Administration that the strip is known to name.';
COMMENT ON COLUMN weather_stations.station_id IS 'Number of the station at the Korea Meteorological Administration.';
COMMENT ON COLUMN weather_stations.name_ko IS 'Korean name, as the strip prints it.';
COMMENT ON COLUMN weather_stations.name_en IS 'Romanised name.';
COMMENT ON COLUMN weather_stations.latitude IS 'Degrees north.';
COMMENT ON COLUMN weather_stations.longitude IS 'Degrees east.';

CREATE TABLE weather_snapshots (
    id                bigint       GENERATED ALWAYS AS IDENTITY NOT NULL,
    site              text         NOT NULL CHECK (site <> ''),
    page_date         text         CHECK (page_date <> ''),
    first_fetched_at  timestamptz  NOT NULL,
    last_fetched_at   timestamptz  NOT NULL,
    pages             integer      NOT NULL CHECK (pages > 0),
    readings_hash     text         NOT NULL CHECK (length(readings_hash) = 64),
    changed_at        timestamptz  DEFAULT change_time(),
    PRIMARY KEY (id),
    CHECK (first_fetched_at <= last_fetched_at)
) WITH (autovacuum_vacuum_scale_factor=0.05);
CREATE INDEX weather_snapshots_by_time ON weather_snapshots (site, first_fetched_at);
CREATE TRIGGER weather_snapshots_changed BEFORE UPDATE ON weather_snapshots FOR EACH ROW EXECUTE FUNCTION note_change();
COMMENT ON TABLE weather_snapshots IS 'One row per change of the weather strip. It prints no time of observation: the times are those of the downloads.';
COMMENT ON COLUMN weather_snapshots.id IS 'Number of the snapshot.';
COMMENT ON COLUMN weather_snapshots.site IS 'Host of the site whose pages showed the strip.';
COMMENT ON COLUMN weather_snapshots.page_date IS 'Date printed beside the strip when it was seen first: the day of the download.';
COMMENT ON COLUMN weather_snapshots.first_fetched_at IS 'When a page first showed these readings.';
COMMENT ON COLUMN weather_snapshots.last_fetched_at IS 'When a page last showed these readings, unchanged since.';
COMMENT ON COLUMN weather_snapshots.pages IS 'How many pages showed these readings.';
COMMENT ON COLUMN weather_snapshots.readings_hash IS 'SHA-256 of the readings: it stays the same while the strip does.';
COMMENT ON COLUMN weather_snapshots.changed_at IS 'When the row was changed last, also because another page showed it. NULL: not since version 24 of the schema.';

CREATE TABLE weather_strips (
    readings_hash  text          NOT NULL CHECK (length(readings_hash) = 64),
    position       integer       NOT NULL CHECK (position > 0),
    city           text          NOT NULL CHECK (city <> ''),
    condition      text          CHECK (condition <> ''),
    icon           text          CHECK (icon <> ''),
    temperature_c  numeric(4,1),
    PRIMARY KEY (readings_hash, position)
);
CREATE INDEX weather_strips_by_city ON weather_strips (city);
COMMENT ON TABLE weather_strips IS 'The cities of each weather strip that was ever shown, in printed order. The view weather_readings has a row for each snapshot and city.';
COMMENT ON COLUMN weather_strips.readings_hash IS 'SHA-256 of the readings, as in weather_snapshots.';
COMMENT ON COLUMN weather_strips.position IS 'Place in the strip, from 1.';
COMMENT ON COLUMN weather_strips.city IS 'Name as printed.';
COMMENT ON COLUMN weather_strips.condition IS 'Sky as a word; NULL where the strip prints none or -: unknown, not clear.';
COMMENT ON COLUMN weather_strips.icon IS 'Class of the icon, such as iw04.';
COMMENT ON COLUMN weather_strips.temperature_c IS 'Air temperature in degrees Celsius.';

CREATE TABLE coverage_counts (
    id       uuid       NOT NULL,
    fields   text[]     NOT NULL,
    pages    integer[]  NOT NULL CHECK (0 < ALL (pages)),
    found    integer[]  NOT NULL CHECK (0 <= ALL (found)),
    amounts  bigint[]   NOT NULL,
    fell     boolean[]  NOT NULL,
    PRIMARY KEY (id),
    CHECK (cardinality(fields) = cardinality(pages) AND cardinality(fields) = cardinality(found)),
    CHECK (cardinality(fields) = cardinality(amounts) AND cardinality(fields) = cardinality(fell))
);
COMMENT ON TABLE coverage_counts IS 'On how many pages fields were found, once for all crawls that found the same. The view crawl_coverage has a row per crawl and field.';
COMMENT ON COLUMN coverage_counts.id IS 'First half of the SHA-256 of all the rest.';
COMMENT ON COLUMN coverage_counts.fields IS 'What was looked for: part and field of crawl_coverage, with a blank between.';
COMMENT ON COLUMN coverage_counts.pages IS 'For each of them, the pages that should have it.';
COMMENT ON COLUMN coverage_counts.found IS 'Those on which it was found.';
COMMENT ON COLUMN coverage_counts.amounts IS 'How much of it was found; NULL where it is only there or not.';
COMMENT ON COLUMN coverage_counts.fell IS 'Whether less of it was found than should have been.';

CREATE TABLE crawls (
    id                text         NOT NULL CHECK (id <> ''),
    site              text         NOT NULL CHECK (site <> ''),
    arguments         jsonb        NOT NULL DEFAULT '{}'::jsonb,
    job               text,
    started_at        timestamptz  NOT NULL,
    finished_at       timestamptz,
    outcome           text         CHECK (outcome = ANY (ARRAY['ok', 'error', 'spooled', 'unreachable', 'drift'])),
    walked            bigint[]     NOT NULL DEFAULT '{}'::bigint[],
    list_pages        integer      NOT NULL DEFAULT 0 CHECK (list_pages >= 0),
    article_pages     integer      NOT NULL DEFAULT 0 CHECK (article_pages >= 0),
    new               integer      NOT NULL DEFAULT 0 CHECK (new >= 0),
    changed           integer      NOT NULL DEFAULT 0 CHECK (changed >= 0),
    unchanged         integer      NOT NULL DEFAULT 0 CHECK (unchanged >= 0),
    unreadable        integer      NOT NULL DEFAULT 0 CHECK (unreadable >= 0),
    spooled           integer      NOT NULL DEFAULT 0 CHECK (spooled >= 0),
    drained_segment   integer      NOT NULL DEFAULT 0 CHECK (drained_segment >= 0),
    version           text         NOT NULL,
    statistics        jsonb        NOT NULL DEFAULT '{}'::jsonb,
    number            bigint       GENERATED ALWAYS AS IDENTITY NOT NULL,
    gone_after        interval     CHECK (gone_after > '00:00:00'::interval),
    kind              text         NOT NULL DEFAULT 'lists' CHECK (kind = ANY (ARRAY['lists', 'articles', 'reparse'])),
    scope             text         NOT NULL DEFAULT 'all' CHECK (scope <> ''),
    is_comparable     boolean      NOT NULL DEFAULT false,
    proves_lists      boolean      NOT NULL DEFAULT false,
    clock_ahead       interval     CHECK (clock_ahead > '00:00:00'::interval),
    since             timestamptz,
    last_fetched_at   timestamptz,
    coverage          uuid,
    article_coverage  uuid,
    PRIMARY KEY (id),
    FOREIGN KEY (article_coverage) REFERENCES coverage_counts(id),
    FOREIGN KEY (coverage) REFERENCES coverage_counts(id),
    CHECK (started_at <= finished_at)
) WITH (autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.05);
CREATE INDEX crawls_by_last_time ON crawls (site, GREATEST(started_at, finished_at, last_fetched_at));
CREATE INDEX crawls_by_number ON crawls (site, number DESC);
CREATE INDEX crawls_with_articles ON crawls (site, number DESC) WHERE article_coverage IS NOT NULL;
CREATE INDEX crawls_with_news ON crawls (site, started_at) WHERE new > 0 AND kind = 'lists';
COMMENT ON TABLE crawls IS 'One row per crawl, also for those that failed.';
COMMENT ON COLUMN crawls.id IS 'Start time and a random part; also the name of the spool folder.';
COMMENT ON COLUMN crawls.site IS 'Host of the site.';
COMMENT ON COLUMN crawls.arguments IS 'Spider arguments as given.';
COMMENT ON COLUMN crawls.job IS 'Job id of scrapyd, where it started the crawl.';
COMMENT ON COLUMN crawls.started_at IS 'When the crawl began.';
COMMENT ON COLUMN crawls.finished_at IS 'When it ended; NULL while it runs, or when it was killed and no later run has closed it.';
COMMENT ON COLUMN crawls.outcome IS 'How it ended: ok, error, spooled, unreachable or drift; NULL while it runs.';
COMMENT ON COLUMN crawls.walked IS 'Lists that were walked as far as asked: section numbers, and 0 for the list of all articles. In other lists, articles behind known ones may be missing.';
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
COMMENT ON COLUMN crawls.number IS 'Goes up with every crawl, whatever the clocks say; numbers may be missing.';
COMMENT ON COLUMN crawls.gone_after IS 'How far apart two checks must be that find an article removed, until it counts as gone (GONE_AFTER). NULL where the checks of this crawl do not count.';
COMMENT ON COLUMN crawls.kind IS 'lists: it walked lists; articles: it was asked for single articles (no=); reparse: it read archived pages again.';
COMMENT ON COLUMN crawls.scope IS 'What it was asked to walk: all, or for example sections=22,34 full. Only crawls of one scope are compared.';
COMMENT ON COLUMN crawls.is_comparable IS 'Whether later crawls are compared with it: it walked lists, and neither the site nor the program failed.';
COMMENT ON COLUMN crawls.proves_lists IS 'Whether it shows what the lists hold: it is comparable, and nobody stopped it before its own end.';
COMMENT ON COLUMN crawls.clock_ahead IS 'How far the clock was ahead. All times in the tables are set back by it; the id and the dates in the archive are not.';
COMMENT ON COLUMN crawls.since IS 'Time given by -a since=. Older articles were not asked for, so they may be missing from the lists in walked. NULL: no time was given.';
COMMENT ON COLUMN crawls.last_fetched_at IS 'When the last of the pages was fetched that it stored; NULL where it stored none.';
COMMENT ON COLUMN crawls.coverage IS 'What was found of lists, front page and strip: a row of coverage_counts. NULL where no such page came.';
COMMENT ON COLUMN crawls.article_coverage IS 'What was found of articles; NULL where none came.';

CREATE TABLE walked_lists (
    site            text         NOT NULL CHECK (site <> ''),
    section         bigint       NOT NULL CHECK (section >= 0),
    pages           integer      NOT NULL CHECK (pages >= 0),
    end_seen_at     timestamptz,
    looked_back_at  timestamptz  NOT NULL,
    looked_back_to  integer      NOT NULL DEFAULT 0 CHECK (looked_back_to >= 0),
    PRIMARY KEY (site, section)
);
COMMENT ON TABLE walked_lists IS 'What crawls found out about each list. A list without a row has not been walked to its end since this table was made.';
COMMENT ON COLUMN walked_lists.site IS 'Host of the site.';
COMMENT ON COLUMN walked_lists.section IS 'Number of the section, 0 for the list of all articles.';
COMMENT ON COLUMN walked_lists.pages IS 'How many pages the list had when its end was seen; until then, how many were walked.';
COMMENT ON COLUMN walked_lists.end_seen_at IS 'When a crawl last came to the end of the list; NULL where none did.';
COMMENT ON COLUMN walked_lists.looked_back_at IS 'When a crawl last looked back on this list, past known articles for those that appeared late, or came to its end.';
COMMENT ON COLUMN walked_lists.looked_back_to IS 'The page to which that crawl went. 0 where it came to the end: the next look back begins at the first pages.';

CREATE TABLE missing_fields (
    site         text              NOT NULL CHECK (site <> ''),
    part         text              NOT NULL CHECK (part <> ''),
    field        text              NOT NULL CHECK (field <> ''),
    scope        text              NOT NULL CHECK (scope <> ''),
    since        timestamptz       NOT NULL,
    crawl        text              NOT NULL,
    pages        integer           NOT NULL CHECK (pages > 0),
    found        integer           NOT NULL,
    amount       bigint            CHECK (amount >= 0),
    usual_share  double precision  CHECK (usual_share >= 0::double precision AND usual_share <= 1::double precision),
    usual_mean   double precision  CHECK (usual_mean >= 0::double precision),
    found_again  integer           NOT NULL DEFAULT 0 CHECK (found_again >= 0),
    PRIMARY KEY (site, part, field),
    FOREIGN KEY (crawl) REFERENCES crawls(id) ON DELETE CASCADE,
    CHECK (found >= 0 AND found <= pages)
);
COMMENT ON TABLE missing_fields IS 'Missing fields: those that crawls find much less often than usual. A row is removed when enough pages have the field again.';
COMMENT ON COLUMN missing_fields.site IS 'Host of the site.';
COMMENT ON COLUMN missing_fields.part IS 'Part of the page, as in crawl_coverage.';
COMMENT ON COLUMN missing_fields.field IS 'What was looked for.';
COMMENT ON COLUMN missing_fields.scope IS 'Scope of the last crawl that missed it; crawls of this scope find it again.';
COMMENT ON COLUMN missing_fields.since IS 'When the first crawl began that missed it.';
COMMENT ON COLUMN missing_fields.crawl IS 'The last crawl that looked for it.';
COMMENT ON COLUMN missing_fields.pages IS 'Pages of that crawl that should have it.';
COMMENT ON COLUMN missing_fields.found IS 'Those that had it.';
COMMENT ON COLUMN missing_fields.amount IS 'How much of it they had together; NULL where it is only there or not.';
COMMENT ON COLUMN missing_fields.usual_share IS 'Share of the pages that had it before it fell. NULL where it fell before this table was made, or where it is no longer looked for.';
COMMENT ON COLUMN missing_fields.usual_mean IS 'How much of it a page had before it fell. NULL also where its amount is not counted.';
COMMENT ON COLUMN missing_fields.found_again IS 'Pages of later crawls that found it: too few so far.';

CREATE TABLE rejected_pages (
    id              bigint       GENERATED ALWAYS AS IDENTITY NOT NULL,
    site            text         NOT NULL CHECK (site <> ''),
    no              bigint       CHECK (no > 0),
    url             text         NOT NULL,
    fetched_at      timestamptz  NOT NULL,
    reason          text         NOT NULL CHECK (reason <> ''),
    missing         text[]       NOT NULL DEFAULT '{}'::text[],
    raw_path        text         CHECK (raw_path <> ''),
    is_transient    boolean      NOT NULL DEFAULT false,
    version         text         NOT NULL,
    archive_file    text         CHECK (archive_file <> ''),
    archive_offset  bigint       CHECK (archive_offset >= 0),
    archive_length  bigint       CHECK (archive_length > 0),
    PRIMARY KEY (id)
);
CREATE INDEX rejected_pages_by_article ON rejected_pages (site, no);
CREATE INDEX rejected_pages_by_time ON rejected_pages (fetched_at);
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
COMMENT ON COLUMN rejected_pages.archive_file IS 'WARC file below the data folder that holds the page; NULL where it was not archived.';
COMMENT ON COLUMN rejected_pages.archive_offset IS 'Byte of that file at which the record of the page begins.';
COMMENT ON COLUMN rejected_pages.archive_length IS 'Bytes of that record, compressed.';

CREATE TABLE removed_articles (
    site                text         NOT NULL CHECK (site <> ''),
    no                  bigint       NOT NULL CHECK (no > 0),
    form                text         NOT NULL CHECK (form <> ''),
    first_seen_at       timestamptz  NOT NULL,
    last_seen_at        timestamptz  NOT NULL,
    sightings           integer      NOT NULL DEFAULT 1 CHECK (sightings > 0),
    last_crawl          text         CHECK (last_crawl <> ''),
    listed              boolean      NOT NULL DEFAULT false,
    first_confirmed_at  timestamptz,
    last_confirmed_at   timestamptz,
    PRIMARY KEY (site, no),
    CHECK (first_seen_at <= last_seen_at),
    CHECK (first_confirmed_at <= last_confirmed_at)
);
CREATE INDEX removed_articles_by_crawl ON removed_articles (site, last_crawl);
CREATE INDEX removed_articles_by_time ON removed_articles (site, last_seen_at);
COMMENT ON TABLE removed_articles IS 'Articles that answered as removed, whether they were ever stored or not.';
COMMENT ON COLUMN removed_articles.site IS 'Host of the site.';
COMMENT ON COLUMN removed_articles.no IS 'Number of the article.';
COMMENT ON COLUMN removed_articles.form IS 'How the site said so last: 404, 410, alert, front page or empty body.';
COMMENT ON COLUMN removed_articles.first_seen_at IS 'When it was found removed first.';
COMMENT ON COLUMN removed_articles.last_seen_at IS 'When it was found removed last.';
COMMENT ON COLUMN removed_articles.sightings IS 'How many times it was found removed.';
COMMENT ON COLUMN removed_articles.last_crawl IS 'The crawl that found it removed last.';
COMMENT ON COLUMN removed_articles.listed IS 'True where a list led to it. Otherwise its number was tried, and it may never have been an article.';
COMMENT ON COLUMN removed_articles.first_confirmed_at IS 'When a crawl whose checks count (crawls.gone_after) found it removed first, since it was last there.';
COMMENT ON COLUMN removed_articles.last_confirmed_at IS 'When such a crawl found it removed last.';

CREATE TABLE export_marks (
    name            text         NOT NULL CHECK (name <> ''),
    kind            text         NOT NULL CHECK (kind <> ''),
    filters         text         CHECK (filters <> ''),
    exported_until  timestamptz,
    begun_until     timestamptz,
    exported_at     timestamptz,
    PRIMARY KEY (name, kind)
);
COMMENT ON TABLE export_marks IS 'How far the exports under a name came (asiatongsin export --new-since).';
COMMENT ON COLUMN export_marks.name IS 'Name that the user has given.';
COMMENT ON COLUMN export_marks.kind IS 'What is exported: articles, weather and so on.';
COMMENT ON COLUMN export_marks.filters IS 'Filters of the export, as they were written; others need another name. NULL: none.';
COMMENT ON COLUMN export_marks.exported_until IS 'All changes stamped until then are in files. NULL where no export has ended yet.';
COMMENT ON COLUMN export_marks.begun_until IS 'All changes stamped until then are in the export that began last. Later changes get a later stamp, whatever the clock says.';
COMMENT ON COLUMN export_marks.exported_at IS 'When the last file was whole.';

CREATE TABLE reparse_bookmarks (
    key             text         NOT NULL CHECK (key <> ''),
    file            text         NOT NULL CHECK (file <> ''),
    capture_offset  bigint       NOT NULL CHECK (capture_offset >= 0),
    files_before    text         NOT NULL CHECK (files_before <> ''),
    stored_at       timestamptz  NOT NULL DEFAULT now(),
    PRIMARY KEY (key)
);
COMMENT ON TABLE reparse_bookmarks IS 'How far interrupted runs of asiatongsin reparse came. A run that ends well removes its row.';
COMMENT ON COLUMN reparse_bookmarks.key IS 'SHA-256 of the arguments and of the program. With other arguments or selectors, a run begins anew.';
COMMENT ON COLUMN reparse_bookmarks.file IS 'WARC file that was being read.';
COMMENT ON COLUMN reparse_bookmarks.capture_offset IS 'Byte in that file; all captures before it are stored.';
COMMENT ON COLUMN reparse_bookmarks.files_before IS 'SHA-256 of the names of that file and those before it. With other files, a run begins anew.';
COMMENT ON COLUMN reparse_bookmarks.stored_at IS 'When it was written.';

CREATE TABLE sites (
    site              text         NOT NULL CHECK (site <> ''),
    base              text         NOT NULL CHECK (base <> ''),
    schedule          text         CHECK (schedule <> ''),
    time_zone         text         NOT NULL DEFAULT 'Asia/Seoul' CHECK (time_zone <> ''),
    next_at           timestamptz,
    priority          integer      NOT NULL DEFAULT 0,
    politeness_group  text         CHECK (politeness_group <> ''),
    settings          jsonb        NOT NULL DEFAULT '{}'::jsonb CHECK (jsonb_typeof(settings) = 'object'),
    arguments         jsonb        NOT NULL DEFAULT '{}'::jsonb CHECK (jsonb_typeof(arguments) = 'object'),
    machine           text         CHECK (machine <> ''),
    begun_at          timestamptz,
    attempts          integer      NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    failed_at         timestamptz,
    status            integer,
    paused_at         timestamptz,
    retired_at        timestamptz,
    added_at          timestamptz  NOT NULL DEFAULT now(),
    note              text         CHECK (note <> ''),
    PRIMARY KEY (site)
);
CREATE INDEX sites_due ON sites (next_at) WHERE paused_at IS NULL AND retired_at IS NULL;
COMMENT ON TABLE sites IS 'Sites that were added by asiatongsin sites, with when and how each is crawled.';
COMMENT ON COLUMN sites.site IS 'Host of the site.';
COMMENT ON COLUMN sites.base IS 'Address of the site: scheme, host and port.';
COMMENT ON COLUMN sites.schedule IS 'When it is crawled: every 30m, or a cron expression. NULL: only by hand.';
COMMENT ON COLUMN sites.time_zone IS 'Time zone in which a cron expression is meant.';
COMMENT ON COLUMN sites.next_at IS 'When it is due; moved on to the next time as a crawl begins. NULL: it has no schedule.';
COMMENT ON COLUMN sites.priority IS 'Of sites that are due at once, those with a higher number begin first.';
COMMENT ON COLUMN sites.politeness_group IS 'Sites of one group share a server: no two of them are crawled at once. NULL: the site is alone on its server.';
COMMENT ON COLUMN sites.settings IS 'Settings that hold for this site alone, also where it is crawled by hand.';
COMMENT ON COLUMN sites.arguments IS 'Arguments of each of its crawls, for example sections. An argument that is given to a crawl itself is used instead.';
COMMENT ON COLUMN sites.machine IS 'Machine that crawls it now for the schedule; NULL where none does.';
COMMENT ON COLUMN sites.begun_at IS 'When that crawl began.';
COMMENT ON COLUMN sites.attempts IS 'How many crawls of the schedule were killed since one ended by itself.';
COMMENT ON COLUMN sites.failed_at IS 'When the schedule gave up until its next time, since too many crawls were killed. NULL: one ended by itself since.';
COMMENT ON COLUMN sites.status IS 'Exit status of the last crawl of the schedule that ended by itself; NULL: none did.';
COMMENT ON COLUMN sites.paused_at IS 'Since when it is paused: the schedule leaves it out. NULL where it is not.';
COMMENT ON COLUMN sites.retired_at IS 'Since when it is retired: it is no longer crawled, and asiatongsin status asks for nothing. NULL where it is not.';
COMMENT ON COLUMN sites.added_at IS 'When it was added.';
COMMENT ON COLUMN sites.note IS 'What the operator notes about it.';

CREATE TABLE site_troubles (
    site        text         NOT NULL CHECK (site <> ''),
    troubles    jsonb        NOT NULL CHECK (jsonb_typeof(troubles) = 'object'),
    changed_at  timestamptz  NOT NULL DEFAULT now(),
    PRIMARY KEY (site)
);
COMMENT ON TABLE site_troubles IS 'What is wrong with the crawls of a site, and who was told: several machines tell it once.';
COMMENT ON COLUMN site_troubles.site IS 'Host of the site.';
COMMENT ON COLUMN site_troubles.troubles IS 'The troubles, as the file in the data folder holds them.';
COMMENT ON COLUMN site_troubles.changed_at IS 'When a crawl changed them last.';

CREATE TABLE machines (
    machine        text         NOT NULL CHECK (machine <> ''),
    version        text         NOT NULL CHECK (version <> ''),
    slots          integer      NOT NULL CHECK (slots > 0),
    started_at     timestamptz  NOT NULL,
    seen_at        timestamptz  NOT NULL,
    stop_asked_at  timestamptz,
    stopped_at     timestamptz,
    spool_pages    integer      NOT NULL DEFAULT 0 CHECK (spool_pages >= 0),
    refused        integer      NOT NULL DEFAULT 0 CHECK (refused >= 0),
    PRIMARY KEY (machine)
);
COMMENT ON TABLE machines IS 'Machines on which asiatongsin fleet worker runs, or ran.';
COMMENT ON COLUMN machines.machine IS 'Name of the machine: the setting FLEET_MACHINE, else its host name.';
COMMENT ON COLUMN machines.version IS 'Version of the program there.';
COMMENT ON COLUMN machines.slots IS 'How many crawls it runs at once.';
COMMENT ON COLUMN machines.started_at IS 'When its worker started.';
COMMENT ON COLUMN machines.seen_at IS 'When it was heard of last.';
COMMENT ON COLUMN machines.stop_asked_at IS 'When somebody asked it to end; NULL where nobody did.';
COMMENT ON COLUMN machines.stopped_at IS 'When its worker ended in good order; NULL while it runs, or where it was killed.';
COMMENT ON COLUMN machines.spool_pages IS 'Pages that wait in its spool, of crawls that have ended.';
COMMENT ON COLUMN machines.refused IS 'Files in its data folder with pages that the database refused.';

CREATE TABLE archive_files (
    file           text         NOT NULL CHECK (file <> ''),
    site           text         NOT NULL CHECK (site <> ''),
    crawl          text         NOT NULL CHECK (crawl <> ''),
    machine        text         NOT NULL CHECK (machine <> ''),
    bytes          bigint       NOT NULL CHECK (bytes >= 0),
    sha256         text         CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    state          text         NOT NULL CHECK (state = ANY (ARRAY['waiting', 'stored'])),
    object         text         CHECK (object <> ''),
    object_offset  bigint       CHECK (object_offset >= 0),
    noted_at       timestamptz  NOT NULL DEFAULT now(),
    stored_at      timestamptz,
    PRIMARY KEY (file),
    CHECK ((state = 'stored') = (object IS NOT NULL AND object_offset IS NOT NULL AND sha256 IS NOT NULL AND stored_at IS NOT NULL))
);
CREATE INDEX archive_files_of_site ON archive_files (site, file);
CREATE INDEX archive_files_waiting ON archive_files (machine) WHERE state = 'waiting';
COMMENT ON TABLE archive_files IS 'WARC files that are, or are to be, in the archive store (ARCHIVE_STORE).';
COMMENT ON COLUMN archive_files.file IS 'The file as the rows of articles name it, below the data folder.';
COMMENT ON COLUMN archive_files.site IS 'Host of the site.';
COMMENT ON COLUMN archive_files.crawl IS 'Crawl that wrote it.';
COMMENT ON COLUMN archive_files.machine IS 'Machine on which it was written.';
COMMENT ON COLUMN archive_files.bytes IS 'Its size.';
COMMENT ON COLUMN archive_files.sha256 IS 'SHA-256 of the whole file; NULL until it is packed.';
COMMENT ON COLUMN archive_files.state IS 'waiting: it is on the disk of its machine alone. stored: it is in the store as well, or there alone.';
COMMENT ON COLUMN archive_files.object IS 'Object of the store that holds it, together with other files of the site.';
COMMENT ON COLUMN archive_files.object_offset IS 'Byte of the object at which the file begins.';
COMMENT ON COLUMN archive_files.noted_at IS 'When it was found on the disk of its machine.';
COMMENT ON COLUMN archive_files.stored_at IS 'When the store was seen to hold it, byte for byte.';

CREATE TABLE reparse_runs (
    run          bigint       GENERATED ALWAYS AS IDENTITY NOT NULL,
    arguments    jsonb        NOT NULL CHECK (jsonb_typeof(arguments) = 'object'),
    asked_at     timestamptz  NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    PRIMARY KEY (run)
);
COMMENT ON TABLE reparse_runs IS 'Runs of asiatongsin reparse --fleet.';
COMMENT ON COLUMN reparse_runs.run IS 'Number of the run.';
COMMENT ON COLUMN reparse_runs.arguments IS 'Which pages: site, no, since, until.';
COMMENT ON COLUMN reparse_runs.asked_at IS 'When it was asked for.';
COMMENT ON COLUMN reparse_runs.finished_at IS 'When its last shard ended; NULL while one is left.';

CREATE TABLE reparse_shards (
    run          bigint       NOT NULL,
    site         text         NOT NULL CHECK (site <> ''),
    part         integer      NOT NULL CHECK (part > 0),
    files        integer      NOT NULL CHECK (files > 0),
    first_file   text         NOT NULL CHECK (first_file <> ''),
    last_file    text         NOT NULL CHECK (last_file <> ''),
    only_on      text         CHECK (only_on <> ''),
    next_at      timestamptz,
    machine      text         CHECK (machine <> ''),
    begun_at     timestamptz,
    attempts     integer      NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    finished_at  timestamptz,
    status       integer,
    sentence     text         CHECK (sentence <> ''),
    captures     integer      NOT NULL DEFAULT 0 CHECK (captures >= 0),
    differing    integer      NOT NULL DEFAULT 0 CHECK (differing >= 0),
    PRIMARY KEY (run, site, part),
    FOREIGN KEY (run) REFERENCES reparse_runs(run) ON DELETE CASCADE
);
CREATE INDEX reparse_shards_open ON reparse_shards (site, run, part) WHERE finished_at IS NULL;
COMMENT ON TABLE reparse_shards IS 'Parts of a run of asiatongsin reparse --fleet: the archive of a site or, where it is large, some files of it.';
COMMENT ON COLUMN reparse_shards.run IS 'The run.';
COMMENT ON COLUMN reparse_shards.site IS 'Host of the site.';
COMMENT ON COLUMN reparse_shards.part IS 'Its place among those of the site, from 1 on: they are read in order.';
COMMENT ON COLUMN reparse_shards.files IS 'How many WARC files it has.';
COMMENT ON COLUMN reparse_shards.first_file IS 'Name of the first of them.';
COMMENT ON COLUMN reparse_shards.last_file IS 'Name of the last of them.';
COMMENT ON COLUMN reparse_shards.only_on IS 'Machine on whose disk alone its files were when it was asked for; NULL: the archive store has them.';
COMMENT ON COLUMN reparse_shards.next_at IS 'When it is to begin, at the earliest; NULL: as soon as it can.';
COMMENT ON COLUMN reparse_shards.machine IS 'Machine that reads it, or has read it.';
COMMENT ON COLUMN reparse_shards.begun_at IS 'When that began.';
COMMENT ON COLUMN reparse_shards.attempts IS 'How many attempts were killed or failed.';
COMMENT ON COLUMN reparse_shards.finished_at IS 'When it ended; NULL while it is left.';
COMMENT ON COLUMN reparse_shards.status IS 'Exit status of the re-parse.';
COMMENT ON COLUMN reparse_shards.sentence IS 'What it said at its end, or why it is tried again.';
COMMENT ON COLUMN reparse_shards.captures IS 'Captures that its last attempt read again.';
COMMENT ON COLUMN reparse_shards.differing IS 'Those of them whose stored rows differed.';

CREATE TABLE asiatongsin_migrations (
    version     integer      NOT NULL,
    name        text         NOT NULL,
    applied_at  timestamptz  NOT NULL DEFAULT now(),
    PRIMARY KEY (version)
);
COMMENT ON TABLE asiatongsin_migrations IS 'Which changes of the schema were made.';
COMMENT ON COLUMN asiatongsin_migrations.version IS 'Number of the change.';
COMMENT ON COLUMN asiatongsin_migrations.name IS 'What it did.';
COMMENT ON COLUMN asiatongsin_migrations.applied_at IS 'When it was made.';

CREATE VIEW articles AS
SELECT t.site, t.no, t.url, t.section, t.headline, t.subheadline, t.reporter, t.reporter_email, t.published_at,
    t.modified_at, t.body, t.language, t.content_hash, t.revision, t.first_seen_at,
    coalesce(c.fetched_at, t.fetched_at) AS fetched_at, t.gone_at,
    CASE WHEN c.fetched_at IS NULL THEN t.archive_file ELSE c.archive_file END AS archive_file,
    CASE WHEN c.fetched_at IS NULL THEN t.archive_offset ELSE c.archive_offset END AS archive_offset,
    CASE WHEN c.fetched_at IS NULL THEN t.archive_length ELSE c.archive_length END AS archive_length,
    CASE WHEN c.fetched_at IS NULL THEN t.payload_digest ELSE c.payload_digest END AS payload_digest,
    t.returned,
    CASE WHEN c.fetched_at IS NULL THEN t.text_fetched_at ELSE coalesce(t.text_fetched_at, t.fetched_at) END
        AS text_fetched_at,
    CASE WHEN c.fetched_at IS NULL OR t.text_fetched_at IS NOT NULL THEN t.text_archive_file ELSE t.archive_file END
        AS text_archive_file,
    CASE WHEN c.fetched_at IS NULL OR t.text_fetched_at IS NOT NULL THEN t.text_archive_offset ELSE t.archive_offset END
        AS text_archive_offset,
    CASE WHEN c.fetched_at IS NULL OR t.text_fetched_at IS NOT NULL THEN t.text_archive_length ELSE t.archive_length END
        AS text_archive_length,
    t.changed_at
FROM article_texts AS t
LEFT JOIN article_checks AS c ON c.site = t.site AND c.no = t.no AND c.fetched_at > t.fetched_at;
COMMENT ON VIEW articles IS 'One row per article: its newest captured text.';
COMMENT ON COLUMN articles.site IS 'Host of the site without www., with the port where there is one.';
COMMENT ON COLUMN articles.no IS 'Number of the article on its site; with site its identity.';
COMMENT ON COLUMN articles.url IS 'Canonical address, however a page wrote it.';
COMMENT ON COLUMN articles.section IS 'Name of the section printed above the headline.';
COMMENT ON COLUMN articles.headline IS 'Headline.';
COMMENT ON COLUMN articles.subheadline IS 'Sub-headline; several printed lines stay several lines.';
COMMENT ON COLUMN articles.reporter IS 'Person of the info line, else of the byline in the body, without the title 기자; never a desk.';
COMMENT ON COLUMN articles.reporter_email IS 'E-mail address printed for the reporter or the desk.';
COMMENT ON COLUMN articles.published_at IS 'Printed time of 등록, else of the list page, else of the page''s metadata.';
COMMENT ON COLUMN articles.modified_at IS 'Printed time of 수정.';
COMMENT ON COLUMN articles.body IS 'Paragraphs as printed, joined by a blank line; NULL for a photo or video alone.';
COMMENT ON COLUMN articles.language IS 'Language the page declares, such as ko.';
COMMENT ON COLUMN articles.content_hash IS 'SHA-256 of headline, sub-headline and body with white space folded.';
COMMENT ON COLUMN articles.revision IS '1, 2, …: goes up when the content hash changes.';
COMMENT ON COLUMN articles.first_seen_at IS 'When the article was fetched first.';
COMMENT ON COLUMN articles.fetched_at IS 'When the article was fetched last.';
COMMENT ON COLUMN articles.gone_at IS 'When the site was found to have removed the article; its text stays.';
COMMENT ON COLUMN articles.archive_file IS 'WARC file below the data folder that holds the page; NULL where it was not archived.';
COMMENT ON COLUMN articles.archive_offset IS 'Byte of that file at which the record of the page begins.';
COMMENT ON COLUMN articles.archive_length IS 'Bytes of that record, compressed.';
COMMENT ON COLUMN articles.payload_digest IS 'Digest of the page as received: sha1: and Base32, as in WARC-Payload-Digest.';
COMMENT ON COLUMN articles.returned IS 'The article had been gone before this text was fetched. The text may be that of the revision before.';
COMMENT ON COLUMN articles.text_fetched_at IS 'When this text was fetched first; NULL where it was fetched once, at fetched_at.';
COMMENT ON COLUMN articles.text_archive_file IS 'WARC file of the page that was fetched at text_fetched_at; NULL where it was not archived.';
COMMENT ON COLUMN articles.text_archive_offset IS 'Byte of that file at which the record of that page begins.';
COMMENT ON COLUMN articles.text_archive_length IS 'Bytes of that record, compressed.';
COMMENT ON COLUMN articles.changed_at IS 'When the article changed last: a text, a photo or other content that was not stored before, or it was found gone or back. A visit that finds the same does not count. NULL: not since version 24 of the schema.';

CREATE VIEW article_revisions AS
SELECT site, no, revision, fetched_at, headline, subheadline, body, modified_at, content_hash,
    archive_file, archive_offset, archive_length, returned
FROM replaced_texts
UNION ALL
SELECT site, no, revision, coalesce(text_fetched_at, fetched_at), headline, subheadline, body, modified_at, content_hash,
    CASE WHEN text_fetched_at IS NULL THEN archive_file ELSE text_archive_file END,
    CASE WHEN text_fetched_at IS NULL THEN archive_offset ELSE text_archive_offset END,
    CASE WHEN text_fetched_at IS NULL THEN archive_length ELSE text_archive_length END,
    returned
FROM article_texts AS a WHERE NOT EXISTS (
    SELECT FROM replaced_texts AS r WHERE r.site = a.site AND r.no = a.no AND r.revision = a.revision
);
COMMENT ON VIEW article_revisions IS 'Every text an article had when it was fetched, oldest first; the newest is that of articles.';
COMMENT ON COLUMN article_revisions.site IS 'Host of the site.';
COMMENT ON COLUMN article_revisions.no IS 'Number of the article.';
COMMENT ON COLUMN article_revisions.revision IS '1, 2, …: a new one where the content hash differs from that of the one before.';
COMMENT ON COLUMN article_revisions.fetched_at IS 'When this text was fetched first.';
COMMENT ON COLUMN article_revisions.headline IS 'Headline.';
COMMENT ON COLUMN article_revisions.subheadline IS 'Sub-headline; several printed lines stay several lines.';
COMMENT ON COLUMN article_revisions.body IS 'Paragraphs as printed, joined by a blank line; NULL for a photo or video alone.';
COMMENT ON COLUMN article_revisions.modified_at IS 'Printed time of 수정.';
COMMENT ON COLUMN article_revisions.content_hash IS 'SHA-256 of headline, sub-headline and body with white space folded.';
COMMENT ON COLUMN article_revisions.archive_file IS 'WARC file below the data folder that holds the page with this text; NULL where it was not archived.';
COMMENT ON COLUMN article_revisions.archive_offset IS 'Byte of that file at which the record of the page begins.';
COMMENT ON COLUMN article_revisions.archive_length IS 'Bytes of that record, compressed.';
COMMENT ON COLUMN article_revisions.returned IS 'The article had been gone before this capture. The text may be that of the revision before.';

CREATE VIEW related_stories AS
SELECT s.site, s.no, s.blocks[width_bucket(t.place::integer, s.starts)] AS block,
    coalesce(s.positions[t.place], t.place::integer - s.starts[width_bucket(t.place::integer, s.starts)] + 1) AS position,
    t.related_no, e.title, e.lead, e.image_url, coalesce(s.last_seen_at, a.fetched_at) AS fetched_at
FROM shown_teasers AS s
JOIN articles AS a ON a.site = s.site AND a.no = s.no
CROSS JOIN LATERAL unnest(s.related_nos, s.variants) WITH ORDINALITY AS t (related_no, variant, place)
LEFT JOIN teasers AS e ON e.site = s.site AND e.related_no = t.related_no AND e.variant = t.variant;
COMMENT ON VIEW related_stories IS 'Teasers around an article when it was fetched last.';
COMMENT ON COLUMN related_stories.site IS 'Host of the site.';
COMMENT ON COLUMN related_stories.no IS 'Number of the article whose page showed the teaser.';
COMMENT ON COLUMN related_stories.block IS 'Printed title of the block, or its widget class.';
COMMENT ON COLUMN related_stories.position IS 'Place within the block, from 1.';
COMMENT ON COLUMN related_stories.related_no IS 'Number of the other article; it may be older than everything stored.';
COMMENT ON COLUMN related_stories.title IS 'Title as printed.';
COMMENT ON COLUMN related_stories.lead IS 'Start of the other article''s body, cut by the site at 600 characters of its source.';
COMMENT ON COLUMN related_stories.image_url IS 'Absolute address of the thumbnail.';
COMMENT ON COLUMN related_stories.fetched_at IS 'When the page was fetched.';

CREATE VIEW related_story_history AS
SELECT s.site, s.no, s.blocks[width_bucket(t.place::integer, s.starts)] AS block, t.related_no,
    min(s.first_seen_at) AS first_seen_at, max(s.last_seen_at) AS last_seen_at
FROM (
    SELECT n.site, n.no, n.first_seen_at, coalesce(n.last_seen_at, a.fetched_at) AS last_seen_at, n.blocks, n.starts, n.related_nos
    FROM shown_teasers AS n JOIN articles AS a ON a.site = n.site AND a.no = n.no
    UNION ALL
    SELECT site, no, first_seen_at, last_seen_at, blocks, starts, related_nos FROM formerly_shown_teasers
) AS s
CROSS JOIN LATERAL unnest(s.related_nos) WITH ORDINALITY AS t (related_no, place)
GROUP BY 1, 2, 3, 4;
COMMENT ON VIEW related_story_history IS 'Which article led to which, in which block, and when that was seen. What was shown before version 18 of the schema is known as it was last.';
COMMENT ON COLUMN related_story_history.site IS 'Host of the site.';
COMMENT ON COLUMN related_story_history.no IS 'Number of the article whose page showed the teaser.';
COMMENT ON COLUMN related_story_history.block IS 'Printed title of the block, or its widget class.';
COMMENT ON COLUMN related_story_history.related_no IS 'Number of the other article.';
COMMENT ON COLUMN related_story_history.first_seen_at IS 'When a page was first fetched that showed it.';
COMMENT ON COLUMN related_story_history.last_seen_at IS 'When a page was last fetched that showed it.';

CREATE VIEW related_numbers AS
SELECT site, related_no FROM teasers;
COMMENT ON VIEW related_numbers IS 'Numbers of articles to which stored pages lead or have led; one may be there several times.';
COMMENT ON COLUMN related_numbers.site IS 'Host of the site.';
COMMENT ON COLUMN related_numbers.related_no IS 'Number of the article.';

CREATE VIEW weather_readings AS
SELECT s.id AS snapshot_id, r.position, r.city, r.condition, r.icon, r.temperature_c, w.station_id
FROM weather_snapshots AS s JOIN weather_strips AS r USING (readings_hash)
LEFT JOIN weather_stations AS w ON w.name_ko = r.city;
COMMENT ON VIEW weather_readings IS 'The cities of a weather strip, in printed order.';
COMMENT ON COLUMN weather_readings.snapshot_id IS 'The snapshot the reading belongs to.';
COMMENT ON COLUMN weather_readings.position IS 'Place in the strip, from 1.';
COMMENT ON COLUMN weather_readings.city IS 'Name as printed.';
COMMENT ON COLUMN weather_readings.condition IS 'Sky as a word; NULL where the strip prints none or -: unknown, not clear.';
COMMENT ON COLUMN weather_readings.icon IS 'Class of the icon, such as iw04.';
COMMENT ON COLUMN weather_readings.temperature_c IS 'Air temperature in degrees Celsius.';
COMMENT ON COLUMN weather_readings.station_id IS 'Station with exactly this name, where it is known.';

CREATE VIEW crawl_coverage AS
SELECT c.id AS crawl, substring(f.name, '^(.*) ') AS part, substring(f.name, '[^ ]*$') AS field, f.pages, f.found,
    f.amount, f.fell, c.site, c.number
FROM crawls AS c, unnest(ARRAY[c.coverage, c.article_coverage]) AS of_crawl (id) JOIN coverage_counts AS o USING (id),
    unnest(o.fields, o.pages, o.found, o.amounts, o.fell) AS f (name, pages, found, amount, fell);
COMMENT ON VIEW crawl_coverage IS 'On how many pages of a crawl each field was found in its own place on the page.';
COMMENT ON COLUMN crawl_coverage.crawl IS 'The crawl.';
COMMENT ON COLUMN crawl_coverage.part IS 'Part of the page. article: the article; strip: the weather strip; front: the front page and its menu. list 22: the list pages of section 22; list 0: those of all articles.';
COMMENT ON COLUMN crawl_coverage.field IS 'What was looked for.';
COMMENT ON COLUMN crawl_coverage.pages IS 'Pages that should have the part. For the field answer: pages that were asked for.';
COMMENT ON COLUMN crawl_coverage.found IS 'Those on which the field was found in its own place. A value taken from metadata or a list page does not count.';
COMMENT ON COLUMN crawl_coverage.amount IS 'How much of it was found, on all pages together: characters of bodies, cities, blocks of related stories, teasers. NULL where a field is only there or not, and for crawls before version 9 of the schema.';
COMMENT ON COLUMN crawl_coverage.fell IS 'Less of it was found than should have been. Holds until a crawl meets the field again and finds enough of it.';
COMMENT ON COLUMN crawl_coverage.site IS 'Site of the crawl.';
COMMENT ON COLUMN crawl_coverage.number IS 'Number of the crawl.';
