-- Clocks of a case, in the version of the profile that it began under, and what oversight must see.
-- Cases from before have none of it: their clocks start with their next step.

alter table cases
  add column profile_version integer,
  add column registered_on date,
  add column clocks text,
  add column watch_on date,
  add column unanswered_since date;
comment on column cases.registered_on is 'The date in the register: the day of receipt or the next working day, where the profile says so; none while the calendar lacks the year';
comment on column cases.clocks is 'JSON of src/domain/case/clocks.rs; due days are computed once, when a clock starts';
comment on column cases.watch_on is 'The next day on which a clock reminds, is missed or can be computed';
comment on column cases.unanswered_since is 'The reporter wrote, and nobody has answered';
create index cases_unanswered on cases (unanswered_since, id) where unanswered_since is not null;
create index cases_to_watch on cases (watch_on, id) where watch_on is not null;

insert into workflow_transitions (from_status, step, to_status, four_eyes) values
  ('triage', 'extend', 'triage', true),
  ('assigned', 'extend', 'assigned', true),
  ('investigation', 'extend', 'investigation', true),
  ('suspended', 'extend', 'suspended', true),
  ('findings_review', 'extend', 'findings_review', true);

create table oversight_matters (
  id uuid primary key,
  case_id uuid not null references cases,
  kind text not null check (kind in ('deadline_missed', 'no_response', 'referral_returned')),
  clock text,
  arisen_on date not null,
  taken_up_on date,
  taken_up_by uuid references staff,
  check ((kind = 'deadline_missed') = (clock is not null)),
  check ((taken_up_on is null) = (taken_up_by is null))
);
comment on table oversight_matters is 'What oversight must see; those who handle the case cannot take it away';
create index oversight_open on oversight_matters (arisen_on, id) where taken_up_on is null;
create index oversight_by_case on oversight_matters (case_id);
create constraint trigger must_mention after insert or update or delete on oversight_matters
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'deadline.missed', 'noresponse.raised', 'referral.returned', 'matter.taken_up');
alter table oversight_matters enable always trigger must_mention;
grant select, insert, update (taken_up_on, taken_up_by) on oversight_matters to senim_app;
