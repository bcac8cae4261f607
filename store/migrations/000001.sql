-- The name of this event log. A database has exactly one row; the server writes it at the first start.
create table meta (
  only_row boolean primary key default true check (only_row),
  epoch text not null
);

-- Numbers have no gap: the counter is moved in the transaction that inserts the events.
create table event_counter (
  only_row boolean primary key default true check (only_row),
  last bigint not null
);
insert into event_counter (last) values (0);

create table event (
  number bigint primary key,
  source text not null,
  source_revision bigint not null,
  at timestamptz not null,
  actor jsonb not null,
  kind text not null,
  bead text,
  session text,
  body jsonb not null,
  unique (source, source_revision)
);
create index event_bead on event (bead, number) where bead is not null;
create index event_session on event (session, number) where session is not null;

-- The highest swept revision of each source, so that an event does not come back after it was swept.
create table event_floor (
  source text primary key,
  source_revision bigint not null
);

-- `position` grows with every accepted write: the newest is the highest, and a page can go on after it.
create sequence snapshot_position;
create table snapshot (
  kind text not null,
  id text not null,
  project text not null,
  schema integer not null,
  revision bigint not null,
  open boolean not null,
  view jsonb not null,
  state jsonb not null,
  position bigint not null unique,
  updated_at timestamptz not null default now(),
  primary key (kind, id)
);
create index snapshot_page on snapshot (kind, project, position desc);
create index snapshot_open on snapshot (kind, project, position desc) where open;

create table nonce (
  id text primary key,
  subject text not null,
  method text not null,
  path text not null,
  digest text not null,
  state text not null default 'issued' check (state in ('issued', 'executing', 'done')),
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  lease_until timestamptz,
  status integer,
  -- json, not jsonb: a repeated request gets the same text.
  answer json,
  check ((state = 'executing') = (lease_until is not null)),
  check ((state = 'done') = (status is not null))
);
create index nonce_expiry on nonce (expires_at);

create table audit (
  number bigint generated always as identity primary key,
  at timestamptz not null default now(),
  subject text not null,
  method text not null,
  path text not null,
  status integer not null,
  code text,
  nonce text
);
create index audit_at on audit (at);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit table is append-only';
end
$$;
create trigger audit_is_append_only before update or delete or truncate on audit
  for each statement execute function audit_is_append_only();
