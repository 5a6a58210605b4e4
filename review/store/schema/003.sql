-- What a review began with is a part of what its decisions mean.

ALTER TABLE reviews ADD COLUMN begun_with TEXT NOT NULL DEFAULT ''; -- JSON, '' while it is not known

-- Who saves the parts of a document now: another one that begins takes its place.
ALTER TABLE documents ADD COLUMN writer TEXT NOT NULL DEFAULT '';

CREATE TABLE imported (             -- files of unsaved decisions that were taken in
  sha256 TEXT    PRIMARY KEY,       -- of the file
  review INTEGER NOT NULL REFERENCES reviews ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
