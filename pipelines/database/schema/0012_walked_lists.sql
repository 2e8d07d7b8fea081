-- What crawls found out about each list: whether its end was seen, and how far they looked back for late articles.

CREATE TABLE walked_lists (
    site            text        NOT NULL CHECK (site <> ''),
    section         bigint      NOT NULL CHECK (section >= 0),
    pages           integer     NOT NULL CHECK (pages >= 0),
    end_seen_at     timestamptz,
    looked_back_at  timestamptz NOT NULL,
    looked_back_to  integer     NOT NULL DEFAULT 0 CHECK (looked_back_to >= 0),
    PRIMARY KEY (site, section)
);
COMMENT ON TABLE walked_lists IS
    'What crawls found out about each list. A list without a row was not walked to its end since there is this table.';
COMMENT ON COLUMN walked_lists.site IS 'Host of the site.';
COMMENT ON COLUMN walked_lists.section IS 'Number of the section, 0 for the list of all articles.';
COMMENT ON COLUMN walked_lists.pages IS 'How many pages the list had when its end was seen; until then, how many were walked.';
COMMENT ON COLUMN walked_lists.end_seen_at IS 'When a crawl last came to the end of the list; NULL where none did.';
COMMENT ON COLUMN walked_lists.looked_back_at IS
    'When a crawl last walked on though all was known, for articles that appeared late, or came to the end.';
COMMENT ON COLUMN walked_lists.looked_back_to IS
    'The page to which it went; 0 where it came to the end, and the next one begins at the first pages.';
