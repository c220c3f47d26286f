drop trigger must_mention on case_wraps;
create constraint trigger must_mention after update or delete on case_wraps
  deferrable initially deferred for each row execute function audit.case_must_mention('grant.removed');
alter table case_wraps enable always trigger must_mention;
drop table staff_recoveries;
drop function audit.recovery_must_mention();
alter table staff drop column recovery_hash, drop column sealed_recovery;
