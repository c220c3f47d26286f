drop function take_recovery_wraps;
drop trigger must_mention on case_grants;
create constraint trigger must_mention after insert or update or delete on case_grants
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'report.received', 'grant.added', 'grant.removed', 'coi.attested', 'coi.recused');
alter table case_grants enable always trigger must_mention;
drop trigger lead_reviews_not on case_grants;
drop trigger lead_reviews_not on cases;
drop function audit.lead_reviews_not;
drop trigger recusal_stays on case_grants;
drop function audit.recusal_stays;
