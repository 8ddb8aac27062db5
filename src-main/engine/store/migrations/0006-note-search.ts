/** What members of a group wrote beside a mail, searchable: the notes as they are shown, and an index of their words. */
export const noteSearch = `
ALTER TABLE group_mail ADD COLUMN note_texts TEXT; -- JSON [text], oldest first; null: none
UPDATE group_mail SET note_texts = (
  SELECT json_group_array(json_extract(note.value, '$.text'))
  FROM team_messages t, json_each(t.state, '$.notes') note
  WHERE t.account_id = group_mail.account_id AND t.key = group_mail.key
) WHERE notes > 0;

-- One row a mail, under the message's id. Words as the search index folds them; a lone "_" stands between two notes.
CREATE VIRTUAL TABLE note_words USING fts5(
  notes, content='', contentless_delete=1, prefix='3', tokenize="unicode61 remove_diacritics 0 tokenchars '_'"
);
CREATE TRIGGER group_mail_gone AFTER DELETE ON group_mail BEGIN
  DELETE FROM note_words WHERE rowid = OLD.message_id;
END;
`;
