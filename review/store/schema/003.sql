-- What a review began with is a part of what its decisions mean.

ALTER TABLE reviews ADD COLUMN begun_with TEXT NOT NULL DEFAULT ''; -- JSON, '' while it is not known
