drop trigger grants_must_live on cases;
drop function audit.grants_must_live;
