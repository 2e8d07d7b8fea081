-- Numbers that a site gives out again: the article before is kept, and what a list said is remembered.

CREATE TABLE former_articles (
    LIKE articles INCLUDING COMMENTS,
    replaced_at timestamptz NOT NULL,
    PRIMARY KEY (site, no, replaced_at)
);
COMMENT ON TABLE former_articles IS
    'Articles whose number the site has given to another article, as they were stored last. Their texts are in'
    ' article_revisions as well, as those that were fetched before replaced_at.';
COMMENT ON COLUMN former_articles.replaced_at IS 'When the other article was fetched first.';

ALTER TABLE article_checks ADD COLUMN listed_as text CHECK (listed_as <> '');
COMMENT ON COLUMN article_checks.listed_as IS
    'What a list said, as 16 hexadecimal digits, where that was not what is stored and the article was fetched for it;'
    ' while the list says the same, it is not fetched again. NULL where the two agree.';
