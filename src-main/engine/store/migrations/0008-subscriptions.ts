/** Folders that a person unsubscribed here, and accounts that show nothing but what is subscribed (docs/decisions/0063). */
export const subscriptions = `
ALTER TABLE folders ADD COLUMN put_away INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN subscribed_only INTEGER NOT NULL DEFAULT 0;
`;
