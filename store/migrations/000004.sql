-- Each bead as the event log last told it: what changed or went while the server was away is told by the difference.
create table told_bead (
  bead text primary key,
  digest text not null
);
