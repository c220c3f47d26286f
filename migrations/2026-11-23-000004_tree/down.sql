-- Entries stay, those of the log too; they wait again for a place in a tree.
insert into audit.pending (eid, due) select eid, now() from audit.leaves;
drop table audit.cosignatures, audit.checkpoints, audit.tiles, audit.leaves, audit.tree_state;
drop function audit.integrate, audit.tree_grows, audit.tree_must_count, audit.tile_grows, audit.checkpoint_is_published;
drop index audit.entries_shown, audit.pending_by_due;
alter table audit.entries drop constraint entries_obj_kind_check;
alter table audit.entries add constraint entries_obj_kind_check
  check (obj_kind in ('case', 'staff', 'desk', 'instance')) not valid;
