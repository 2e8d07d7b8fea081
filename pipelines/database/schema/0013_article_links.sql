-- Where articles lead: the files that they offer, the videos and frames within them, the links in their text.

CREATE TABLE article_links (
    site      text    NOT NULL,
    no        bigint  NOT NULL,
    position  integer NOT NULL CHECK (position > 0),
    kind      text    NOT NULL CHECK (kind IN ('attachment', 'embed', 'link')),
    url       text    NOT NULL CHECK (url <> ''),
    text      text    CHECK (text <> ''),
    PRIMARY KEY (site, no, position),
    FOREIGN KEY (site, no) REFERENCES articles ON DELETE CASCADE
);
COMMENT ON TABLE article_links IS
    'Where an article leads: its attachments, what is embedded in it, the links in its text. `scrapy reparse` fills it'
    ' for articles of before version 13 of the schema.';
COMMENT ON COLUMN article_links.site IS 'Host of the site.';
COMMENT ON COLUMN article_links.no IS 'Number of the article.';
COMMENT ON COLUMN article_links.position IS
    'Place among the links of the article, from 1: in the order of the text, then the files that are offered beside it.';
COMMENT ON COLUMN article_links.kind IS
    'attachment: a file such as .hwp or .pdf; embed: a video, audio or frame within the text; link: any other address.';
COMMENT ON COLUMN article_links.url IS 'Absolute address.';
COMMENT ON COLUMN article_links.text IS 'Text of the link. NULL for embeds and for links around a photo.';
