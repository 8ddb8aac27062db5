/**
 * How many pieces of the search index stand side by side before they are put together. With FTS5's four every word of a first sync is
 * written three times; a search looks into some pieces more, which is not felt.
 */
export const searchMerging = `
INSERT INTO search (search, rank) VALUES ('automerge', 8);
INSERT INTO word_parts (word_parts, rank) VALUES ('automerge', 8);
`;
