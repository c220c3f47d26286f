drop trigger must_mention on oversight_matters;
delete from oversight_matters where kind = 'review_unstaffed';
alter table oversight_matters drop constraint oversight_matters_kind_check;
alter table oversight_matters add constraint oversight_matters_kind_check
  check (kind in ('deadline_missed', 'no_response', 'referral_returned'));
create constraint trigger must_mention after insert or update or delete on oversight_matters
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'deadline.missed', 'noresponse.raised', 'referral.returned', 'matter.taken_up');
alter table oversight_matters enable always trigger must_mention;
alter table cases drop column review;
