-- A subject recorded in error is struck out by two people; that a holder lost a case by a conflict of interest stands before
-- oversight.

insert into workflow_transitions (from_status, step, to_status, four_eyes)
  select status, 'strike_subject', status, true
  from unnest(array['triage', 'assigned', 'investigation', 'suspended', 'findings_review', 'remediation', 'referred']) status;

alter table oversight_matters drop constraint oversight_matters_kind_check;
alter table oversight_matters add constraint oversight_matters_kind_check check (kind in (
  'deadline_missed', 'no_response', 'referral_returned', 'review_unstaffed', 'holder_barred'));
drop trigger must_mention on oversight_matters;
create constraint trigger must_mention after insert or update or delete on oversight_matters
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'deadline.missed', 'noresponse.raised', 'referral.returned', 'review.requested', 'coi.blocked', 'matter.taken_up');
alter table oversight_matters enable always trigger must_mention;

-- A review needs that its reporter asked for one.
create function audit.review_must_be_asked() returns trigger language plpgsql as $$
begin
  if not exists (select from cases where id = new.case_id and review = 'asked') then
    raise exception 'proposals: nobody asked for a review of this case' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger review_must_be_asked before insert on proposals for each row
  when (new.step = 'review') execute function audit.review_must_be_asked();
alter table proposals enable always trigger review_must_be_asked;
