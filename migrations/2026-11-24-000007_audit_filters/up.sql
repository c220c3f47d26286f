-- What auditors narrow the record to, as columns that the database itself reads from the body: entries cannot be changed,
-- so the old ones get theirs while the table is rewritten, and audit.append fills none of them. Bodies are ASCII; unlike
-- convert_from, encode(…, 'escape') counts as immutable, which a generated column asks for.
alter table audit.entries
  add column cause text generated always as (encode(body, 'escape')::jsonb #>> '{by,k}') stored,
  add column actor text generated always as (encode(body, 'escape')::jsonb #>> '{by,id}') stored,
  add column role text generated always as (encode(body, 'escape')::jsonb #>> '{by,role}') stored,
  add column profile text generated always as (split_part(encode(body, 'escape')::jsonb #>> '{codes,profile}', '/', 1)) stored;
comment on column audit.entries.cause is 'staff, reporter, timer or system';
comment on column audit.entries.actor is 'Alias of a member of staff; none for all others';
comment on column audit.entries.profile is 'Where the entry names one, without its version; the first entry of a case and of a desk does';

-- Lists do not show pads, of which there are many; asked for, they are found by an index of their own. The acts stand in
-- the index so that counting them reads no entry.
drop index audit.entries_by_moment;
drop index audit.entries_shown;
create index entries_shown on audit.entries (moment, eid) include (acts) where acts <> '{log.pad}';
create index entries_pads on audit.entries (moment, eid) where acts = '{log.pad}';
create index entries_by_act on audit.entries using gin (acts) where acts <> '{log.pad}';
create index entries_by_cause on audit.entries (cause, moment, eid) where acts <> '{log.pad}';
create index entries_by_actor on audit.entries (actor, moment, eid) where actor is not null;
create index entries_by_role on audit.entries (role, moment, eid) where role is not null;
-- The objects of a profile, by their first entries.
create index entries_by_profile on audit.entries (profile, obj_kind, obj_id) where n = 1 and profile is not null;
