delete from tasks where kind like 'mail.%';
alter table tasks drop column answer;
alter table tasks drop column failed_at;
alter table tasks add column dedupe text unique;
drop table mail_digests;
create table desk_notices (
  desk_id uuid not null references desks,
  day date not null,
  primary key (desk_id, day)
);
grant select, insert on desk_notices to senim_app;
alter table staff drop column mail;
