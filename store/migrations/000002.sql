-- Browsers that have signed in. Of what they show, only digests are kept.
create table sign_in (
  id text primary key,
  cookie_digest text not null,
  secret_digest text not null,
  token_digest text not null,
  used_at timestamptz not null
);
