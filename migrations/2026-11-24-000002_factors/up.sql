-- A code counts once, of the factor that made it: with a new factor, the steps of the old one do not count. What was
-- used before this migration is past within ninety seconds.
delete from staff_factors;
alter table staff_factors drop constraint staff_factors_pkey;
alter table staff_factors add column factor bytea not null check (octet_length(factor) = 32);
alter table staff_factors add primary key (staff_id, factor);
comment on column staff_factors.factor is 'Derived from the seed of the second factor, which it does not tell';

-- A recovery that nobody decided on ends by itself, with an entry.
create or replace function audit.recovery_must_mention() returns trigger
language plpgsql security definer set search_path = audit, public, pg_temp as $$
declare
  person uuid;
begin
  if tg_op = 'DELETE' then person := old.staff_id; else person := new.staff_id; end if;
  if not exists (
    select from public.staff s join audit.entries e
      on e.obj_kind = 'staff' and e.obj_id = s.audit_id and e.n = s.audit_n
    where s.id = person and e.xmin = pg_current_xact_id()::xid
      and e.acts && array['recovery.asked', 'recovery.approved', 'recovery.refused', 'recovery.expired',
                          'actor.retired']) then
    raise exception 'audit: a recovery changed without an entry' using errcode = 'check_violation';
  end if;
  return null;
end $$;
