-- The project whose data this is; the server writes it at the first start.
alter table meta add column project text;
