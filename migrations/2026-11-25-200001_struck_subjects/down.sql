drop trigger review_must_be_asked on proposals;
drop function audit.review_must_be_asked();

drop trigger must_mention on oversight_matters;
delete from oversight_matters where kind = 'holder_barred';
alter table oversight_matters drop constraint oversight_matters_kind_check;
alter table oversight_matters add constraint oversight_matters_kind_check
  check (kind in ('deadline_missed', 'no_response', 'referral_returned', 'review_unstaffed'));
create constraint trigger must_mention after insert or update or delete on oversight_matters
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'deadline.missed', 'noresponse.raised', 'referral.returned', 'review.requested', 'matter.taken_up');
alter table oversight_matters enable always trigger must_mention;

delete from workflow_transitions where step = 'strike_subject';
