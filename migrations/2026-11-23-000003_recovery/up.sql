-- Recovery of staff: with the printed code and a colleague, or with new keys and colleagues who give access again.

alter table staff
  add column recovery_hash bytea unique check (octet_length(recovery_hash) = 32),
  add column sealed_recovery bytea;
comment on column staff.sealed_recovery is 'The secret halves once more, sealed under the printed recovery code';

create table staff_recoveries (
  staff_id uuid primary key references staff,
  asked_at timestamptz not null,
  keys bytea not null,
  signature bytea not null check (octet_length(signature) = 64)
);
comment on table staff_recoveries is 'Prepared with the printed code, signed by the person; in force only once a colleague approves';

-- What waits for approval appears, changes and goes only together with an entry about its person.
create function audit.recovery_must_mention() returns trigger
language plpgsql security definer set search_path = audit, public, pg_temp as $$
declare
  person uuid;
begin
  if tg_op = 'DELETE' then person := old.staff_id; else person := new.staff_id; end if;
  if not exists (
    select from public.staff s join audit.entries e
      on e.obj_kind = 'staff' and e.obj_id = s.audit_id and e.n = s.audit_n
    where s.id = person and e.xmin = pg_current_xact_id()::xid
      and e.acts && array['recovery.asked', 'recovery.approved', 'recovery.refused', 'actor.retired']) then
    raise exception 'audit: a recovery changed without an entry' using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger must_mention after insert or update or delete on staff_recoveries
  deferrable initially deferred for each row execute function audit.recovery_must_mention();
alter table staff_recoveries enable always trigger must_mention;
grant select, insert, update, delete on staff_recoveries to senim_app;

-- Wraps to lost keys go, although the grant stays until a colleague gives the case again.
drop trigger must_mention on case_wraps;
create constraint trigger must_mention after update or delete on case_wraps
  deferrable initially deferred for each row execute function audit.case_must_mention('grant.removed', 'grant.suspended');
alter table case_wraps enable always trigger must_mention;
