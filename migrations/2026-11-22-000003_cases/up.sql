-- Cases, their keys and sealed content, who may open them, and proposals.

create table workflow_transitions (
  from_status text not null,
  step text not null,
  to_status text not null,
  four_eyes boolean not null,
  primary key (from_status, step, to_status)
);
comment on table workflow_transitions is 'A copy of the table in src/domain/case/transition.rs; tests/it compares them';
insert into workflow_transitions (from_status, step, to_status, four_eyes) values
  ('received', 'open', 'triage', false),
  ('triage', 'ask', 'awaiting_info', false),
  ('investigation', 'ask', 'awaiting_info', false),
  ('awaiting_info', 'answer', 'triage', false),
  ('awaiting_info', 'answer', 'investigation', false),
  ('awaiting_info', 'timeout', 'triage', false),
  ('awaiting_info', 'timeout', 'investigation', false),
  ('triage', 'reject', 'rejected', true),
  ('triage', 'merge', 'merged', true),
  ('triage', 'refer', 'referred', true),
  ('triage', 'assign', 'assigned', false),
  ('assigned', 'start', 'investigation', true),
  ('assigned', 'return', 'triage', false),
  ('investigation', 'pause', 'suspended', true),
  ('suspended', 'resume', 'investigation', false),
  ('investigation', 'refer', 'referred', true),
  ('investigation', 'submit', 'findings_review', false),
  ('findings_review', 'return', 'investigation', false),
  ('findings_review', 'decide', 'remediation', true),
  ('findings_review', 'decide_close', 'closed', true),
  ('remediation', 'complete', 'closed', true),
  ('referred', 'returned', 'triage', false),
  ('referred', 'outcome_received', 'closed', true),
  ('referred', 'lapse', 'closed', true),
  ('received', 'withdraw', 'withdrawn', true),
  ('triage', 'withdraw', 'withdrawn', true),
  ('awaiting_info', 'withdraw', 'withdrawn', true),
  ('assigned', 'withdraw', 'withdrawn', true),
  ('investigation', 'withdraw', 'withdrawn', true),
  ('suspended', 'withdraw', 'withdrawn', true),
  ('findings_review', 'withdraw', 'withdrawn', true),
  ('remediation', 'withdraw', 'withdrawn', true),
  ('referred', 'withdraw', 'withdrawn', true),
  ('closed', 'reopen', 'triage', true),
  ('rejected', 'reopen', 'triage', true),
  ('withdrawn', 'reopen', 'triage', true),
  ('closed', 'review', 'closed', true),
  ('rejected', 'review', 'rejected', true),
  ('closed', 'archive', 'archived', false),
  ('rejected', 'archive', 'archived', false),
  ('withdrawn', 'archive', 'archived', false),
  ('merged', 'archive', 'archived', false),
  ('archived', 'dispose', 'disposed', true);

create table cases (
  id uuid primary key,
  audit_id uuid not null unique,
  reference text not null unique,
  desk_id uuid not null references desks,
  body_id uuid references bodies,
  category text not null,
  region text,
  language text not null,
  channel text not null,
  mode text not null,
  profile text not null,
  notice_version text not null,
  status text not null,
  status_since date not null,
  origin_status text,
  received_on date not null,
  acknowledged_on date,
  due_on date,
  lead_id uuid references staff,
  detriment text,
  outcome text,
  reason_code text,
  master_id uuid references cases,
  epoch integer not null check (epoch >= 1),
  receipt_id bytea not null unique check (octet_length(receipt_id) = 32),
  reporter_key bytea not null,
  step text not null,
  step_n integer not null,
  proposal_id uuid,
  audit_n integer not null,
  audit_head bytea not null
);
comment on column cases.step_n is 'The entry with which the last step was taken; equal to audit_n while a step is being taken';
create index cases_by_desk on cases (desk_id, status);

create table case_epochs (
  case_id uuid not null references cases,
  epoch integer not null check (epoch >= 1),
  public_key bytea not null,
  primary key (case_id, epoch)
);
comment on column case_epochs.public_key is 'Anyone may seal to it; only holders of a wrap of the seed read';

create table case_grants (
  case_id uuid not null references cases,
  staff_id uuid not null references staff,
  capacity text not null,
  granted_on date not null,
  granted_by uuid references staff,
  attested_on date,
  recused_on date,
  revoked_on date,
  primary key (case_id, staff_id)
);
create index case_grants_by_staff on case_grants (staff_id, case_id) where recused_on is null and revoked_on is null;

