-- The tree over all entries: where each stands, the tiles, the state, the signed heads.

alter table audit.entries drop constraint entries_obj_kind_check;
alter table audit.entries add constraint entries_obj_kind_check
  check (obj_kind in ('case', 'staff', 'desk', 'instance', 'log'));
-- Lists do not show pads, of which there are many.
create index entries_shown on audit.entries (moment, eid) where acts <> '{log.pad}';
create index pending_by_due on audit.pending (due, eid);

-- One row. Its history in the log is that of the kind log.
create table audit.tree_state (
  id boolean primary key default true check (id),
  size bigint not null check (size >= 0),
  root bytea not null check (octet_length(root) = 32),
  epoch bigint not null,
  day bigint not null,
  day_level integer not null check (day_level >= 0),
  audit_id uuid not null unique,
  audit_n integer not null,
  audit_head bytea not null
);
comment on column audit.tree_state.epoch is 'The last epoch that was closed, in epochs since 1970';
comment on column audit.tree_state.day is 'The day of the log in which that epoch began, in days of the log since 1970';
comment on column audit.tree_state.day_level is 'How often the quantum is doubled until the day of the log ends';

create table audit.leaves (
  idx bigint primary key check (idx >= 0),
  eid uuid not null unique,
  commitment bytea not null check (octet_length(commitment) = 32)
);
comment on column audit.leaves.commitment is 'The data of the leaf, as it was when the entry entered the tree';

create table audit.tiles (
  level integer not null check (level between 0 and 63),
  idx bigint not null check (idx >= 0),
  data bytea not null check (octet_length(data) between 32 and 8192) check (octet_length(data) % 32 = 0),
  primary key (level, idx)
);

create table audit.checkpoints (
  size bigint primary key check (size > 0),
  epoch bigint not null,
  made_at timestamptz not null,
  note text not null,
  public boolean not null default false
);
comment on column audit.checkpoints.note is 'The note with the signature of the log alone; cosignatures are added as they come';
comment on column audit.checkpoints.public is 'The last head of a finished day of the log, which everybody may have';

create table audit.cosignatures (
  size bigint not null references audit.checkpoints,
  witness text not null,
  line text not null,
  at timestamptz not null,
  primary key (size, witness)
);

-- The only way into the tree: entries that wait, in this order, behind the last leaf. What a leaf holds is read from its
-- entry. Gives the leaves' data in their order.
create function audit.integrate(p_first bigint, p_eids uuid[]) returns setof bytea
language plpgsql security definer set search_path = audit, pg_temp as $$
declare
  taken bigint;
begin
  if p_first is distinct from coalesce((select max(idx) + 1 from audit.leaves), 0) then
    raise exception 'audit: leaf % does not follow the last one', p_first using errcode = 'check_violation';
  end if;
  delete from audit.pending where eid = any (p_eids);
  get diagnostics taken = row_count;
  if taken <> cardinality(p_eids) then
    raise exception 'audit: an entry enters the tree that does not wait for it' using errcode = 'check_violation';
  end if;
  return query
    with placed as (
      insert into audit.leaves (idx, eid, commitment)
      select p_first + t.place - 1, e.eid, e.commitment
      from unnest(p_eids) with ordinality as t (eid, place) join audit.entries e on e.eid = t.eid
      returning idx, commitment)
    select p.commitment from placed p order by p.idx;
end $$;

-- The tree grows, by at least one entry of its own, and an epoch is closed once.
create function audit.tree_grows() returns trigger language plpgsql as $$
begin
  if new.id is distinct from old.id or new.audit_id is distinct from old.audit_id or new.audit_n <= old.audit_n
     or new.size <= old.size or new.epoch <= old.epoch or new.day < old.day then
    raise exception 'audit: the tree only grows, once an epoch' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger tree_grows before update on audit.tree_state for each row execute function audit.tree_grows();

-- At commit: the size is the number of leaves.
create function audit.tree_must_count() returns trigger
language plpgsql security definer set search_path = audit, pg_temp as $$
begin
  if new.size is distinct from coalesce((select max(idx) + 1 from audit.leaves), 0) then
    raise exception 'audit: the size of the tree is not the number of its leaves' using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger tree_must_count after insert or update on audit.tree_state
  deferrable initially deferred for each row execute function audit.tree_must_count();
create constraint trigger must_record after insert or update or delete on audit.tree_state
  deferrable initially deferred for each row execute function audit.must_record('log');

-- A tile only gains hashes behind those that it has.
create function audit.tile_grows() returns trigger language plpgsql as $$
begin
  if new.level is distinct from old.level or new.idx is distinct from old.idx
     or octet_length(new.data) <= octet_length(old.data)
     or substr(new.data, 1, octet_length(old.data)) is distinct from old.data then
    raise exception 'audit: a tile only gains hashes' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger tile_grows before update on audit.tiles for each row execute function audit.tile_grows();

-- A checkpoint changes in one thing: it is published.
create function audit.checkpoint_is_published() returns trigger language plpgsql as $$
begin
  if (new.size, new.epoch, new.made_at, new.note) is distinct from (old.size, old.epoch, old.made_at, old.note)
     or not new.public then
    raise exception 'audit: a checkpoint is only published, never changed' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger is_published before update on audit.checkpoints
  for each row execute function audit.checkpoint_is_published();

create trigger no_change before update or delete or truncate on audit.leaves
  for each statement execute function audit.deny();
create trigger no_change before update or delete or truncate on audit.cosignatures
  for each statement execute function audit.deny();
create trigger no_removal before delete or truncate on audit.tiles
  for each statement execute function audit.deny();
create trigger no_removal before delete or truncate on audit.checkpoints
  for each statement execute function audit.deny();
create trigger no_removal before delete or truncate on audit.tree_state
  for each statement execute function audit.deny();

alter table audit.tree_state enable always trigger tree_grows;
alter table audit.tree_state enable always trigger tree_must_count;
alter table audit.tree_state enable always trigger must_record;
alter table audit.tree_state enable always trigger no_removal;
alter table audit.tiles enable always trigger tile_grows;
alter table audit.tiles enable always trigger no_removal;
alter table audit.checkpoints enable always trigger is_published;
alter table audit.checkpoints enable always trigger no_removal;
alter table audit.leaves enable always trigger no_change;
alter table audit.cosignatures enable always trigger no_change;

revoke all on audit.tree_state, audit.leaves, audit.tiles, audit.checkpoints, audit.cosignatures from public;
revoke all on function audit.integrate, audit.tree_grows, audit.tree_must_count, audit.tile_grows,
  audit.checkpoint_is_published from public;
grant select, insert, update on audit.tree_state, audit.tiles to senim_app;
grant select on audit.leaves to senim_app;
grant select, insert on audit.checkpoints, audit.cosignatures to senim_app;
grant update (public) on audit.checkpoints to senim_app;
grant execute on function audit.integrate to senim_app;
