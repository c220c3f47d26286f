create or replace function audit.grants_must_live() returns trigger
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
create or replace function audit.directory_must_mention() returns trigger
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
drop function audit.directory_digest;
alter table instance drop column directory_mac, drop column directory_head;
