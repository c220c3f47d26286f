-- The instance, bodies, desks, routing, staff, the signed directory, sessions.

create table instance (
  id boolean primary key default true check (id),
  audit_id uuid not null unique,
  version bigint not null default 0,
  founded_on date not null,
  audit_n integer not null,
  audit_head bytea not null
);

create table bodies (
  id uuid primary key,
  parent_id uuid references bodies,
  region text,
  name_kk text not null,
  name_ru text not null,
  name_en text not null
);

create table desks (
  id uuid primary key,
  audit_id uuid not null unique,
  body_id uuid not null references bodies,
  name_kk text not null,
  name_ru text not null,
  name_en text not null,
  profile text not null,
  independent boolean not null,
  recovery_key bytea not null,
  recovery_threshold integer not null check (recovery_threshold >= 2),
  recovery_shares integer not null check (recovery_shares >= recovery_threshold),
  audit_n integer not null,
  audit_head bytea not null
);
comment on column desks.recovery_key is 'Public half; the secret half exists only on the printed sheets of the ceremony';

create table routing_rules (
  position integer primary key,
  body_id uuid references bodies,
  category text,
  region text,
  desk_id uuid not null references desks
);
comment on table routing_rules is 'First match by position wins; a null matches everything';

create table staff (
  id uuid primary key,
  audit_id uuid not null unique,
  alias bytea not null unique check (octet_length(alias) = 8),
  login text not null unique,
  state text not null check (state in ('invited', 'enrolled', 'active', 'disabled')),
  invited_roles text not null,
  invitation_hash bytea,
  invitation_expires timestamptz,
  salt bytea,
  verifier bytea,
  public_keys bytea,
  sealed_secrets bytea,
  sealed_totp bytea,
  audit_n integer not null,
  audit_head bytea not null,
  check (state = 'invited' or state = 'disabled'
         or (salt is not null and verifier is not null and public_keys is not null
             and sealed_secrets is not null and sealed_totp is not null))
);
comment on column staff.alias is 'Random name in the log; bound to the person by the entry actor.enrolled';

-- The highest second-factor time step that was used: a code counts once. Not audited: it changes at every sign-in.
create table staff_factors (
  staff_id uuid primary key references staff,
  last_step bigint not null
);

create table directory_entries (
  staff_id uuid not null references staff,
  serial integer not null check (serial >= 1),
  body bytea not null,
  first_signer uuid not null references staff,
  first_signature bytea not null check (octet_length(first_signature) = 64),
  second_signer uuid references staff,
  second_signature bytea check (octet_length(second_signature) = 64),
  version bigint unique,
  primary key (staff_id, serial),
  check (second_signer is null or second_signer <> first_signer),
  check ((second_signer is null) = (second_signature is null))
);
comment on column directory_entries.version is 'Set when the entry takes effect; null while it waits for the second signature';

create unlogged table sessions (
  id uuid primary key,
  staff_id uuid not null,
  sealed bytea not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_by_staff on sessions (staff_id);

create unlogged table throttles (
  bucket bytea primary key,
  failures integer not null,
  since timestamptz not null
);

create trigger advance before update on instance for each row execute function audit.advance();
create trigger advance before update on desks for each row execute function audit.advance();
create trigger advance before update on staff for each row execute function audit.advance();
create constraint trigger must_record after insert or update or delete on instance
  deferrable initially deferred for each row execute function audit.must_record('instance');
create constraint trigger must_record after insert or update or delete on desks
  deferrable initially deferred for each row execute function audit.must_record('desk');
create constraint trigger must_record after insert or update or delete on staff
  deferrable initially deferred for each row execute function audit.must_record('staff');

-- A directory entry appears or is countersigned only together with an entry about its person.
create function audit.directory_must_mention() returns trigger
language plpgsql security definer set search_path = audit, public, pg_temp as $$
begin
  if tg_op = 'UPDATE' and (new.body <> old.body or new.first_signature <> old.first_signature
      or new.first_signer <> old.first_signer or old.version is not null) then
    raise exception 'directory: an entry is only countersigned, never changed' using errcode = 'check_violation';
  end if;
  if not exists (
    select from public.staff s join audit.entries e
      on e.obj_kind = 'staff' and e.obj_id = s.audit_id and e.n = s.audit_n
    where s.id = new.staff_id and e.xmin = pg_current_xact_id()::xid
      and e.acts && array['directory.proposed', 'directory.signed', 'actor.retired']) then
    raise exception 'audit: the directory changed without an entry' using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger must_mention after insert or update on directory_entries
  deferrable initially deferred for each row execute function audit.directory_must_mention();

-- Bodies and routing are configuration of the instance.
create function audit.config_must_mention() returns trigger
language plpgsql security definer set search_path = audit, public, pg_temp as $$
begin
  if not exists (
    select from public.instance i join audit.entries e
      on e.obj_kind = 'instance' and e.obj_id = i.audit_id and e.n = i.audit_n
    where e.xmin = pg_current_xact_id()::xid and e.acts && array['config.changed', 'log.genesis']) then
    raise exception 'audit: % changed without an entry', tg_table_name using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger must_mention after insert or update or delete on bodies
  deferrable initially deferred for each row execute function audit.config_must_mention();
create constraint trigger must_mention after insert or update or delete on routing_rules
  deferrable initially deferred for each row execute function audit.config_must_mention();

alter table instance enable always trigger must_record;
alter table desks enable always trigger must_record;
alter table staff enable always trigger must_record;
alter table directory_entries enable always trigger must_mention;
alter table bodies enable always trigger must_mention;
alter table routing_rules enable always trigger must_mention;

grant select, insert, update on instance, desks, staff, staff_factors, directory_entries to senim_app;
grant select, insert, update on bodies to senim_app;
grant select, insert, update, delete on routing_rules, sessions, throttles to senim_app;
