-- Whether the person concerned could respond, and when a preliminary decision was delivered. Cases from before have neither:
-- what was said of it stands in their record.

alter table cases add column subject_heard text, add column hearing_notified_on date;
comment on column cases.hearing_notified_on is 'The latest delivery: an adverse decision comes so many working days after it as the profile says';

insert into workflow_transitions (from_status, step, to_status, four_eyes) values
  ('investigation', 'notify_hearing', 'investigation', false),
  ('findings_review', 'notify_hearing', 'findings_review', false);
