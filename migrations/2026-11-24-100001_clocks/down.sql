drop table oversight_matters;
delete from workflow_transitions where step = 'extend';
alter table cases drop column unanswered_since, drop column watch_on, drop column clocks, drop column registered_on, drop column profile_version;
