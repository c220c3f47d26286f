-- At commit: whoever was given access in this transaction still works here. The foreign key has locked the person's row
-- by then, so a leaving that came first is seen, and one that comes later waits and takes the grant away.
create function audit.grants_must_live() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (
    select from case_grants g join staff s on s.id = g.staff_id
    where g.case_id = new.id and g.xmin = pg_current_xact_id()::xid
      and g.recused_on is null and g.revoked_on is null and s.state <> 'active') then
    raise exception 'grants: could not serialize with the leaving of a member of staff'
      using errcode = 'serialization_failure';
  end if;
  return null;
end $$;
create constraint trigger grants_must_live after insert or update on cases
  deferrable initially deferred for each row execute function audit.grants_must_live();
alter table cases enable always trigger grants_must_live;
