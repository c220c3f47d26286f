-- The server's proof that it wrote the rows by which keys are chosen. It cannot be made here: the key is the server's.
-- A database that has desks or cases from before (there are only those of development) is to be made anew: remove the
-- demo's home directory and run `senim demo` again.
do $$ begin
  if exists (select from desks) or exists (select from routing_rules) or exists (select from case_epochs) then
    raise exception 'rows from before cannot be given the server''s proof: make this development database anew';
  end if;
end $$;

alter table desks add column mac bytea not null check (octet_length(mac) = 32);
alter table routing_rules add column mac bytea not null check (octet_length(mac) = 32);
alter table case_epochs add column mac bytea not null check (octet_length(mac) = 32);
comment on column desks.mac is 'Over id, body, profile, independent, recovery key, threshold and shares';
comment on column routing_rules.mac is 'Over position, body, category, region and desk';
comment on column case_epochs.mac is 'Over case, epoch, public key and the reporter''s key of the case';
