-- Edits of the last days are found without looking at all articles.
CREATE INDEX article_texts_by_edit ON article_texts (coalesce(text_fetched_at, fetched_at)) WHERE revision > 1;
CREATE INDEX replaced_texts_by_edit ON replaced_texts (fetched_at) WHERE revision > 1;
