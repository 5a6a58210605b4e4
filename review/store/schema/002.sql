-- What was judged in one review is remembered in all others.

ALTER TABLE reviews ADD COLUMN shed INTEGER NOT NULL DEFAULT 0;     -- 1 when it was deleted and only its verdicts and notes are left

-- What was decided later has a greater one, in whatever review and whatever the
-- clock said: the time, or one more than the last where the clock went back.
ALTER TABLE decisions ADD COLUMN moment INTEGER NOT NULL DEFAULT 0;

UPDATE decisions SET moment = numbered.moment FROM (
  SELECT id, max(at - n) OVER (ORDER BY n) + n AS moment
  FROM (SELECT id, at, row_number() OVER (ORDER BY id) AS n FROM decisions)
) AS numbered WHERE decisions.id = numbered.id;

CREATE INDEX judgements ON decisions (review, seq) WHERE kind IN ('verdict', 'note', 'notes', 'recall');

CREATE TABLE memory (               -- what is remembered and stands in no review here
  key       TEXT    NOT NULL,       -- of an IOC
  who       TEXT    NOT NULL,
  document  TEXT    NOT NULL,       -- the title of the review
  verdict   TEXT    NOT NULL,       -- with an empty note too: it was taken back
  note      TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  moment    INTEGER NOT NULL,       -- as that of decisions
  forgotten INTEGER NOT NULL,       -- 1 when it was taken back here only, which nobody else is told
  PRIMARY KEY (key, who, document)
) STRICT, WITHOUT ROWID;

CREATE TABLE clock (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  moment   INTEGER NOT NULL,        -- the last that was given
  memories INTEGER NOT NULL         -- how often the table above changed
) STRICT;

INSERT INTO clock SELECT 1, coalesce(max(moment), 0), 0 FROM decisions;
