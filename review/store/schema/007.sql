-- The review of which this one began as a copy, 0 is none or not known, its last row of
-- decisions then, and who went on in the copy: what they undo there of their own is
-- undone in that review too.
ALTER TABLE reviews ADD COLUMN origin     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reviews ADD COLUMN origin_row INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reviews ADD COLUMN copier     TEXT    NOT NULL DEFAULT '';