create table case_wraps (
  case_id uuid not null references cases,
  epoch integer not null,
  holder_kind text not null check (holder_kind in ('staff', 'reporter', 'recovery')),
  holder_id uuid not null,
  sealed bytea not null,
  primary key (case_id, epoch, holder_id)
);
comment on column case_wraps.holder_id is 'The staff member, the case itself (reporter), or the desk (recovery)';
alter table case_wraps alter column sealed set storage external;

create table case_items (
  id uuid primary key,
  case_id uuid not null references cases,
  n integer not null,
  epoch integer not null,
  kind text not null,
  author_id uuid references staff,
  template text,
  sealed bytea,
  written_on date not null,
  proposal_id uuid,
  check (sealed is not null or template is not null)
);
comment on column case_items.n is 'The entry that recorded it; null never: a prepared effect carries the number of its proposal';
comment on column case_items.template is 'A closed text of the catalogue, sent by the system; everything else is sealed';
comment on column case_items.proposal_id is 'Set while the item waits for the approval that publishes it';
alter table case_items alter column sealed set storage external;
create index case_items_by_case on case_items (case_id, n);

create table proposals (
  id uuid primary key,
  case_id uuid not null references cases,
  step text not null,
  from_status text not null,
  to_status text not null,
  epoch integer not null,
  facts text not null,
  proposer_id uuid not null references staff,
  proposed_at timestamptz not null,
  proposed_n integer not null,
  state text not null check (state in ('pending', 'approved', 'refused', 'stale')),
  resolver_id uuid references staff,
  resolved_at timestamptz,
  check (resolver_id is null or resolver_id <> proposer_id),
  check (state <> 'approved' or resolver_id is not null)
);
create unique index proposals_one_pending on proposals (case_id) where state = 'pending';
comment on constraint proposals_check on proposals is 'Four eyes: nobody resolves what they proposed';

-- Content was read in this session: written with the entry content.read, once per person, case and session.
create unlogged table content_reads (
  session_id uuid not null,
  case_id uuid not null,
  staff_id uuid not null,
  primary key (session_id, case_id)
);

create trigger advance before update on cases for each row execute function audit.advance();

-- What a report came with stays as it came.
create function audit.keep_case() returns trigger language plpgsql as $$
begin
  if (new.reference, new.received_on, new.receipt_id, new.reporter_key, new.language, new.notice_version, new.channel)
     is distinct from
     (old.reference, old.received_on, old.receipt_id, old.reporter_key, old.language, old.notice_version, old.channel)
  then
    raise exception 'cases: what a report came with never changes' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger keep before update on cases for each row execute function audit.keep_case();

-- At commit: the entry tells exactly this change of state, and the state changed by a legal step.
create function audit.case_must_record() returns trigger
language plpgsql security definer set search_path = audit, public, pg_temp as $$
declare
  e record;
  needs_two boolean;
begin
  if tg_op = 'DELETE' then
    raise exception 'audit: cases are never deleted' using errcode = 'insufficient_privilege';
  end if;
  select status_from, status_to into e from audit.entries
  where obj_kind = 'case' and obj_id = new.audit_id and n = new.audit_n
    and commitment = new.audit_head and xmin = pg_current_xact_id()::xid;
  if not found then
    raise exception 'audit: a change of cases without an entry in this transaction' using errcode = 'check_violation';
  end if;
  if tg_op = 'INSERT' then
    if new.status <> 'received' or e.status_to is distinct from new.status or e.status_from is not null then
      raise exception 'audit: the entry does not describe this case' using errcode = 'check_violation';
    end if;
    return null;
  end if;
  if new.step_n < new.audit_n then
    if new.status <> old.status or e.status_to is not null then
      raise exception 'workflow: the state changes only by a step' using errcode = 'check_violation';
    end if;
    return null;
  end if;
  if e.status_from is distinct from old.status or e.status_to is distinct from new.status then
    raise exception 'audit: the entry does not describe this change' using errcode = 'check_violation';
  end if;
  select four_eyes into needs_two from public.workflow_transitions
  where from_status = old.status and step = new.step and to_status = new.status;
  if not found then
    raise exception 'workflow: % does not lead from % to %', new.step, old.status, new.status
      using errcode = 'check_violation';
  end if;
  if needs_two and not exists (
    select from public.proposals p
    where p.id = new.proposal_id and p.case_id = new.id and p.step = new.step and p.state = 'approved'
      and p.from_status = old.status and p.proposer_id <> p.resolver_id and p.xmin = pg_current_xact_id()::xid) then
    raise exception 'workflow: % needs a second person', new.step using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger must_record after insert or update or delete on cases
  deferrable initially deferred for each row execute function audit.case_must_record();

