-- Until which day the reporter is asked to answer: a day of its own, because other clocks of the case run on meanwhile.
alter table cases add column question_until date check (question_until is null or status = 'awaiting_info');
comment on column cases.question_until is 'Afterwards the case goes back to whoever asked';
create index cases_by_question on cases (question_until) where question_until is not null;
