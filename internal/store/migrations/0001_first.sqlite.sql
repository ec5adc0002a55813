-- The full-text index of messages and notes. Its rowid is the position in the
-- log, so that newest first is its own order. It keeps no text: what a person
-- took back is deleted from the index by the words that were indexed.
CREATE VIRTUAL TABLE search USING fts5(words, content='', columnsize=0, tokenize='unicode61 remove_diacritics 2', prefix='2 3');

INSERT INTO search(search, rank) VALUES ('secure-delete', 1);
