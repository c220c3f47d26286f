-- What was found in triage, and how urgent the case is by that. Cases from before have none until they leave triage again.

alter table cases
  add column assessment text,
  add column severity text check (severity in ('low', 'medium', 'high', 'critical')),
  add column severity_formula integer,
  add constraint cases_severity_formula check ((severity is null) = (severity_formula is null));
comment on column cases.assessment is 'JSON of src/domain/case/assessment.rs: closed answers, grades, warning signs; no words';
comment on column cases.severity_formula is 'The version of the formula that the severity was computed by';
