-- Conflicts of interest: who is kept from a case stands in its row as marks that only the server's key tells, and whom
-- a report concerns is compared with what the directory says of members of staff.

alter table cases add column excluded bytea check (octet_length(excluded) = 512);
comment on column cases.excluded is 'Always the same length; marks and filler look alike without the server''s key';

alter table staff add column name text check (length(name) between 1 and 200);
alter table staff add column unit_id uuid references bodies;
comment on column staff.name is 'The surname first; counts once the signed directory says it';

-- The proof of an epoch covers both, so they change only where a new one begins.
create function audit.keys_must_turn() returns trigger language plpgsql as $$
begin
  if new.epoch <= old.epoch then
    raise exception 'cases: desk and marks change only with a new epoch' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger keys_must_turn before update on cases for each row
  when ((new.desk_id, new.excluded) is distinct from (old.desk_id, old.excluded)) execute function audit.keys_must_turn();
alter table cases enable always trigger keys_must_turn;

drop trigger must_mention on case_items;
create constraint trigger must_mention after insert or update or delete on case_items
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'report.received', 'mailbox.message', 'note.added', 'notice.sent', 'feedback.sent', 'proposal.made',
    'approval.given', 'approval.refused', 'proposal.stale', 'state.changed', 'decision.made', 'subject.recorded');
alter table case_items enable always trigger must_mention;
