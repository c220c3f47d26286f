drop trigger must_mention on case_items;
delete from case_items where kind = 'subject';
create constraint trigger must_mention after insert or update or delete on case_items
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'report.received', 'mailbox.message', 'note.added', 'notice.sent', 'feedback.sent', 'proposal.made',
    'approval.given', 'approval.refused', 'proposal.stale', 'state.changed', 'decision.made');
alter table case_items enable always trigger must_mention;

drop trigger keys_must_turn on cases;
drop function audit.keys_must_turn;
alter table staff drop column unit_id;
alter table staff drop column name;
alter table cases drop column excluded;
