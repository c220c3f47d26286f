-- What is to be done after an outcome: corrective actions and recommendations. What they say, and to whom, is sealed in
-- case_items; here stand codes and days. Cases decided before have none: their measures stand in the record of the decision.

create table case_remedies (
  id uuid primary key,
  case_id uuid not null references cases,
  kind text not null check (kind in ('corrective_action', 'recommendation')),
  state text not null check (state in ('open', 'accepted', 'rejected', 'done', 'verified', 'handed_over')),
  body_id uuid references bodies,
  due_on date not null,
  recorded_by uuid not null references staff,
  recorded_on date not null,
  responded_on date,
  done_by uuid references staff,
  done_on date,
  verified_by uuid references staff,
  ended_on date,
  overdue_on date,
  check ((done_by is null) = (done_on is null)),
  check ((state = 'verified') = (verified_by is not null)),
  check ((state in ('verified', 'handed_over')) = (ended_on is not null)),
  check (state not in ('done', 'verified') or done_by is not null),
  check (verified_by <> done_by)
);
comment on column case_remedies.body_id is 'The addressee, where it is a body of the registry';
comment on column case_remedies.overdue_on is 'The day on which a timer found it overdue; never cleared';
create index case_remedies_by_case on case_remedies (case_id);
create index case_remedies_due on case_remedies (due_on) where overdue_on is null and state in ('open', 'accepted');
create constraint trigger must_mention after insert or update or delete on case_remedies
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'action.created', 'action.responded', 'action.done', 'action.verified', 'action.handed_over', 'action.overdue');
alter table case_remedies enable always trigger must_mention;
grant select, insert, update (state, responded_on, done_by, done_on, verified_by, ended_on, overdue_on)
  on case_remedies to senim_app;

create function audit.overdue_stays() returns trigger language plpgsql as $$
begin
  raise exception 'case_remedies: that something was overdue is not taken back' using errcode = 'check_violation';
end $$;
create trigger overdue_stays before update on case_remedies for each row
  when (old.overdue_on is not null and new.overdue_on is distinct from old.overdue_on)
  execute function audit.overdue_stays();
alter table case_remedies enable always trigger overdue_stays;

-- A case is not completed while one of them is open.
create function audit.remedies_must_be_ended() returns trigger language plpgsql as $$
begin
  if exists (select from case_remedies where case_id = new.id and state not in ('verified', 'handed_over')) then
    raise exception 'cases: corrective actions are still open' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger remedies_must_be_ended before update on cases for each row
  when (new.step = 'complete' and new.step_n is distinct from old.step_n)
  execute function audit.remedies_must_be_ended();
alter table cases enable always trigger remedies_must_be_ended;

drop trigger must_mention on case_items;
create constraint trigger must_mention after insert or update or delete on case_items
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'report.received', 'mailbox.message', 'note.added', 'notice.sent', 'feedback.sent', 'proposal.made',
    'approval.given', 'approval.refused', 'proposal.stale', 'state.changed', 'decision.made', 'subject.recorded',
    'action.created', 'action.responded', 'action.done', 'action.verified', 'action.handed_over');
alter table case_items enable always trigger must_mention;

alter table oversight_matters drop constraint oversight_matters_kind_check;
alter table oversight_matters add constraint oversight_matters_kind_check check (kind in (
  'deadline_missed', 'no_response', 'referral_returned', 'review_unstaffed', 'holder_barred', 'action_overdue'));
drop trigger must_mention on oversight_matters;
create constraint trigger must_mention after insert or update or delete on oversight_matters
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'deadline.missed', 'noresponse.raised', 'referral.returned', 'review.requested', 'coi.blocked', 'action.overdue',
    'matter.taken_up');
alter table oversight_matters enable always trigger must_mention;
