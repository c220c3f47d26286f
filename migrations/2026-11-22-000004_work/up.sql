-- The queue of later work, and which desks were told to look today.

create table tasks (
  id uuid primary key,
  kind text not null,
  payload text not null,
  dedupe text unique,
  run_at timestamptz not null,
  attempts integer not null default 0,
  locked_until timestamptz,
  last_error text,
  dead boolean not null default false
);
create index tasks_due on tasks (run_at) where not dead;

create table desk_notices (
  desk_id uuid not null references desks,
  day date not null,
  primary key (desk_id, day)
);

grant select, insert, update, delete on tasks to senim_app;
grant select, insert on desk_notices to senim_app;
