-- The record: entries that nobody can change, and the functions that make a change without a truthful entry impossible.
-- The application logs in as senim_app, which owns nothing here; the migrations run as the owner.

do $$ begin
  if not exists (select from pg_roles where rolname = 'senim_app') then
    create role senim_app nologin;
  end if;
end $$;

create schema audit;
grant usage on schema audit to senim_app;

create table audit.entries (
  eid uuid primary key,
  obj_kind text not null check (obj_kind in ('case', 'staff', 'desk', 'instance')),
  obj_id uuid not null,
  n integer not null check (n >= 1),
  prev bytea check (octet_length(prev) = 32),
  body bytea not null check (octet_length(body) <= 4096),
  commitment bytea not null
    check (commitment = sha256(convert_to(E'senim/audit-entry/v1\n', 'UTF8') || body)),
  acts text[] not null check (cardinality(acts) >= 1),
  day date not null,
  moment timestamptz not null,
  status_from text,
  status_to text,
  unique (obj_kind, obj_id, n),
  check ((n = 1) = (prev is null))
);
comment on table audit.entries is 'Canonical entries; every column but body is derived from body by audit.append';
comment on column audit.entries.moment is 'The order of lists: the time of an act of staff, the midnight of a reporter''s day';
create index entries_by_moment on audit.entries (moment, eid);

create table audit.pending (
  eid uuid primary key,
  due timestamptz not null
);
comment on table audit.pending is 'Entries that have no place in the tree yet; the only table of the log that may be emptied';

create function audit.deny() returns trigger language plpgsql as $$
begin
  raise exception 'audit: % on % is forbidden', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger no_change before update or delete or truncate on audit.entries
  for each statement execute function audit.deny();
alter table audit.entries enable always trigger no_change;

-- The only way in. The body is the truth: number, object, predecessor and acts are read from it and checked.
create function audit.append(p_eid uuid, p_kind text, p_id uuid, p_n integer, p_prev bytea, p_body bytea, p_due timestamptz)
returns bytea language plpgsql security definer set search_path = audit, pg_temp as $$
declare
  b jsonb := convert_from(p_body, 'UTF8')::jsonb;
  c bytea := sha256(convert_to(E'senim/audit-entry/v1\n', 'UTF8') || p_body);
begin
  if b #>> '{obj,id}' is distinct from replace(p_id::text, '-', '') or b #>> '{obj,k}' is distinct from p_kind
     or (b ->> 'n')::integer is distinct from p_n or b ->> 'prev' is distinct from encode(p_prev, 'hex') then
    raise exception 'audit: the body does not belong to this place' using errcode = 'check_violation';
  end if;
  if p_n > 1 and p_prev is distinct from
     (select commitment from audit.entries where obj_kind = p_kind and obj_id = p_id and n = p_n - 1) then
    raise exception 'audit: broken chain of % %', p_kind, p_id using errcode = 'check_violation';
  end if;
  insert into audit.entries (eid, obj_kind, obj_id, n, prev, body, commitment, acts, day, moment, status_from, status_to)
  values (p_eid, p_kind, p_id, p_n, p_prev, p_body, c,
          array(select jsonb_array_elements_text(b -> 'acts')),
          coalesce((b ->> 'day')::date, (to_timestamp((b ->> 'at')::bigint) at time zone 'UTC')::date),
          coalesce(to_timestamp((b ->> 'at')::bigint), (b ->> 'day')::timestamp at time zone 'UTC'),
          b ->> 'from', b ->> 'to');
  insert into audit.pending (eid, due) values (p_eid, p_due);
  return c;
end $$;

-- An audited row moves forward by one entry at a time and keeps its identity.
create function audit.advance() returns trigger language plpgsql as $$
begin
  if new.audit_n is distinct from old.audit_n + 1 or new.audit_id is distinct from old.audit_id
     or new.id is distinct from old.id then
    raise exception 'audit: % must advance by exactly one entry', tg_table_name using errcode = 'check_violation';
  end if;
  return new;
end $$;

-- At commit: this transaction wrote the entry that the row names. xmin is the transaction that wrote the entry.
create function audit.must_record() returns trigger
language plpgsql security definer set search_path = audit, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'audit: rows of % are never deleted', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  if not exists (
    select from audit.entries e
    where e.obj_kind = tg_argv[0] and e.obj_id = new.audit_id and e.n = new.audit_n
      and e.commitment = new.audit_head and e.xmin = pg_current_xact_id()::xid) then
    raise exception 'audit: a change of % without an entry in this transaction', tg_table_name
      using errcode = 'check_violation';
  end if;
  return null;
end $$;

revoke all on all tables in schema audit from public;
revoke all on all functions in schema audit from public;
grant select on audit.entries, audit.pending to senim_app;
grant execute on function audit.append to senim_app;
