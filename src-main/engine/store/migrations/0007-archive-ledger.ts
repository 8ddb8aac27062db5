/** How often and how lately each archive copy was tried is asked whenever the outbox looks for what is due. */
export const archiveLedger = `
CREATE INDEX archive_ledger_outbox ON archive_ledger (outbox_id);
`;