-- Rows that hang on a case appear, change or go only with an entry of that case that names a fitting act.
create function audit.case_must_mention() returns trigger
language plpgsql security definer set search_path = audit, public, pg_temp as $$
declare
  target uuid;
begin
  if tg_op = 'DELETE' then target := old.case_id; else target := new.case_id; end if;
  if not exists (
    select from public.cases c join audit.entries e
      on e.obj_kind = 'case' and e.obj_id = c.audit_id and e.n = c.audit_n
    where c.id = target and e.xmin = pg_current_xact_id()::xid and e.acts && tg_argv::text[]) then
    raise exception 'audit: % changed without an entry of its case', tg_table_name using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger must_mention after insert or update or delete on case_grants
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'report.received', 'grant.added', 'grant.removed', 'coi.attested', 'coi.recused');
create constraint trigger must_mention after update or delete on case_wraps
  deferrable initially deferred for each row execute function audit.case_must_mention('grant.removed');
create constraint trigger must_mention after insert or update or delete on case_epochs
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'report.received', 'grant.removed', 'epoch.rotated');
create constraint trigger must_mention after insert or update or delete on case_items
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'report.received', 'mailbox.message', 'note.added', 'notice.sent', 'feedback.sent', 'proposal.made',
    'approval.given', 'approval.refused', 'proposal.stale', 'state.changed', 'decision.made');
create constraint trigger must_mention after insert or update or delete on proposals
  deferrable initially deferred for each row execute function audit.case_must_mention(
    'proposal.made', 'approval.given', 'approval.refused', 'proposal.stale');
create constraint trigger must_mention after insert on content_reads
  deferrable initially deferred for each row execute function audit.case_must_mention('content.read');
alter table cases enable always trigger must_record;
alter table case_grants enable always trigger must_mention;
alter table case_wraps enable always trigger must_mention;
alter table case_epochs enable always trigger must_mention;
alter table case_items enable always trigger must_mention;
alter table proposals enable always trigger must_mention;
alter table content_reads enable always trigger must_mention;

-- The only ways to a wrapped key. Staff: a living grant, an attestation, and a read recorded for this session.
create function take_staff_wraps(p_case uuid, p_staff uuid, p_session uuid)
returns table (epoch integer, sealed bytea)
language sql stable security definer set search_path = public, pg_temp as $$
  select w.epoch, w.sealed from case_wraps w
  join case_grants g on g.case_id = w.case_id and g.staff_id = w.holder_id
  where w.case_id = p_case and w.holder_id = p_staff and w.holder_kind = 'staff'
    and g.attested_on is not null and g.recused_on is null and g.revoked_on is null
    and exists (select from content_reads r
                where r.session_id = p_session and r.case_id = p_case and r.staff_id = p_staff)
  order by w.epoch
$$;

-- Reporter: whoever knows the receipt. A reporter's reads leave no trace.
create function take_reporter_wraps(p_receipt bytea)
returns table (epoch integer, sealed bytea)
language sql stable security definer set search_path = public, pg_temp as $$
  select w.epoch, w.sealed from cases c join case_wraps w on w.case_id = c.id and w.holder_kind = 'reporter'
  where c.receipt_id = p_receipt
  order by w.epoch
$$;

revoke all on function take_staff_wraps, take_reporter_wraps from public;
grant execute on function take_staff_wraps, take_reporter_wraps to senim_app;
grant select on workflow_transitions to senim_app;
grant select, insert, update on cases, case_grants, case_items, proposals to senim_app;
grant select, insert on case_epochs to senim_app;
grant insert, delete on case_wraps to senim_app;
grant select (case_id, epoch, holder_kind, holder_id) on case_wraps to senim_app;
grant select, insert, delete on content_reads to senim_app;
