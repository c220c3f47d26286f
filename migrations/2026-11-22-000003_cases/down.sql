drop function take_staff_wraps, take_reporter_wraps;
drop table content_reads, proposals, case_items, case_wraps, case_grants, case_epochs, cases, workflow_transitions;
drop function audit.case_must_mention, audit.case_must_record, audit.keep_case;
