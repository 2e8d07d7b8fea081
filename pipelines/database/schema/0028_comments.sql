-- Comments in plain words: one thought a sentence, and the names that commands have now. No table changes.
COMMENT ON COLUMN article_texts.url IS
    'Canonical address, however a page wrote it.';
COMMENT ON COLUMN article_texts.returned IS
    'The article had been gone before this text was fetched. The text may be that of the revision before.';
COMMENT ON COLUMN article_texts.changed_at IS
    'When the article changed last: a text, a photo or other content that was not stored before, or it was found gone or back. A visit that finds the same does not count. NULL: not since version 24 of the schema.';
COMMENT ON TABLE former_articles IS
    'Articles whose number the site has given to another article, as they were stored last. Their texts are in article_revisions as well: those fetched before replaced_at.';
COMMENT ON COLUMN former_articles.url IS
    'Canonical address, however a page wrote it.';
COMMENT ON TABLE article_links IS
    'Where an article leads: its attachments, what is embedded in it, and the links in its text. For articles stored before version 13 of the schema, asiatongsin reparse fills it.';
COMMENT ON TABLE replaced_texts IS
    'Texts that article_texts does not hold as they were fetched first, above all older ones. The view article_revisions shows all texts.';
COMMENT ON COLUMN replaced_texts.returned IS
    'The article had been gone before this capture. The text may be that of the revision before.';
COMMENT ON COLUMN article_checks.listed_as IS
    'What a list printed about the article, as 16 hexadecimal digits, where that differed from what is stored. The article was fetched for it, and is not fetched again while the list prints the same. NULL where the two agree.';
COMMENT ON COLUMN article_checks.fetched_at IS
    'When the article was fetched last, if its page held what is stored already and article_texts does not note that. NULL otherwise.';
COMMENT ON COLUMN teasers.variant IS
    'Tells the teasers of one article apart: the first 64 bits of a SHA-256. It is that of title, lead and image_url, each with a zero byte behind it.';
COMMENT ON COLUMN weather_snapshots.readings_hash IS
    'SHA-256 of the readings: it stays the same while the strip does.';
COMMENT ON COLUMN crawls.walked IS
    'Lists that were walked as far as asked: section numbers, and 0 for the list of all articles. In other lists, articles behind known ones may be missing.';
COMMENT ON COLUMN crawls.gone_after IS
    'How far apart two checks must be that find an article removed, until it counts as gone (GONE_AFTER). NULL where the checks of this crawl do not count.';
COMMENT ON COLUMN crawls.since IS
    'Time given by -a since=. Older articles were not asked for, so they may be missing from the lists in walked. NULL: no time was given.';
COMMENT ON TABLE walked_lists IS
    'What crawls found out about each list. A list without a row has not been walked to its end since this table was made.';
COMMENT ON COLUMN walked_lists.looked_back_at IS
    'When a crawl last looked back on this list, past known articles for those that appeared late, or came to its end.';
COMMENT ON COLUMN walked_lists.looked_back_to IS
    'The page to which that crawl went. 0 where it came to the end: the next look back begins at the first pages.';
COMMENT ON TABLE missing_fields IS
    'Missing fields: those that crawls find much less often than usual. A row is removed when enough pages have the field again.';
COMMENT ON COLUMN missing_fields.usual_share IS
    'Share of the pages that had it before it fell. NULL where it fell before this table was made, or where it is no longer looked for.';
COMMENT ON COLUMN missing_fields.usual_mean IS
    'How much of it a page had before it fell. NULL also where its amount is not counted.';
COMMENT ON COLUMN removed_articles.listed IS
    'True where a list led to it. Otherwise its number was tried, and it may never have been an article.';
COMMENT ON COLUMN removed_articles.first_confirmed_at IS
    'When a crawl whose checks count (crawls.gone_after) found it removed first, since it was last there.';
COMMENT ON COLUMN export_marks.exported_until IS
    'All changes stamped until then are in files. NULL where no export has ended yet.';
COMMENT ON COLUMN export_marks.begun_until IS
    'All changes stamped until then are in the export that began last. Later changes get a later stamp, whatever the clock says.';
COMMENT ON TABLE reparse_bookmarks IS
    'How far interrupted runs of asiatongsin reparse came. A run that ends well removes its row.';
COMMENT ON COLUMN reparse_bookmarks.key IS
    'SHA-256 of the arguments and of the program. With other arguments or selectors, a run begins anew.';
COMMENT ON COLUMN reparse_bookmarks.files_before IS
    'SHA-256 of the names of that file and those before it. With other files, a run begins anew.';
COMMENT ON COLUMN sites.priority IS
    'Of sites that are due at once, those with a higher number begin first.';
COMMENT ON COLUMN sites.politeness_group IS
    'Sites of one group share a server: no two of them are crawled at once. NULL: the site is alone on its server.';
COMMENT ON COLUMN sites.arguments IS
    'Arguments of each of its crawls, for example sections. An argument that is given to a crawl itself is used instead.';
COMMENT ON COLUMN sites.failed_at IS
    'When the schedule gave up until its next time, since too many crawls were killed. NULL: one ended by itself since.';
COMMENT ON COLUMN sites.paused_at IS
    'Since when it is paused: the schedule leaves it out. NULL where it is not.';
COMMENT ON COLUMN sites.retired_at IS
    'Since when it is retired: it is no longer crawled, and asiatongsin status asks for nothing. NULL where it is not.';
COMMENT ON COLUMN reparse_shards.differing IS
    'Those of them whose stored rows differed.';
COMMENT ON COLUMN articles.url IS
    'Canonical address, however a page wrote it.';
COMMENT ON COLUMN articles.returned IS
    'The article had been gone before this text was fetched. The text may be that of the revision before.';
COMMENT ON COLUMN articles.changed_at IS
    'When the article changed last: a text, a photo or other content that was not stored before, or it was found gone or back. A visit that finds the same does not count. NULL: not since version 24 of the schema.';
COMMENT ON COLUMN article_revisions.returned IS
    'The article had been gone before this capture. The text may be that of the revision before.';
COMMENT ON COLUMN crawl_coverage.part IS
    'Part of the page. article: the article; strip: the weather strip; front: the front page and its menu. list 22: the list pages of section 22; list 0: those of all articles.';
COMMENT ON COLUMN crawl_coverage.pages IS
    'Pages that should have the part. For the field answer: pages that were asked for.';
COMMENT ON COLUMN crawl_coverage.found IS
    'Those on which the field was found in its own place. A value taken from metadata or a list page does not count.';
COMMENT ON COLUMN crawl_coverage.amount IS
    'How much of it was found, on all pages together: characters of bodies, cities, blocks of related stories, teasers. NULL where a field is only there or not, and for crawls before version 9 of the schema.';
