-- Who pasted a document into a review: '' is nobody, or of one that was saved before
-- this was kept, somebody.
ALTER TABLE sources ADD COLUMN who TEXT NOT NULL DEFAULT '';
