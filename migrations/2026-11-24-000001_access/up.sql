-- Who has which part in a case, as far as the database can see it by itself (norms.md 8.2 and 8.5).

-- Whoever stepped back because of a conflict of interest has stepped back for good.
create function audit.recusal_stays() returns trigger language plpgsql as $$
begin
  if new.recused_on is distinct from old.recused_on then
    raise exception 'grants: whoever stepped back is not given the case again' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger recusal_stays before update on case_grants
  for each row when (old.recused_on is not null) execute function audit.recusal_stays();
alter table case_grants enable always trigger recusal_stays;

-- At commit: nobody leads a case that they review.
create function audit.lead_reviews_not() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  target uuid;
begin
  if tg_table_name = 'cases' then target := new.id; else target := new.case_id; end if;
  if exists (
    select from cases c join case_grants g on g.case_id = c.id and g.staff_id = c.lead_id
    where c.id = target and g.capacity = 'reviewer' and g.recused_on is null and g.revoked_on is null) then
    raise exception 'grants: the lead of a case does not review it' using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger lead_reviews_not after update on cases deferrable initially deferred
  for each row when (new.lead_id is distinct from old.lead_id) execute function audit.lead_reviews_not();
create constraint trigger lead_reviews_not after insert or update on case_grants deferrable initially deferred
  for each row when (new.capacity = 'reviewer') execute function audit.lead_reviews_not();
alter table cases enable always trigger lead_reviews_not;
alter table case_grants enable always trigger lead_reviews_not;

-- With the sheets of its desk a case is given back to somebody who has it, and who then attests anew.
drop trigger must_mention on case_grants;
create constraint trigger must_mention after insert or update or delete on case_grants
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'report.received', 'grant.added', 'grant.removed', 'grant.restored', 'coi.attested', 'coi.recused');
alter table case_grants enable always trigger must_mention;

-- The wraps for a desk's recovery key. Whoever gets them needs the sheets besides: the secret half stands nowhere else.
create function take_recovery_wraps(p_case uuid, p_desk uuid)
returns table (epoch integer, sealed bytea)
language sql stable security definer set search_path = public, pg_temp as $$
  select w.epoch, w.sealed from case_wraps w
  where w.case_id = p_case and w.holder_id = p_desk and w.holder_kind = 'recovery'
  order by w.epoch
$$;
revoke all on function take_recovery_wraps from public;
grant execute on function take_recovery_wraps to senim_app;
