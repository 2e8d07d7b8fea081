-- A capture that comes late may show a text as it was first, with another blank or time of 수정 than the newest text has.
CREATE TRIGGER replaced_texts_added AFTER INSERT ON replaced_texts REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
CREATE TRIGGER replaced_texts_deleted AFTER DELETE ON replaced_texts REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
