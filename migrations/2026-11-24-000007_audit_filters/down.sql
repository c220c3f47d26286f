drop index audit.entries_by_profile, audit.entries_by_role, audit.entries_by_actor, audit.entries_by_cause,
  audit.entries_by_act, audit.entries_pads, audit.entries_shown;
create index entries_shown on audit.entries (moment, eid) where acts <> '{log.pad}';
create index entries_by_moment on audit.entries (moment, eid);
alter table audit.entries drop column profile, drop column role, drop column actor, drop column cause;
