-- Times are microseconds since 1970, UTC.

CREATE TABLE documents (
  sha256 TEXT PRIMARY KEY,          -- of the document's bytes, unpacked
  size   INTEGER NOT NULL,          -- in bytes
  whole  INTEGER NOT NULL           -- 1 when all of its parts are there
) STRICT;

CREATE TABLE parts (                -- one after the other they are one gzip stream
  sha256 TEXT    NOT NULL REFERENCES documents ON DELETE CASCADE,
  n      INTEGER NOT NULL,
  data   BLOB    NOT NULL,
  PRIMARY KEY (sha256, n)
) STRICT;

CREATE TABLE reviews (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  identity  TEXT,                   -- of the documents it began with, NULL until all are read
  title     TEXT    NOT NULL,
  place     TEXT    NOT NULL,       -- JSON
  scenarios TEXT    NOT NULL,       -- JSON: the keys of scenarios by their number
  done      INTEGER NOT NULL,       -- decisions up to this one are in force, later ones can be redone
  begun     INTEGER NOT NULL,
  changed   INTEGER NOT NULL,
  -- Who has it open to decide, if anybody.
  holder    TEXT    NOT NULL,       -- unique to one run of the program, '' is nobody
  who       TEXT    NOT NULL,
  host      TEXT    NOT NULL,
  pid       INTEGER NOT NULL,
  beat      INTEGER NOT NULL        -- when the holder was last alive
) STRICT;

CREATE INDEX reviews_by_identity ON reviews (identity);

CREATE TABLE sources (              -- the documents of a review, in reading order
  review   INTEGER NOT NULL REFERENCES reviews ON DELETE CASCADE,
  n        INTEGER NOT NULL,
  name     TEXT    NOT NULL,        -- as the user named it
  path     TEXT    NOT NULL,        -- '' when it is no file
  size     INTEGER NOT NULL,        -- of the file, 0 when unknown
  modified INTEGER NOT NULL,
  sha256   TEXT    NOT NULL,        -- '' until it is read
  pasted   INTEGER NOT NULL,        -- 1 when it was added during the review
  PRIMARY KEY (review, n)
) STRICT;

CREATE TABLE keys (                 -- which IOC has which number
  review INTEGER NOT NULL REFERENCES reviews ON DELETE CASCADE,
  first  INTEGER NOT NULL,
  count  INTEGER NOT NULL,
  sum    TEXT    NOT NULL,          -- SHA-256 of the lines
  data   BLOB    NOT NULL,          -- a key a line, gzip
  PRIMARY KEY (review, first)
) STRICT;

CREATE TABLE decisions (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  review INTEGER NOT NULL REFERENCES reviews ON DELETE CASCADE,
  seq    INTEGER NOT NULL,          -- from 1; the order, whatever the clock says
  kind   TEXT    NOT NULL,
  object TEXT    NOT NULL,          -- JSON
  words  TEXT    NOT NULL,
  who    TEXT    NOT NULL,
  at     INTEGER NOT NULL,
  UNIQUE (review, seq)
) STRICT;
