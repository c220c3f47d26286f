-- The profile of a case changes only by a step that two people agree on. Its keys are proved with the profile, so the proof
-- of the present epoch is made anew.

insert into workflow_transitions (from_status, step, to_status, four_eyes) values
  ('triage', 'change_rules', 'triage', true),
  ('assigned', 'change_rules', 'assigned', true),
  ('investigation', 'change_rules', 'investigation', true),
  ('suspended', 'change_rules', 'suspended', true),
  ('findings_review', 'change_rules', 'findings_review', true);

grant update (mac) on case_epochs to senim_app;
drop trigger must_mention on case_epochs;
create constraint trigger must_mention after insert or update or delete on case_epochs
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'report.received', 'grant.removed', 'epoch.rotated', 'profile.changed');
alter table case_epochs enable always trigger must_mention;
