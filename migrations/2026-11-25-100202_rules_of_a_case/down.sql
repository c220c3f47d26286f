drop trigger must_mention on case_epochs;
create constraint trigger must_mention after insert or update or delete on case_epochs
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'report.received', 'grant.removed', 'epoch.rotated');
alter table case_epochs enable always trigger must_mention;
revoke update (mac) on case_epochs from senim_app;
delete from workflow_transitions where step = 'change_rules';
