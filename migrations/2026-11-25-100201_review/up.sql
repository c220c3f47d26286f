-- The reporter asks that a decision be looked at again by people who had no part in it.

alter table cases add column review text check (review in ('asked', 'decided'));
comment on column cases.review is 'Of the decision that ended the case: its reporter asked for a review, or it was reviewed; none after a reopening';

alter table oversight_matters drop constraint oversight_matters_kind_check;
alter table oversight_matters add constraint oversight_matters_kind_check
  check (kind in ('deadline_missed', 'no_response', 'referral_returned', 'review_unstaffed'));
drop trigger must_mention on oversight_matters;
create constraint trigger must_mention after insert or update or delete on oversight_matters
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'deadline.missed', 'noresponse.raised', 'referral.returned', 'review.requested', 'matter.taken_up');
alter table oversight_matters enable always trigger must_mention;
