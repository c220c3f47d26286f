drop table desk_notices, tasks;
