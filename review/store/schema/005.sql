-- A verdict and a note are remembered separately: at and moment are those of the
-- verdict. Of what was not said the moment is 0.

ALTER TABLE memory ADD COLUMN since       INTEGER NOT NULL DEFAULT 0; -- of a verdict that was taken back: what was said before this moment holds all the same
ALTER TABLE memory ADD COLUMN noted_at    INTEGER NOT NULL DEFAULT 0; -- likewise of the note
ALTER TABLE memory ADD COLUMN noted       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memory ADD COLUMN noted_since INTEGER NOT NULL DEFAULT 0;

UPDATE memory SET noted_at = at, noted = moment WHERE NOT forgotten AND (note <> '' OR verdict = '');
UPDATE memory SET at = 0, moment = 0 WHERE NOT forgotten AND note <> '' AND verdict = '';

-- forgotten is a moment now: what was said up to it is forgotten here, which nobody
-- else is told. 0 is nothing.
UPDATE memory SET forgotten = moment, at = 0, moment = 0, verdict = '', note = '' WHERE forgotten <> 0;
