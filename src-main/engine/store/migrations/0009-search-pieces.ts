/**
 * Sixteen pieces of the search index side by side before they are put together, instead of eight: what comes in is written about once and a
 * half instead of twice. It is the number at which FTS5 puts them together in any case.
 */
export const searchPieces = `
INSERT INTO search (search, rank) VALUES ('automerge', 16);
INSERT INTO word_parts (word_parts, rank) VALUES ('automerge', 16);
`;
