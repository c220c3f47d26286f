-- Changes of the configuration that two people agree on: bodies, desks, routing, as text files.
--
-- Bodies and desks gain the operator's own stable codes. A database that has some from before (there are only those of
-- development) is to be made anew: remove the demo's home directory and run `senim demo` again.
do $$ begin
  if exists (select from bodies) or exists (select from desks) then
    raise exception 'bodies and desks from before have no codes: make this development database anew';
  end if;
end $$;

create extension if not exists pg_trgm;

alter table bodies
  add column code text not null unique check (octet_length(code) between 1 and 64),
  add column closed boolean not null default false,
  add column search text not null;
comment on column bodies.closed is 'Takes no new reports: it left the registry while something refers to it';
comment on column bodies.search is 'Code and names as they are looked for: lower case, made by the application';
create index bodies_search on bodies using gin (search gin_trgm_ops) with (fastupdate = off);
create index bodies_by_parent on bodies (parent_id);
create index bodies_by_name on bodies (name_ru, id);
-- Whether a case refers to a body that is to go.
create index cases_by_body on cases (body_id) where body_id is not null;

alter table desks add column code text not null unique check (octet_length(code) between 1 and 64);

alter table instance
  add column bodies_digest bytea check (octet_length(bodies_digest) = 32),
  add column bodies_mac bytea check (octet_length(bodies_mac) = 32);
comment on column instance.bodies_digest is 'Over all rows of bodies; `senim audit reconcile` computes it again';
comment on column instance.bodies_mac is 'The server''s proof over the tree: which body is under which, and which are closed';

create table config_changes (
  id uuid primary key,
  kind text not null,
  payload text not null,
  digest bytea not null check (digest = sha256(convert_to(payload, 'UTF8'))),
  base integer not null check (base >= 0),
  loosening boolean not null,
  state text not null check (state in ('pending', 'approved', 'in_force', 'refused', 'stale')),
  proposer_id uuid references staff,
  proposed_at timestamptz not null,
  proposed_n integer not null,
  approver_id uuid references staff,
  co_approver_id uuid references staff,
  approved_at timestamptz,
  effective_at timestamptz,
  refuser_id uuid references staff,
  ended_at timestamptz,
  reasons text,
  why text check (why in ('overtaken', 'unfit', 'left')),
  mac bytea not null check (octet_length(mac) = 32),
  constraint two_people check (approver_id <> proposer_id and co_approver_id <> approver_id
    and (co_approver_id is null or proposer_id is null)),
  constraint agreed check (state not in ('approved', 'in_force')
    or (approver_id is not null and (proposer_id is not null or co_approver_id is not null)
        and approved_at is not null and effective_at is not null)),
  constraint refused_by check ((state = 'refused') = (refuser_id is not null and reasons is not null)),
  constraint stale_because check ((state = 'stale') = (why is not null)),
  constraint ended check ((state in ('in_force', 'refused', 'stale')) = (ended_at is not null))
);
comment on column config_changes.base is 'How many changes of this kind were in force when it was compared with them';
comment on column config_changes.proposer_id is 'Null where the operator proposed: then two administrators approve';
comment on column config_changes.mac is 'The server''s proof over everything that decides; a row without it is not put in force';
create unique index config_changes_in_force on config_changes (kind, base) where state = 'in_force';
create index config_changes_open on config_changes (state) where state in ('pending', 'approved');
alter table config_changes alter column payload set storage external;

-- What was proposed stays as it was, and who agreed stays who agreed; what ended has ended.
create function audit.config_keep() returns trigger language plpgsql as $$
begin
  if old.state in ('in_force', 'refused', 'stale')
     or (new.id, new.kind, new.payload, new.proposer_id, new.proposed_at, new.proposed_n, new.loosening)
        is distinct from (old.id, old.kind, old.payload, old.proposer_id, old.proposed_at, old.proposed_n, old.loosening)
     or (old.approver_id is not null and new.approver_id is distinct from old.approver_id)
     or (old.co_approver_id is not null and new.co_approver_id is distinct from old.co_approver_id)
     or (old.state = 'approved' and (new.state = 'pending' or new.effective_at is distinct from old.effective_at)) then
    raise exception 'config: a change is only decided on, never changed' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger keep before update on config_changes for each row execute function audit.config_keep();

-- At commit: the instance's entry of this transaction says what became of the change, and of which.
create function audit.change_must_mention() returns trigger
language plpgsql security definer set search_path = audit, public, pg_temp as $$
declare
  act text;
begin
  if tg_op = 'DELETE' then
    raise exception 'audit: rows of % are never deleted', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  act := case when tg_op = 'INSERT' then 'config.proposed'
              when new.state in ('pending', 'approved') then 'config.approved'
              when new.state = 'in_force' then 'config.changed'
              else 'config.' || new.state end;
  if (tg_op = 'INSERT' and new.state <> 'pending') or not exists (
    select from public.instance i join audit.entries e
      on e.obj_kind = 'instance' and e.obj_id = i.audit_id and e.n = i.audit_n
    where e.xmin = pg_current_xact_id()::xid and e.acts @> array[act]
      and convert_from(e.body, 'UTF8')::jsonb #>> '{cm,config}' = encode(new.digest, 'hex')
      and convert_from(e.body, 'UTF8')::jsonb #>> '{codes,what}' = new.kind) then
    raise exception 'audit: % changed without an entry', tg_table_name using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger must_mention after insert or update or delete on config_changes
  deferrable initially deferred for each row execute function audit.change_must_mention();

-- Bodies, desks and rules change only in the transaction that puts a change of their kind in force, on which two people
-- agreed. Once for a statement: a registry has 100,000 bodies. That change has its entry by the trigger above.
create function audit.config_must_be_agreed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (
    select from config_changes c
    where c.kind = tg_argv[0] and c.state = 'in_force' and c.xmin = pg_current_xact_id()::xid
      and (c.proposer_id <> c.approver_id or (c.proposer_id is null and c.approver_id <> c.co_approver_id))) then
    raise exception 'config: % changed without an entry of a change that two people agreed on', tg_table_name
      using errcode = 'check_violation';
  end if;
  return null;
end $$;
drop trigger must_mention on bodies;
drop trigger must_mention on routing_rules;
drop function audit.config_must_mention;
create trigger must_be_agreed after insert or update or delete or truncate on bodies
  for each statement execute function audit.config_must_be_agreed('bodies');
create trigger must_be_agreed after insert or update or delete or truncate on routing_rules
  for each statement execute function audit.config_must_be_agreed('routing');
create trigger must_be_agreed after insert or update on desks
  for each statement execute function audit.config_must_be_agreed('desks');
alter table config_changes enable always trigger keep;
alter table config_changes enable always trigger must_mention;
alter table bodies enable always trigger must_be_agreed;
alter table routing_rules enable always trigger must_be_agreed;
alter table desks enable always trigger must_be_agreed;

grant select, insert, update on config_changes to senim_app;
grant delete on bodies to senim_app;
