drop table throttles, sessions, directory_entries, staff_factors, staff, routing_rules, desks, bodies, instance;
drop function audit.config_must_mention, audit.directory_must_mention;
