-- What the auditors' page on the log needs: each epoch that was closed, and the days' heads that a quorum cosigned.

-- Written by the database itself, so that an epoch without growth shows whoever closed the others.
create table audit.epochs (
  epoch bigint primary key,
  size bigint not null check (size > 0)
);
comment on table audit.epochs is 'The size of the tree after each epoch that was closed; an epoch that is missing saw no growth';
insert into audit.epochs (epoch, size) select epoch, size from audit.tree_state;

create function audit.note_epoch() returns trigger
language plpgsql security definer set search_path = audit, pg_temp as $$
begin
  insert into audit.epochs (epoch, size) values (new.epoch, new.size);
  return null;
end $$;
create trigger note_epoch after insert or update on audit.tree_state for each row execute function audit.note_epoch();
alter table audit.tree_state enable always trigger note_epoch;

create trigger no_change before update or delete or truncate on audit.epochs
  for each statement execute function audit.deny();
alter table audit.epochs enable always trigger no_change;

-- A public head that reached the quorum of the policy. The next epoch records it in the log's own history, once.
create table audit.anchors (
  size bigint primary key references audit.checkpoints,
  n integer check (n >= 1)
);
comment on column audit.anchors.n is 'Position of the entry chain.anchored in the log''s own history; none until the next epoch';

create function audit.anchor_is_recorded() returns trigger language plpgsql as $$
begin
  if new.size is distinct from old.size or old.n is not null or new.n is null then
    raise exception 'audit: an anchor is recorded once' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger is_recorded before update on audit.anchors for each row execute function audit.anchor_is_recorded();
create trigger no_removal before delete or truncate on audit.anchors
  for each statement execute function audit.deny();
alter table audit.anchors enable always trigger is_recorded;
alter table audit.anchors enable always trigger no_removal;

revoke all on audit.epochs, audit.anchors from public;
revoke all on function audit.note_epoch, audit.anchor_is_recorded from public;
grant select on audit.epochs to senim_app;
grant select, insert on audit.anchors to senim_app;
grant update (n) on audit.anchors to senim_app;
