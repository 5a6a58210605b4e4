-- Who pasted a document into a review: '' is nobody, or of one that was saved before
-- this was kept, somebody.
ALTER TABLE sources ADD COLUMN who TEXT NOT NULL DEFAULT '';

-- Decisions up to this moment were taken in another review, of which this one began as
-- a copy: that one remembers what they say.
ALTER TABLE reviews ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;
