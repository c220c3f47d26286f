drop trigger note_epoch on audit.tree_state;
drop table audit.anchors;
drop table audit.epochs;
drop function audit.anchor_is_recorded;
drop function audit.note_epoch;
