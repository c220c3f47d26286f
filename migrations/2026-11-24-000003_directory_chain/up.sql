-- Entries of the directory are chained in the order in which they take effect, the newest one is pinned in the
-- instance's row, and the log commits to each.
--
-- A directory from before has no chain and is not pinned: nobody is in it, and `senim check` says so. There are only
-- those of development; make them anew.

alter table instance
  add column directory_head bytea check (octet_length(directory_head) = 32),
  add column directory_mac bytea check (octet_length(directory_mac) = 32);
comment on column instance.directory_head is 'Digest of the entry of the directory that took effect last';
comment on column instance.directory_mac is 'The server''s proof over the instance and directory_head; it cannot be made here';

-- As audit::directory::DirectoryEntry::digest.
create function audit.directory_digest(d directory_entries) returns bytea
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select sha256(convert_to(E'senim/directory-entry-digest/v1\n', 'UTF8') || int8send(octet_length(d.body)::bigint)
                || d.body || d.first_signature || coalesce(d.second_signature, ''))
$$;

-- A directory entry appears or is countersigned only together with an entry about its person, which commits to it where
-- it takes effect. Its body then gains its place in the chain and nothing else.
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
revoke all on function audit.directory_digest from public;

-- At commit, besides: a report on its way was routed and sealed by the directory, the desks and the rules as they are
-- now. Whoever changes a person's place holds that person's row, and so does the foreign key of a grant: one of the two
-- waits for the other, and the later one sees it.
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
  if (select version::text from instance) <> nullif(current_setting('senim.registry_version', true), '') then
    raise exception 'grants: could not serialize with a change of the directory' using errcode = 'serialization_failure';
  end if;
  return null;
end $$;
