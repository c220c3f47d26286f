revoke delete on bodies from senim_app;
drop trigger must_be_agreed on desks;
drop trigger must_be_agreed on routing_rules;
drop trigger must_be_agreed on bodies;
drop function audit.config_must_be_agreed;
drop table config_changes;
drop function audit.change_must_mention;
drop function audit.config_keep;
alter table instance drop column bodies_mac, drop column bodies_digest;
alter table desks drop column code;
drop index cases_by_body;
drop index bodies_by_name;
drop index bodies_by_parent;
alter table bodies drop column search, drop column closed, drop column code;
drop extension pg_trgm;
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
alter table bodies enable always trigger must_mention;
alter table routing_rules enable always trigger must_mention;
