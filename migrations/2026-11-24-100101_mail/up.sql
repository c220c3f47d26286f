-- Mail: an address of the person's own, a daily digest instead of notices by desk, and what became of a mail.

-- Not every member of staff has one; rows from before have none.
alter table staff add column mail text check (mail ~ '^[!-~]{3,254}$');
comment on column staff.mail is 'Where mails to the person go, if anywhere';

drop table desk_notices;
delete from tasks where kind = 'notify_desk';

-- One row. It only rises, so a day is never done twice, whoever is second and whatever the clock does.
create table mail_digests (
  id boolean primary key default true check (id),
  day date not null
);
insert into mail_digests (day) values ('1970-01-01');
grant select, update on mail_digests to senim_app;

alter table tasks drop column dedupe;
-- What the mail server answered, and when the task was given up: all that an operator is shown of why.
alter table tasks add column answer integer;
alter table tasks add column failed_at timestamptz;
