-- What was pasted before it was kept who did is theirs who took all decisions of the
-- review; where several did, it stays nobody's.
UPDATE sources SET who = (SELECT min(who) FROM decisions WHERE review = sources.review)
WHERE pasted AND who = '' AND (SELECT count(DISTINCT who) FROM decisions WHERE review = sources.review) = 1;
