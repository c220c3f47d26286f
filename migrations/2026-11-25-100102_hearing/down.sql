delete from workflow_transitions where step = 'notify_hearing';
alter table cases drop column subject_heard, drop column hearing_notified_on;
