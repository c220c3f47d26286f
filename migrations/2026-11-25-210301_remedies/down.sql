drop trigger must_mention on oversight_matters;
delete from oversight_matters where kind = 'action_overdue';
alter table oversight_matters drop constraint oversight_matters_kind_check;
alter table oversight_matters add constraint oversight_matters_kind_check check (kind in (
  'deadline_missed', 'no_response', 'referral_returned', 'review_unstaffed', 'holder_barred'));
create constraint trigger must_mention after insert or update or delete on oversight_matters
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'deadline.missed', 'noresponse.raised', 'referral.returned', 'review.requested', 'coi.blocked', 'matter.taken_up');
alter table oversight_matters enable always trigger must_mention;

drop trigger must_mention on case_items;
create constraint trigger must_mention after insert or update or delete on case_items
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'report.received', 'mailbox.message', 'note.added', 'notice.sent', 'feedback.sent', 'proposal.made',
    'approval.given', 'approval.refused', 'proposal.stale', 'state.changed', 'decision.made', 'subject.recorded');
alter table case_items enable always trigger must_mention;

drop trigger remedies_must_be_ended on cases;
drop function audit.remedies_must_be_ended();
drop table case_remedies;
drop function audit.overdue_stays();
