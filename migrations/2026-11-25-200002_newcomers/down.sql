create or replace function audit.directory_must_mention() returns trigger
language plpgsql security definer set search_path = audit, public, pg_temp as $$
begin
  if tg_op = 'UPDATE' and (new.first_signature <> old.first_signature or new.first_signer <> old.first_signer
      or old.version is not null
      or convert_from(new.body, 'UTF8')::jsonb - 'prev' <> convert_from(old.body, 'UTF8')::jsonb) then
    raise exception 'directory: an entry is only countersigned, never changed' using errcode = 'check_violation';
  end if;
  if not exists (
    select from public.staff s join audit.entries e
      on e.obj_kind = 'staff' and e.obj_id = s.audit_id and e.n = s.audit_n
    where s.id = new.staff_id and e.xmin = pg_current_xact_id()::xid
      and e.acts && array['directory.proposed', 'directory.signed', 'actor.retired']
      and (new.version is null or convert_from(e.body, 'UTF8')::jsonb #>> '{cm,directory}'
           = encode(audit.directory_digest(new), 'hex'))) then
    raise exception 'audit: the directory changed without an entry' using errcode = 'check_violation';
  end if;
  return null;
end $$;
