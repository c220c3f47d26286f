-- What was sent to other bodies: the package stands sealed in the case, its hash and its course stand here.

create table referrals (
  id uuid primary key,
  case_id uuid not null references cases,
  n integer not null,
  outside text,
  body_id uuid references bodies,
  whole boolean not null,
  state text not null check (state in ('sent', 'acknowledged', 'accepted', 'returned', 'concluded', 'lapsed')),
  sent_on date not null,
  due_on date,
  moved_on date not null check (moved_on >= sent_on),
  overdue boolean not null,
  item_id uuid not null references case_items,
  digest bytea not null check (octet_length(digest) = 32),
  proposer_id uuid not null references staff,
  approver_id uuid not null references staff,
  approver_key bytea not null check (octet_length(approver_key) = 32),
  signature bytea not null check (octet_length(signature) = 64),
  check ((outside is null) <> (body_id is null)),
  check (approver_id <> proposer_id)
);
comment on table referrals is 'Referrals to other bodies; nothing of what was sent but its hash';
create index referrals_by_case on referrals (case_id, n);
create index referrals_unanswered on referrals (case_id) where not whole and not overdue;
create constraint trigger must_mention after insert or update or delete on referrals
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'referral.sent', 'referral.ack', 'referral.accepted', 'referral.returned', 'referral.outcome', 'case.closed',
    'deadline.missed');
alter table referrals enable always trigger must_mention;
grant select, insert, update (state, moved_on, due_on, overdue) on referrals to senim_app;

insert into workflow_transitions (from_status, step, to_status, four_eyes) values
  ('triage', 'refer_part', 'triage', true),
  ('investigation', 'refer_part', 'investigation', true);
